import type { DeadLetter, DeadLetters, UnknownEffects } from '../../store/store.ts';

export const deadLettersUsage = `Usage: dead-letters list | show ID | replay ID [--unknown keep|again|assumeDone] | drop ID [--store FILE]

Works beside a running bot, which notices what is put back within a second.
`;

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
  if (id === undefined) return { output: deadLettersUsage, exitCode: 2 };
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
      return { output: deadLettersUsage, exitCode: 2 };
  }
}
