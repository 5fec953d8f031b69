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

/** What the commands print about a bot: with its settings in the environment, and where possible with `--store` as well. */
export async function printedByCommands(path: string, settings: Readonly<Record<string, string>>): Promise<Found> {
  const file = openDeadLetters(path);
  const [letters, quarantined] = [await file.letters.list(), await file.quarantine.list()];
  await file.close();
  const shows = [
    ['deadLetters', 'show', ...letters.slice(0, 40).map(({ id }) => String(id))],
    ['quarantine', 'show', ...quarantined.map(({ id }) => String(id))],
  ];
  const others = [
    ['store', 'check'],
    ['deadLetters', 'list'],
    ['quarantine', 'list'],
    ['thread', 'pass', '8800000001'],
    ['doctor', '--user', '8800000000'],
  ];
  const env = { BotRole: 'primary', StorePath: path, ...settings };
  const found: Record<string, string> = {};
  for (const [program = '', ...args] of [...shows, ...shows.map((one) => [...one, '--store', path]), ...others]) {
    const command = spawnProgram(`commands/${program}.ts`, args, env, dirname(path));
    await command.ended;
    found[[program, ...args].join(' ')] = command.output();
  }
  return found;
}
