import { parseArgs } from 'node:util';
import { readSettings } from '../helpers/settings.ts';
import { SettingsError } from '../helpers/settingsProblems.ts';
import { openDeadLetters } from '../store/sqlite/deadLetterFile.ts';
import type { DeadLetter, DeadLetters, UnknownEffects } from '../store/store.ts';
import { StoreUnavailable } from '../store/storeErrors.ts';

const usage = `Usage: dead-letters list | show ID | replay ID [--unknown keep|again|assumeDone] | drop ID [--store FILE]

Works beside a running bot, which notices what is put back within a second.
`;

const choices: readonly UnknownEffects[] = ['keep', 'again', 'assumeDone'];

/** One line for the list: no words of the customer in it. */
function lineOf({ id, delivery, diedAt, attempts, reason, sentence }: DeadLetter): string {
  const { conversation, kind } = delivery;
  return `${id}  ${new Date(diedAt).toISOString()}  ${reason}  ${kind}  ${conversation}  after ${attempts + 1} runs: ${sentence}`;
}

/** Does one command and gives what is to be printed, with the process's exit code. */
export async function runDeadLetters(
  letters: DeadLetters,
  [command, idText = '']: readonly string[],
  unknown: UnknownEffects,
): Promise<{ output: string; exitCode: number }> {
  if (command === 'list') {
    const all = await letters.list(1000);
    return {
      output: all.length === 0 ? 'No dead letters.\n' : all.map((one) => `${lineOf(one)}\n`).join(''),
      exitCode: 0,
    };
  }
  const id = /^\d{1,15}$/.test(idText) ? Number(idText) : undefined;
  if (id === undefined) return { output: usage, exitCode: 2 };
  const said = (done: boolean, yes: string) =>
    done
      ? { output: `Dead letter ${id} ${yes}.\n`, exitCode: 0 }
      : { output: `There is no dead letter ${id} that could be.\n`, exitCode: 1 };
  switch (command) {
    case 'show': {
      const letter = await letters.get(id);
      if (letter === undefined) return said(false, '');
      return { output: `${JSON.stringify(letter, undefined, 2)}\n`, exitCode: 0 };
    }
    case 'replay':
      return said(await letters.replay(id, unknown), 'runs again');
    case 'drop':
      return said(await letters.drop(id), 'is dropped');
    default:
      return { output: usage, exitCode: 2 };
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { unknown: { type: 'string', default: 'keep' }, store: { type: 'string' } },
  });
  const unknown = choices.find((choice) => choice === values.unknown);
  if (unknown === undefined || positionals[0] === undefined) {
    process.stderr.write(usage);
    process.exitCode = 2;
    return;
  }
  const file = openDeadLetters(values.store ?? readSettings().store.path);
  try {
    const { output, exitCode } = await runDeadLetters(file.letters, positionals, unknown);
    process.stdout.write(output);
    process.exitCode = exitCode;
  } finally {
    await file.close();
  }
}

if (import.meta.main) {
  main().catch((err: unknown) => {
    const isForPeople = err instanceof SettingsError || err instanceof StoreUnavailable || err instanceof TypeError;
    process.stderr.write(`${isForPeople ? err.message : String(err)}\n`);
    process.exitCode = 1;
  });
}
