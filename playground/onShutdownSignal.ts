import { constants } from 'node:os';

export interface ShutdownSignal {
  /** Aborted on the first shutdown request. */
  readonly signal: AbortSignal;
  /** Resolves on the first shutdown request, with the exit code for it: 128 plus the number of the signal. */
  readonly exitCode: Promise<number>;
  /** Removes the handlers, so that signals have their default effect again. */
  forget(): void;
}

type Watched = Pick<NodeJS.Process, 'on' | 'off' | 'stdout'>;

/** Listens for Ctrl-C, SIGTERM, a closed terminal and a broken pipe on standard output. */
export function onShutdownSignal(process: Watched): ShutdownSignal {
  const controller = new AbortController();
  const { promise: wanted, resolve } = Promise.withResolvers<number>();
  const shutDown = (code: number): void => {
    resolve(code);
    controller.abort();
  };
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => ({
    name,
    handle: (): void => shutDown(128 + constants.signals[name]),
  }));
  for (const { name, handle } of handlers) process.on(name, handle);
  // Without a listener the next write would be an uncaught error, and the bots would be left running.
  process.stdout.on('error', () => shutDown(1));
  return {
    signal: controller.signal,
    exitCode: wanted,
    forget: () => handlers.forEach(({ name, handle }) => process.off(name, handle)),
  };
}
