import { seededRandom } from '../support/seededRandom.ts';
import { startBlockCoverage } from './blockCoverage.ts';
import { mutateJson, placesOf, takeAway } from './mutateJson.ts';

export interface FuzzTarget {
  name: string;
  /** At least one input to begin with. */
  seeds: readonly unknown[];
  /** What is wrong, in one sentence that holds nothing of the input. An error that it throws is wrong too. */
  check: (input: unknown) => string | undefined;
  /** How many blocks may be entered for each character of an input. Default: what reading a stranger's bytes may cost. */
  workPerCharacter?: number;
}

export interface CoverageFuzzOptions {
  inputs: number;
  seed: number;
  /** Which files are looked at, by their URL. Default: all that read what others send. */
  files?: RegExp | undefined;
  /** `blind` only to see what the guidance is worth. */
  guidance?: 'coverage' | 'blind';
  /** In milliseconds of the process's own time; default: none. */
  processorMs?: number;
}

export interface CoverageFuzzResult {
  inputs: number;
  /** Inputs that were kept because they ran something in a new way. */
  kept: number;
  /** In how many ways functions ran. */
  ways: number;
  /** Each fault once, with the smallest input that was found for it. */
  wrong: { fault: string; input: string }[];
}

/** Where others' input is read. */
const reading = /\/(?:models|helpers|adapters|turns)\/[\w/]+\.ts$/;
const longestInput = 30_000;
/** Blocks that may be entered for any input, and for each character of one. An honest webhook of 1,500 characters takes 3,000. */
const workOfAny = 20_000;
const usualWorkPerCharacter = 100;
/** Processor time of one input that is too much, for what runs inside of Node itself. It has to be so three times. */
const tooLongUs = 250_000;

/**
 * Feeds a target with changed inputs and goes on from those that ran something new. The same seed gives the same inputs as long as the code
 * is the same.
 *
 * Node counts the blocks only of functions that run for the first time after this was called: so once in a process, and first of all.
 */
export function fuzzByCoverage(target: FuzzTarget, options: CoverageFuzzOptions): CoverageFuzzResult {
  const { inputs, seed, files = reading, guidance = 'coverage', processorMs = Infinity } = options;
  const { workPerCharacter = usualWorkPerCharacter } = target;
  const random = seededRandom(seed);
  const coverage = startBlockCoverage(files);
  const corpus = [...target.seeds];
  const wrong = new Map<string, string>();
  const begun = process.cpuUsage();
  const spentMs = () => process.cpuUsage(begun).user / 1000;

  /** What is wrong with an input, if anything, and whether it ran something new. */
  function run(input: unknown): { fault: string | undefined; isNew: boolean } {
    const before = process.cpuUsage();
    let fault = faultOf(target, input);
    const tookUs = process.cpuUsage(before).user;
    const { fresh, work } = coverage.take();
    if (work > workOfAny + lengthOf(input) * workPerCharacter) fault ??= 'more work than its length allows';
    if (tookUs > tooLongUs && isAlwaysSlow(target, input)) fault ??= 'takes too long';
    return { fault, isNew: fresh > 0 };
  }

  /** Leaves away whatever the fault does not need. */
  function minimised(input: unknown, fault: string): string {
    let best = input;
    for (let at = 0, tries = 0; at < placesOf([best]).length && tries < 500; tries += 1) {
      const root: unknown[] = [structuredClone(best)];
      const place = placesOf(root)[at];
      if (place === undefined) break;
      takeAway(place.holder, place.name, root);
      const isStill = root.length === 1 && lengthOf(root[0]) < lengthOf(best) && run(root[0]).fault === fault;
      if (isStill) best = root[0];
      else at += 1;
    }
    return JSON.stringify(best);
  }

  function look(input: unknown): boolean {
    const { fault, isNew } = run(input);
    if (fault !== undefined && !wrong.has(fault)) wrong.set(fault, minimised(input, fault));
    return isNew;
  }

  let count = 0;
  try {
    for (const input of target.seeds) look(input);
    for (; count < inputs && wrong.size < 20 && spentMs() < processorMs; count += 1) {
      // The newest are the most likely to lead on.
      const from = random.below(2) === 0 ? corpus : corpus.slice(-20);
      const input = mutateJson(random.pick(from), random.pick(corpus), random);
      if (lengthOf(input) <= longestInput && look(input) && guidance === 'coverage') corpus.push(input);
    }
  } finally {
    coverage.close();
  }
  return {
    inputs: count,
    kept: corpus.length - target.seeds.length,
    ways: coverage.seen(),
    wrong: [...wrong].map(([fault, input]) => ({ fault, input })),
  };
}

function faultOf({ check }: FuzzTarget, input: unknown): string | undefined {
  try {
    return check(input);
  } catch (error) {
    // The message may hold something of the input, and the same fault is to be told once.
    const place = error instanceof Error ? /\bat .*\/(\w+\.ts:\d+)/.exec(error.stack ?? '')?.[1] : undefined;
    return `throws ${error instanceof Error ? error.name : 'no error'} at ${place ?? 'no place of ours'}`;
  }
}

function isAlwaysSlow(target: FuzzTarget, input: unknown): boolean {
  return [1, 2].every(() => {
    const start = process.cpuUsage();
    faultOf(target, input);
    return process.cpuUsage(start).user > tooLongUs;
  });
}

function lengthOf(input: unknown): number {
  return JSON.stringify(input).length;
}
