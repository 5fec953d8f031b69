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
  /** What was begun before the kill comes to its end. */
  const underWay = new Set<Promise<unknown>>();
  const unlessDead = <T>(begin: () => Promise<T>): Promise<T> => {
    if (isDead) return forever;
    const work = begin().finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  };
  const ending = (id: number, end: () => Promise<void>): Promise<void> =>
    unlessDead(async () => {
      await end();
      inWork.delete(id);
    });
  return {
    store: {
      ...hanging(inner),
      // Messenger finds nobody, and tries again later.
      accept: (events) => (isDead ? Promise.reject(new Error('The bot was killed.')) : inner.accept(events)),
      claim: (mayTake) =>
        unlessDead(async () => {
          const claim = await inner.claim(mayTake);
          if (claim !== undefined) inWork.add(claim.id);
          return claim;
        }),
      complete: (id, ...more) => ending(id, () => inner.complete(id, ...more)),
      retry: (id, ...more) => ending(id, () => inner.retry(id, ...more)),
      fail: (id, ...more) => ending(id, () => inner.fail(id, ...more)),
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
      await Promise.allSettled(underWay);
      for (const id of inWork) await inner.retry(id, 0, 'uncounted');
      inWork.clear();
    },
  };
}
