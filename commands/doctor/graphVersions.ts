/**
 * The last day of each version of the Graph API, in UTC. Meta announces a version's end when it publishes the next but one; versions without
 * an end are left out.
 *
 * Source: https://developers.facebook.com/docs/graph-api/changelog/versions, read in November 2026
 */
const endOfVersion: Readonly<Record<string, string>> = {
  'v25.0': '2028-07-29',
  'v24.0': '2028-02-18',
  'v23.0': '2027-10-08',
  'v22.0': '2027-05-20',
  'v21.0': '2027-01-21',
  'v20.0': '2026-09-24',
  'v19.0': '2026-05-21',
  'v18.0': '2026-01-26',
};

const oldestListed = 18;

/** When this version ends, in milliseconds since 1970; `over` if it ended before the table starts; `undefined` if no end is known. */
export function endOfGraphVersion(version: string): number | 'over' | undefined {
  const day = endOfVersion[version];
  if (day !== undefined) return Date.parse(`${day}T00:00:00Z`);
  return Number(/^v(\d+)\./.exec(version)?.[1]) < oldestListed ? 'over' : undefined;
}
