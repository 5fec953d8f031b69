import { FacebookThreadControlHelper, type ThreadControl } from '../../helpers/facebookThreadControlHelper.ts';
import { createGraphClient } from '../../helpers/graph/graphClient.ts';
import { GraphApiError, GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import { SettingsError } from '../../helpers/settings/problems.ts';
import type { Settings } from '../../helpers/settings/types.ts';
import type { Terminal } from '../terminal.ts';
import { readThreadArguments, threadUsage, type ThreadCommand } from './threadArguments.ts';
import { sayThreadAnswer, type ThreadAnswer } from './threadAnswer.ts';

export interface ThreadTools {
  readonly terminal: Terminal;
  /** Throws a `SettingsError` if they are wrong. */
  readonly readSettings: (bot: string | undefined) => Settings | Promise<Settings>;
}

/**
 * Runs the command line and returns the exit code. Prints no token: the calls carry it in a header, and the Graph client's errors do not
 * contain it.
 */
export async function runThread(args: readonly string[], { terminal, readSettings }: ThreadTools): Promise<number> {
  const read = readThreadArguments(args);
  if ('help' in read) {
    terminal.print(read.help);
    return 0;
  }
  if ('mistake' in read) {
    terminal.complain(`${read.mistake}\n\n${threadUsage}`);
    return 2;
  }
  const { command, format, bot } = read;
  const complain = (problem: Problem): void =>
    terminal.complain(format === 'json' ? JSON.stringify({ error: problem }) : problem.message);
  let settings: Settings;
  try {
    settings = await readSettings(bot);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    complain({ kind: 'settings', message: error.message });
    return 2;
  }
  const { facebook, graph } = settings;
  if (facebook.pageToken === undefined || facebook.appId === undefined) {
    complain({ kind: 'settings', message: 'FacebookPageToken and FacebookAppId are not set. See docs/settings.md.' });
    return 2;
  }
  try {
    const client = createGraphClient({
      pageToken: facebook.pageToken.reveal(),
      appSecret: facebook.appSecret?.reveal(),
      baseUrl: graph.baseUrl,
      version: graph.version,
    });
    const control = new FacebookThreadControlHelper(client, { appId: facebook.appId });
    const answer = await execute(control, command);
    terminal.print(format === 'json' ? JSON.stringify(answer) : sayThreadAnswer(answer, facebook.appId));
    return 0;
  } catch (error) {
    if (error instanceof GraphApiError) {
      const { message, reason, status, code, subcode, fbtraceId } = error;
      complain({ kind: 'refused', message, reason, status, code, subcode, fbtraceId });
    } else if (error instanceof GraphTransportError) {
      const onlyReads = command.name === 'owner' || command.name === 'secondary-receivers';
      const unsure = onlyReads ? '' : ' Whether the call took effect is unknown.';
      complain({ kind: 'noAnswer', message: `${error.message}.${unsure}` });
    } else if (error instanceof RangeError || error instanceof TypeError) {
      complain({ kind: 'arguments', message: error.message });
      return 2;
    } else {
      throw error;
    }
    return 1;
  }
}

/** What `--json` prints on standard error, under `error`. */
interface Problem {
  readonly kind: 'settings' | 'arguments' | 'refused' | 'noAnswer';
  readonly message: string;
  readonly reason?: string;
  readonly status?: number;
  readonly code?: number | undefined;
  readonly subcode?: number | undefined;
  readonly fbtraceId?: string | undefined;
}

async function execute(control: ThreadControl, command: ThreadCommand): Promise<ThreadAnswer> {
  switch (command.name) {
    case 'owner':
      return { command: 'owner', userId: command.userId, ...(await control.getThreadOwner(command.userId)) };
    case 'secondary-receivers':
      return { command: command.name, receivers: await control.getSecondaryReceivers() };
    case 'pass': {
      const { userId, targetAppId, metadata } = command;
      await control.passThreadControl(userId, targetAppId, metadata);
      return { command: 'pass', userId, done: true, ...(targetAppId === undefined ? {} : { targetAppId }) };
    }
    case 'take':
      await control.takeThreadControl(command.userId, command.metadata);
      return { command: 'take', userId: command.userId, done: true };
    case 'request':
      await control.requestThreadControl(command.userId, command.metadata);
      return { command: 'request', userId: command.userId, done: true };
    case 'release':
      await control.releaseThreadControl(command.userId, command.metadata);
      return { command: 'release', userId: command.userId, done: true };
    case 'extend':
      await control.extendThreadControl(command.userId, command.seconds);
      return { command: 'extend', userId: command.userId, done: true, seconds: command.seconds };
  }
}
