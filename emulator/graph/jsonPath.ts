import { isJsonObject } from '../json.ts';

const mostSteps = 20;

/**
 * What a path such as `$.data.*.id` or `$.data[0].id` finds in an answer, with commas, as a batch puts it into a later call. Nothing is
 * found where the path leads nowhere.
 * Source: https://developers.facebook.com/docs/graph-api/batch-requests#operations-with-dependencies
 */
export function selected(from: unknown, path: string): string {
  const steps = path
    .slice(1)
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .slice(0, mostSteps);
  const found = steps.reduce<readonly unknown[]>(
    (values, step) => values.flatMap((value) => stepInto(value, step)),
    [from],
  );
  return found.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(',');
}

function stepInto(value: unknown, step: string): readonly unknown[] {
  if (Array.isArray(value)) {
    const members: readonly unknown[] = value;
    return step === '*' ? members : members.slice(Number(step), Number(step) + 1);
  }
  if (!isJsonObject(value)) return [];
  if (step === '*') return Object.values(value);
  return Object.hasOwn(value, step) ? [value[step]] : [];
}
