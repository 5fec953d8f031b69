import type { Store } from '../../store/store.ts';
import { deferred } from './deferred.ts';

/** Where a process ends: the effect has begun and not happened, it has happened and nobody wrote that down, or nothing else was left to do. */
export type EndingPoint = 'before its effect' | 'after its effect' | 'at the end of a turn';

/** The store of a process that ends at one of these points. Whoever waits for it then waits for ever. */
export interface EndingStore {
  store: Store;
  /** From here on points are counted. */
  arm(): void;
  /** Resolves when the process has ended. */
  ended: Promise<'ended'>;
  /** Where it has ended; undefined while it has not. */
  where(): EndingPoint | undefined;
}

/** @param at at which point, from 1 */
export function endingStore(inner: Store, at: number): EndingStore {
  const forever = new Promise<never>(() => undefined);
  const { promise, resolve } = deferred<'ended'>();
  let [isArmed, passed] = [false, 0];
  let where: EndingPoint | undefined;

  function reach(point: EndingPoint): void {
    if (!isArmed || where !== undefined) return;
    passed += 1;
    if (passed !== at) return;
    where = point;
    resolve('ended');
  }

  const hasEnded = () => where !== undefined;
  const unlessEnded = <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) => {
    return (...args: Args): Promise<T> => (hasEnded() ? forever : work(...args));
  };
  const { journal } = inner;
  return {
    arm: () => (isArmed = true),
    ended: promise,
    where: () => where,
    store: {
      ...inner,
      claim: unlessEnded((...args: Parameters<Store['claim']>) => inner.claim(...args)),
      retry: unlessEnded((...args: Parameters<Store['retry']>) => inner.retry(...args)),
      fail: unlessEnded((...args: Parameters<Store['fail']>) => inner.fail(...args)),
      complete: (...args) => {
        reach('at the end of a turn');
        return hasEnded() ? forever : inner.complete(...args);
      },
      journal: {
        ...journal,
        note: unlessEnded((...args: Parameters<typeof journal.note>) => journal.note(...args)),
        begin: async (...args) => {
          if (hasEnded()) return forever;
          await journal.begin(...args);
          reach('before its effect');
          return hasEnded() ? forever : undefined;
        },
        end: (...args) => {
          reach('after its effect');
          return hasEnded() ? forever : journal.end(...args);
        },
      },
    },
  };
}
