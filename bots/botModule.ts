import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { StartProblemError } from '../helpers/startProblem.ts';
import { watchStart, type WatchStart } from '../helpers/startWatch.ts';
import type { Bot, BotParts } from './botParts.ts';

export type { Bot } from './botParts.ts';

/** A module that makes a bot. */
export interface BotModule {
  /** Makes the bot. @throws StartProblemError when the module does not make one */
  readonly createBot: (parts: BotParts) => Promise<Bot>;
  /** The bot's own settings, as the module exports them, unchecked. */
  readonly ownSettings: unknown;
  /** The names of the roles that `BotRole` may choose from. */
  readonly roles: readonly string[];
}

const ownFile = fileURLToPath(new URL('./createBot.ts', import.meta.url));

/** What `--bot` and the setting `Bot` have to lead to, for messages. */
const wanted = 'Write `export function createBot(parts) { … }` in it, which returns a bot.';

/**
 * Loads the module of a bot: the file at this path, as seen from the folder the process was started in, or `bots/createBot.ts`.
 *
 * @param watch tells of a module, or a `createBot`, that takes long; it may do so
 * @throws StartProblemError with what is wrong with it and what to do
 */
export async function loadBotModule(
  path: string | undefined,
  directory: string,
  watch: WatchStart = watchStart,
): Promise<BotModule> {
  const file = path === undefined ? ownFile : resolve(directory, path);
  const shown = path ?? 'bots/createBot.ts';
  await checkFile(file, shown);
  const loaded = await load(file, shown, watch);
  const { createBot, ownSettings, roles } = loaded;
  if (typeof createBot !== 'function') {
    throw new StartProblemError(`The bot ${shown} ${exportedBy(loaded)}. ${wanted}`);
  }
  return {
    ownSettings,
    // A module without roles is one bot, which may play the part of any that comes with the project.
    roles: Object.keys(isObject(roles) ? roles : await sampleRoles()),
    createBot: (parts) => make(() => (createBot as (parts: BotParts) => unknown)(parts), shown, watch),
  };
}

function exportedBy(loaded: Readonly<Record<string, unknown>>): string {
  const { createBot } = loaded;
  if (createBot !== undefined) return `exports createBot, which is no function, but of type ${typeof createBot}`;
  const names = Object.keys(loaded).filter((name) => name !== 'module.exports');
  return `exports no function createBot, but ${names.length === 0 ? 'nothing' : names.join(', ')}`;
}

async function sampleRoles(): Promise<object> {
  return (await import('./samples/createBot.ts')).roles;
}

async function checkFile(file: string, shown: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() === true) return;
  const problem = found === undefined ? `is not there: there is no file ${file}` : `is no file, but a folder: ${file}`;
  throw new StartProblemError(
    `The bot ${shown} ${problem}. Give --bot, or the setting Bot, the path of its file, such as ./my/bot.ts, as seen from the folder that this is started in.`,
  );
}

async function load(file: string, shown: string, watch: WatchStart): Promise<Readonly<Record<string, unknown>>> {
  const loadedNow = watch(
    `the bot ${shown} is not loaded. Something at the top level of its file, or of a file that it imports, is not done, such as an await or a loop.`,
  );
  // The process would end without a word when nothing is left that could end an await.
  const never = Promise.withResolvers<never>();
  const giveUp = (): void =>
    never.reject(
      new StartProblemError(
        `The bot ${shown} cannot be loaded: an await at the top level of its file, or of a file that it imports, waits for something that nothing will do.`,
      ),
    );
  process.once('beforeExit', giveUp);
  try {
    const loading = import(pathToFileURL(file).href);
    const loaded = (await Promise.race([loading, never.promise])) as Readonly<Record<string, unknown>>;
    // Of a CommonJS module Node finds what is easily seen by name, and all of it under `default`.
    return 'module.exports' in loaded && isObject(loaded['default']) ? { ...loaded['default'] } : loaded;
  } catch (error) {
    if (error instanceof StartProblemError) throw error;
    throw new StartProblemError(`The bot ${shown} cannot be loaded. ${fixOfLoading(error)}\n${stackOf(error)}`);
  } finally {
    loadedNow();
    process.off('beforeExit', giveUp);
  }
}

function fixOfLoading(error: unknown): string {
  const code = isObject(error) && 'code' in error ? error.code : undefined;
  if (error instanceof SyntaxError && error.message.includes('does not provide an export named'))
    return 'Correct the name of what it imports, or, if that is a type, write import type: Node leaves types out. The error:';
  switch (code) {
    case 'ERR_MODULE_NOT_FOUND':
      return 'Something that it imports is not there: install the package with npm install, or correct the path, which ends in .ts or .js.';
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return 'Node runs TypeScript by leaving the types out: write it without enums, namespaces and parameter properties.';
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return 'Its name has to end in .ts or .js.';
    case 'ERR_IMPORT_ATTRIBUTE_MISSING':
      return "Import JSON as JSON: import menu from './menu.json' with { type: 'json' };";
    default:
      return 'Correct this error in its code:';
  }
}

async function make(createBot: () => unknown, shown: string, watch: WatchStart): Promise<Bot> {
  const madeNow = watch(
    `createBot of ${shown} has not returned. The bot starts as soon as it does: look for a promise that nobody resolves, a service that does not answer, or a loop.`,
  );
  try {
    return checkedBot(await createBot(), shown);
  } catch (error) {
    if (error instanceof StartProblemError) throw error;
    throw new StartProblemError(`createBot of ${shown} threw an error. Correct it in its code:\n${stackOf(error)}`);
  } finally {
    madeNow();
  }
}

/**
 * What createBot has made.
 *
 * @param shown whose createBot
 * @throws StartProblemError if it is no bot
 */
export function checkedBot(bot: unknown, shown: string): Bot {
  if (isBot(bot)) return bot;
  const what = bot === null ? 'null' : isObject(bot) ? 'an object without run' : typeof bot;
  throw new StartProblemError(
    `createBot of ${shown} returned ${what}, which is no bot. Return one that has run(context), such as an ActivityHandler: \`return new MyBot(parts);\`.`,
  );
}

function isBot(value: unknown): value is Bot {
  return isObject(value) && 'run' in value && typeof value.run === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
