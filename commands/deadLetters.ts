import { parseArgs } from 'node:util';
import { readSettings } from '../helpers/settings.ts';
import { SettingsError } from '../helpers/settingsProblems.ts';
import { StartProblem } from '../helpers/startProblem.ts';
import { explainOpening } from '../store/explainOpening.ts';
import { openDeadLetters } from '../store/sqlite/deadLetterFile.ts';
import type { UnknownEffects } from '../store/store.ts';
import { StoreUnavailable } from '../store/storeErrors.ts';
import { deadLettersUsage, runDeadLetters } from './deadLetters/runDeadLetters.ts';

const choices: readonly UnknownEffects[] = ['keep', 'again', 'assumeDone'];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { unknown: { type: 'string', default: 'keep' }, store: { type: 'string' } },
  });
  const unknown = choices.find((choice) => choice === values.unknown);
  if (unknown === undefined || positionals[0] === undefined) {
    process.stderr.write(deadLettersUsage);
    process.exitCode = 2;
    return;
  }
  const path = values.store ?? readSettings().store.path;
  const file = open(path);
  try {
    const { output, exitCode } = await runDeadLetters(file.letters, positionals, unknown);
    process.stdout.write(output);
    process.exitCode = exitCode;
  } finally {
    await file.close();
  }
}

function open(path: string): ReturnType<typeof openDeadLetters> {
  try {
    return openDeadLetters(path);
  } catch (err) {
    throw err instanceof StoreUnavailable ? new StartProblem(explainOpening(path, err)) : err;
  }
}

main().catch((err: unknown) => {
  const isForPeople =
    err instanceof SettingsError ||
    err instanceof StartProblem ||
    err instanceof StoreUnavailable ||
    err instanceof TypeError;
  process.stderr.write(`${isForPeople ? err.message : String(err)}\n`);
  process.exitCode = 1;
});
