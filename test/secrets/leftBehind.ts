import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openDeadLetters } from '../../store/sqlite/deadLetterFile.ts';
import { spawnProgram } from '../support/programProcess.ts';

/** Texts by where they were found. */
export type Found = Readonly<Record<string, string>>;

/** The files of a store as they lie on the disk, byte for byte. */
export function filesOf(path: string, when: string): Found {
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));
  return Object.fromEntries(
    names.map((name) => [`${name} ${when}`, readFileSync(join(dirname(path), name)).toString('latin1')]),
  );
}

/** The commands that tell something about a bot. */
export const allCommands = ['deadLetters', 'quarantine', 'store', 'thread', 'doctor'] as const;
export type Command = (typeof allCommands)[number];

/** What commands print about a bot, with its settings in the environment; where all are asked, those that take `--store` with that as well. Each is a process. */
export async function printedByCommands(
  path: string,
  settings: Readonly<Record<string, string>>,
  commands: readonly Command[],
): Promise<Found> {
  const file = openDeadLetters(path);
  const [letters, quarantined] = [await file.letters.list(), await file.quarantine.list()];
  await file.close();
  const shown = letters.slice(0, 40).map(({ id }) => String(id));
  const shownEvents = quarantined.map(({ id }) => String(id));
  const calls: Readonly<Record<Command, readonly (readonly string[])[]>> = {
    deadLetters: [['list'], ['show', ...shown], ['show', ...shown, '--store', path]],
    quarantine: [['list'], ['show', ...shownEvents], ['show', ...shownEvents, '--store', path]],
    store: [['check']],
    thread: [['pass', '8800000001']],
    doctor: [['--user', '8800000000']],
  };
  const env = { BotRole: 'primary', StorePath: path, ...settings };
  const found: Record<string, string> = {};
  for (const name of commands) {
    for (const args of calls[name]) {
      if (commands !== allCommands && args.includes('--store')) continue;
      const command = spawnProgram(`commands/${name}.ts`, args, env, dirname(path));
      await command.ended;
      found[[name, ...args].join(' ')] = command.output();
    }
  }
  return found;
}
