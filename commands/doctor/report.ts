import { styleText } from 'node:util';
import { checkGroups } from './allChecks.ts';
import type { Finding } from './check.ts';

export type Verdict = 'healthy' | 'doubtful' | 'broken';

/** How bad it is. What nobody could tell is not held against the set-up. */
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

/** The findings for a person, by group, each cure under what it cures. `paint` colours a word; by default when the terminal can. */
export function sayFindings(findings: readonly Finding[], paint: typeof styleText = styleText): string {
  const groups = checkGroups.map(({ title, checks }) => {
    const own = findings.filter(({ id }) => checks.some((check) => check.id === id));
    return own.length === 0 ? [] : ['', title, ...own.flatMap((finding) => linesOf(finding, paint))];
  });
  const known = new Set(checkGroups.flatMap(({ checks }) => checks.map(({ id }) => id)));
  const others = findings.filter(({ id }) => !known.has(id)).flatMap((finding) => linesOf(finding, paint));
  return [...others, ...groups.flat(), '', summaryOf(findings)].join('\n').trimStart();
}

function linesOf(finding: Finding, paint: typeof styleText): readonly string[] {
  const [colour, word] = marks[finding.state];
  const line = `  ${paint(colour, word)}  ${finding.what}: ${finding.says}`;
  const cure = 'cure' in finding ? finding.cure : undefined;
  return cure === undefined ? [line] : [line, `           > ${cure}`];
}

function summaryOf(findings: readonly Finding[]): string {
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  return `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} wrong, ${count('unknown')} unknown: ${verdictOf(findings)}.`;
}
