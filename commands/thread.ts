/** `npm run thread`: shows and moves control of a thread from the shell, with the token from the settings. */
import { endCommand, processTerminal, readSettingsOnce } from './terminal.ts';
import { runThread } from './thread/runThread.ts';

endCommand(
  await runThread(process.argv.slice(2), {
    terminal: processTerminal,
    readSettings: (bot) => readSettingsOnce({ bot }),
  }),
);
