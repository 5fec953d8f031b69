import type { Store } from '../server.ts';

/** A store as one process sees it. Once that is killed, whoever asks the store for something waits for ever. */
export interface MortalStore {
  readonly store: Store;
  readonly isDead: () => boolean;
  kill(): void;
  /** Resolves with the kill. */
  readonly death: Promise<void>;
  /** Gives the events that the killed process was in the middle of to the next one. */
  handOn(): Promise<void>;
}

/** @param inner outlives the process */
export function mortalStore(inner: Store): MortalStore {
  const { promise: death, resolve: die } = Promise.withResolvers<undefined>();
  const forever = new Promise<never>(() => undefined);
  let isDead = false;
  const inWork = new Set<number>();
  /** The methods of its tables hang too. */
  const hanging = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name): unknown => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member === 'object' && member !== null) return hanging(member);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => (isDead ? forever : Reflect.apply(member, target, args));
      },
    });
  const store = hanging(inner);
  const ending =
    <Args extends unknown[]>(end: (id: number, ...args: Args) => Promise<void>) =>
    async (id: number, ...args: Args): Promise<void> => {
      await end(id, ...args);
      inWork.delete(id);
    };
  return {
    store: {
      ...store,
      // Messenger finds nobody, and tries again later.
      accept: (events) => (isDead ? Promise.reject(new Error('The bot was killed.')) : inner.accept(events)),
      claim: async (mayTake) => {
        const claim = await store.claim(mayTake);
        if (claim !== undefined) inWork.add(claim.id);
        return claim;
      },
      complete: ending((...given: Parameters<Store['complete']>) => store.complete(...given)),
      retry: ending((...given: Parameters<Store['retry']>) => store.retry(...given)),
      fail: ending((...given: Parameters<Store['fail']>) => store.fail(...given)),
      // What a server asks for while it closes.
      counts: () => inner.counts(),
      successorWaits: () => inner.successorWaits(),
      // It outlives this process.
      close: () => Promise.resolve(),
    },
    isDead: () => isDead,
    kill: () => {
      isDead = true;
      die(undefined);
    },
    death,
    handOn: async () => {
      for (const id of inWork) await inner.retry(id, 0, 'uncounted');
      inWork.clear();
    },
  };
}
