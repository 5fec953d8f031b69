import { SettingsError } from '../helpers/settings/problems.ts';
import { StartProblemError } from '../helpers/startProblem.ts';
import { explainOpening, StoreUnavailableError } from '../store/storeErrors.ts';
import { readSettingsOnce, shown } from './terminal.ts';

/** What a command prints, and the process's exit code. */
export interface CommandEnd {
  output: string;
  exitCode: number;
}

/** The file that a command is about. @throws SettingsError */
export function storePathOf(given: string | undefined): string {
  if (given === undefined) return readSettingsOnce().store.path;
  try {
    // Not for the file, but so that the terminal shows no secret of the bot that a customer may have written.
    readSettingsOnce();
  } catch (err) {
    if (!(err instanceof SettingsError)) throw err;
  }
  return given;
}

/** Runs a command that works on a store's file and ends the process with what it says; what went wrong is said in a sentence. */
export async function runStoreTool(command: () => Promise<CommandEnd>): Promise<void> {
  try {
    const { output, exitCode } = await command();
    (exitCode === 2 ? process.stderr : process.stdout).write(shown(output));
    process.exitCode = exitCode;
  } catch (err) {
    const isForPeople =
      err instanceof SettingsError ||
      err instanceof StartProblemError ||
      err instanceof StoreUnavailableError ||
      err instanceof TypeError;
    process.stderr.write(`${shown(isForPeople ? err.message : String(err))}\n`);
    process.exitCode = 1;
  }
}

/** Does something with a store's file; what speaks against it is told as for a bot's start. @throws StartProblem */
export async function withStore<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (err) {
    throw err instanceof StoreUnavailableError ? new StartProblemError(explainOpening(path, err)) : err;
  }
}
