import type { FaultName, GraphFault } from '../core/graphFaults.ts';
import type { TraceLog } from '../trace/traceLog.ts';

/** Which Graph calls a fault meets. What is absent matches everything. */
export interface FaultMatch {
  readonly method?: string;
  /** The last part of the path, such as `pass_thread_control`. */
  readonly edge?: string;
  readonly appId?: string;
}

/** Something to go wrong with the next Graph calls. Without `fault` and `connection` it only delays. */
export interface FaultSpec {
  readonly match?: FaultMatch;
  /** How many calls, by default one. */
  readonly times?: number;
  /** `before`: the call has no effect. `after`: it has, and the caller does not learn it. Default `before`. */
  readonly when?: 'before' | 'after';
  /** Waits so long, in milliseconds of real time, before it goes on. */
  readonly delayMs?: number;
  /** Answers with this fault, by its name or as it stands here. */
  readonly fault?: FaultName | GraphFault;
  /** Cuts the connection instead of answering. */
  readonly connection?: 'reset';
}

export interface InjectedFaults {
  /** The answer is the fault's id, as the event stream names it. */
  add(spec: FaultSpec): number;
  /** The oldest fault that matches, used once. */
  take(call: { readonly method: string; readonly edge: string; readonly appId?: string }): FaultSpec | undefined;
  clear(): void;
}

export function createInjectedFaults(trace: TraceLog): InjectedFaults {
  let waiting: { readonly id: number; readonly spec: FaultSpec; left: number }[] = [];
  let count = 0;
  return {
    add(spec) {
      const times = spec.times ?? 1;
      if (!Number.isInteger(times) || times < 1) throw new RangeError('times has to be a whole number from 1.');
      count += 1;
      waiting.push({ id: count, spec, left: times });
      trace.add({ type: 'faultInjected', faultId: count, times });
      return count;
    },
    take(call) {
      const found = waiting.find(({ spec: { match = {} } }) =>
        (['method', 'edge', 'appId'] as const).every((key) => match[key] === undefined || match[key] === call[key]),
      );
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left === 0) waiting = waiting.filter((fault) => fault !== found);
      trace.add({ type: 'faultUsed', faultId: found.id, timesLeft: found.left });
      return found.spec;
    },
    clear() {
      waiting = [];
    },
  };
}
