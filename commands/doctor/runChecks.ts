import { isGraphError } from '../../helpers/graph/graphErrors.ts';
import type { Check, Finding, Outcome, Patient } from './check.ts';

/** Runs the checks in order. A check that depends on one that failed is `unknown`, so that the one thing that is broken stands out. */
export async function runChecks(checks: readonly Check[], patient: Patient): Promise<Finding[]> {
  const findings: Finding[] = [];
  /** Checks that failed, or that depend on one that failed, with the name of that one. */
  const broken = new Map<string, string>();
  for (const { id, what, needs = [], run } of checks) {
    const root = needs.map((need) => broken.get(need)).find((found) => found !== undefined);
    const outcome: Outcome =
      root === undefined
        ? await outcomeOf(run, patient)
        : { state: 'unknown', says: `cannot be checked until this is fixed: ${root}` };
    if (root !== undefined) broken.set(id, root);
    else if (outcome.state === 'fail') broken.set(id, what);
    findings.push({ id, what, ...outcome });
  }
  return findings;
}

/** The Graph client's errors hold no secrets; any other error is a bug in the doctor. */
async function outcomeOf(run: Check['run'], patient: Patient): Promise<Outcome> {
  try {
    return await run(patient);
  } catch (error) {
    if (!isGraphError(error)) throw error;
    return { state: 'unknown', says: error.message };
  }
}
