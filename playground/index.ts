/** `npm run playground`: Messenger and its bots on this machine, to play with or to watch. */
import { readArguments, usage, type PlaygroundArguments } from './arguments.ts';
import { runTask } from './runTask.ts';
import { columnsOf } from './textWidth.ts';
import { onShutdownSignal } from './onShutdownSignal.ts';

const shutdown = onShutdownSignal(process);

async function main(args: PlaygroundArguments): Promise<number> {
  switch (args.type) {
    case 'help':
      process.stdout.write(usage(columnsOf(process.stdout)));
      return 0;
    case 'wrong':
      process.stderr.write(`${args.problem} Use --help to see what there is.\n`);
      return 2;
    case 'run':
      return runTask(args, { shutdown });
  }
}

process.exitCode = await main(readArguments(process.argv.slice(2)));
shutdown.forget();
