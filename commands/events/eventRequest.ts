import type { parseArgs } from 'node:util';
import type { EventFilter } from '../../store/eventFilter.ts';

/** What a command should do with stored dead letters or quarantined events. */
export interface EventRequest {
  command: string;
  ids: number[];
  filter: EventFilter;
  /** `tell` only says what would be done. */
  mode: 'do' | 'tell';
  format: 'text' | 'json';
  limit: number;
}

export const eventOptions = {
  reason: { type: 'string' },
  page: { type: 'string' },
  kind: { type: 'string' },
  since: { type: 'string' },
  before: { type: 'string' },
  about: { type: 'string' },
  all: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  limit: { type: 'string', default: '1000' },
} as const;

export const eventOptionsUsage = `Which ones: --reason WORD, --page ID, --kind WORD, --since TIME, --before TIME (2026-11-27T08:00Z, or 3d, 2h, 10m ago), --about
MID or PSID, --all. Several must all match. --dry-run only says what would be done, --json prints for programs, --limit N.
`;

type Values = ReturnType<typeof parseArgs<{ options: typeof eventOptions }>>['values'];

/** Undefined if it cannot be understood. A command that changes something must say which events it means. */
export function readEventRequest(
  [command = '', ...objects]: readonly string[],
  values: Partial<Values>,
  now: number,
): EventRequest | undefined {
  const { reason, page, kind, about } = values;
  const [since, before] = [timeOf(values.since, now), timeOf(values.before, now)];
  const limit = Number(values.limit ?? eventOptions.limit.default);
  if (Number.isNaN(since) || Number.isNaN(before) || !Number.isInteger(limit) || limit < 1) return undefined;
  const ids = objects.filter(isId).map(Number);
  const [other, ...others] = objects.filter((object) => !isId(object));
  // From a log one knows a message's id rather than a dead letter's.
  if (others.length > 0 || (other !== undefined && !(command === 'show' && looksKnown(other)))) return undefined;
  const filter: EventFilter = { reason, page, kind, since, before, about: other ?? about };
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const isChosen = ids.length > 0 || isFiltered || values.all === true;
  if ((ids.length > 0 && isFiltered) || (command !== 'list' && !isChosen)) return undefined;
  const mode = values['dry-run'] === true ? 'tell' : 'do';
  return { command, ids, filter, mode, format: values.json === true ? 'json' : 'text', limit };
}

function isId(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}

/** A message id or a PSID. */
function looksKnown(text: string): boolean {
  return /^(m_|mid[.$])|^\d{16,}$/.test(text);
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  return count === undefined ? Date.parse(text) : now - Number(count) * (units[unit] ?? NaN);
}
