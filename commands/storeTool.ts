import { SettingsError } from '../helpers/settings/problems.ts';
import { StartProblemError } from '../helpers/startProblem.ts';
import { explainOpening, StoreUnavailableError } from '../store/storeErrors.ts';
import { endCommand, readSettingsOnce, shown } from './terminal.ts';

/** A command's output and the process's exit code. */
export interface CommandEnd {
  output: string;
  exitCode: number;
}

/** The store's file: the one given, or else that of the settings of this bot. @throws SettingsError */
export async function storePathOf(given: string | undefined, bot: string | undefined): Promise<string> {
  if (given === undefined) return (await readSettingsOnce({ bot })).store.path;
  try {
    // Read anyway, so that the terminal knows the bot's secrets and hides them wherever they appear.
    await readSettingsOnce({ bot });
  } catch (err) {
    if (!(err instanceof SettingsError)) throw err;
  }
  return given;
}

/** Runs a command on a store's file, prints its output and sets the exit code. Errors are printed as a sentence. */
export async function runStoreTool(usage: string, command: () => Promise<CommandEnd>): Promise<void> {
  if (process.argv.slice(2).some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(usage);
    return;
  }
  try {
    const { output, exitCode } = await command();
    (exitCode === 2 ? process.stderr : process.stdout).write(shown(output));
    endCommand(exitCode);
  } catch (err) {
    const isForPeople =
      err instanceof SettingsError ||
      err instanceof StartProblemError ||
      err instanceof StoreUnavailableError ||
      err instanceof TypeError;
    process.stderr.write(`${shown(isForPeople ? err.message : String(err))}\n`);
    endCommand(1);
  }
}

/** Does something with a store's file; problems are explained as when a bot starts. @throws StartProblemError */
export async function withStore<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (err) {
    throw err instanceof StoreUnavailableError ? new StartProblemError(explainOpening(path, err)) : err;
  }
}
