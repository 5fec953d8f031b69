import { styleText } from 'node:util';
import { allChecks, checkGroups } from './allChecks.ts';
import type { Finding } from './check.ts';

export type Verdict = 'healthy' | 'doubtful' | 'broken';

/** How bad it is. Unknown results do not count. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ state }) => state === 'fail')) return 'broken';
  return findings.some(({ state }) => state === 'warn') ? 'doubtful' : 'healthy';
}

export const exitCodes: Readonly<Record<Verdict, number>> = { healthy: 0, doubtful: 1, broken: 2 };

const marks = {
  ok: ['green', 'ok     '],
  warn: ['yellow', 'warn   '],
  fail: ['red', 'FAIL   '],
  unknown: ['gray', 'unknown'],
} as const satisfies Record<Finding['state'], readonly [Parameters<typeof styleText>[0], string]>;

/**
 * The findings for a person, by group, each with its fix below it, and at the end a summary of the problems. Findings that wait for the same
 * thing share a line. `paint` colours a word; by default if the terminal can.
 */
export function sayFindings(findings: readonly Finding[], paint: typeof styleText = styleText): string {
  const groups = checkGroups.flatMap(({ title, checks }) => {
    // Problems in the settings themselves have their own ids, and end the run before any check.
    const own = findings.filter(({ id }) => checks.some((check) => check.id === id) || isOfSettings(id, title));
    return own.length === 0 ? [] : ['', title, ...joined(own).flatMap((finding) => linesOf(finding, paint))];
  });
  return [...groups, '', ...summaryOf(findings)].join('\n').trimStart();
}

const checkIds = new Set(allChecks.map(({ id }) => id));
const isOfSettings = (id: string, title: string): boolean => title === 'Settings' && !checkIds.has(id);

/** Merges consecutive findings that are unknown for the same reason. */
function joined(findings: readonly Finding[]): readonly Finding[] {
  const runs: Finding[][] = [];
  for (const finding of findings) {
    const last = runs.at(-1)?.at(-1);
    if (last?.state === 'unknown' && finding.state === 'unknown' && last.says === finding.says)
      runs.at(-1)?.push(finding);
    else runs.push([finding]);
  }
  return runs.flatMap((run) => {
    const [first] = run;
    if (first === undefined) return [];
    return run.length === 1 ? run : [{ ...first, what: `${run.length} checks` }];
  });
}

function linesOf(finding: Finding, paint: typeof styleText): readonly string[] {
  const [colour, word] = marks[finding.state];
  const line = `  ${paint(colour, word)}  ${finding.what}: ${finding.says}`;
  const fix = 'fix' in finding ? finding.fix : undefined;
  return fix === undefined ? [line] : [line, `           > ${fix}`];
}

function summaryOf(findings: readonly Finding[]): readonly string[] {
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  const notWell = findings.filter(({ state }) => state === 'fail' || state === 'warn').map(({ what }) => what);
  return [
    ...(notWell.length === 0 ? [] : [`Problems: ${[...new Set(notWell)].join('; ')}.`]),
    `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} wrong, ${count('unknown')} unknown: ${verdictOf(findings)}.`,
  ];
}
