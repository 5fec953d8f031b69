import { createLogger } from '../../helpers/logging/pinoLogger.ts';
import { readSettings, secretsOf } from '../../helpers/settings/settings.ts';
import { createBotServer } from '../../server.ts';
import { openSqliteStore } from '../../store/sqlite/sqliteStore.ts';
import { serveMeasurements } from './measuredProcess.ts';
import { createCommitTimes, TimedDatabase } from './timedDatabase.ts';

/**
 * The whole bot as `npm start` runs it, with the primary bot, both endpoints, the durable store and a line of log for each turn. Its
 * argument is its settings as JSON.
 */
const env = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
const noFile = (): never => {
  throw Object.assign(new Error('there is no such file'), { code: 'ENOENT' });
};
const settings = readSettings({ env, readFile: noFile });
const logger = createLogger({ level: settings.logLevel, secrets: secretsOf(settings) });
const times = createCommitTimes();
const openHandle = (path: string) => new TimedDatabase(path, times);
const store = await openSqliteStore(settings.store.path, { logger, openHandle });
const server = await createBotServer(settings, { logger, store });
serveMeasurements({ url: server.url, close: () => server.close(), histograms: new Map(Object.entries(times)) });
