import type { Activity } from 'botbuilder';

/** The activity with its date strings turned into `Date`s and kept as `raw…` beside them, as the SDK's own endpoint does. */
export function withDates<A extends Partial<Activity>>(activity: A): A {
  const dated = { ...activity };
  for (const [name, rawName] of dateFields) {
    const value: unknown = activity[name];
    if (typeof value === 'string') Object.assign(dated, { [rawName]: value, [name]: new Date(value) });
  }
  return dated;
}

const dateFields = [
  ['timestamp', 'rawTimestamp'],
  ['expiration', 'rawExpiration'],
  ['localTimestamp', 'rawLocalTimestamp'],
] as const;
