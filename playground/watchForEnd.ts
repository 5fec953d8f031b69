import { constants } from 'node:os';

export interface End {
  /** Aborted when somebody wants an end. */
  readonly signal: AbortSignal;
  /** Resolves then, with the exit code that tells why. */
  readonly wanted: Promise<number>;
  /** Goes back to what signals do by themselves. */
  forget(): void;
}

type Watched = Pick<NodeJS.Process, 'on' | 'off' | 'stdout'>;

/** Hears Ctrl-C, a request to end, a closed terminal, and a reader of standard output that went away. */
export function onShutdownSignal(process: Watched): End {
  const controller = new AbortController();
  const { promise: wanted, resolve } = Promise.withResolvers<number>();
  const end = (code: number): void => {
    resolve(code);
    controller.abort();
  };
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => ({
    name,
    handle: (): void => end(128 + constants.signals[name]),
  }));
  for (const { name, handle } of handlers) process.on(name, handle);
  // The rest of what is written would be an uncaught error otherwise, and leave everything running.
  process.stdout.on('error', () => end(1));
  return {
    signal: controller.signal,
    wanted,
    forget: () => handlers.forEach(({ name, handle }) => process.off(name, handle)),
  };
}
