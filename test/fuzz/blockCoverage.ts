import { Session, type Profiler } from 'node:inspector';

/** Tells which parts of some files have run, block by block, and how often. */
export interface BlockCoverage {
  /** What has run since the last call. */
  take: () => {
    /** How many functions ran in a way in which they had not run before. */
    fresh: number;
    /** How many blocks were entered, in all: the same input always takes the same work, on any machine. */
    work: number;
  };
  /** In how many ways functions ran, in all. */
  seen: () => number;
  close: () => void;
}

/** @param files which files are looked at, by their URL */
export function startBlockCoverage(files: RegExp): BlockCoverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const ways = new Set<string>();

  function scripts(): Profiler.ScriptCoverage[] {
    let taken: Profiler.ScriptCoverage[] = [];
    // Within one process the answer comes before `post` returns.
    session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      taken = result.filter(({ url }) => files.test(url));
    });
    return taken;
  }

  return {
    take() {
      const before = ways.size;
      let work = 0;
      for (const { scriptId, functions } of scripts()) {
        for (const { ranges } of functions) {
          if ((ranges[0]?.count ?? 0) === 0) continue;
          for (const { count } of ranges) work += count;
          const blocks = ranges.map((range) => `${range.startOffset}-${range.endOffset}:${sizeOf(range.count)}`);
          ways.add(`${scriptId} ${blocks.join(' ')}`);
        }
      }
      return { fresh: ways.size - before, work };
    },
    seen: () => ways.size,
    close: () => session.disconnect(),
  };
}

/** Never, once, a few times, often: with exact counts each longer list would be something new. */
function sizeOf(count: number): number {
  return count < 2 ? count : count < 8 ? 2 : 3;
}
