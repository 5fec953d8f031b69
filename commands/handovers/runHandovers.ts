import { readThreadRecord, type Handover } from '../../bots/takeover/record.ts';
import { parseJson, readProperty } from '../../models/readJson.ts';
import type { Database } from '../../store/sqlite/database.ts';
import { textOf } from '../../store/sqlite/rowReaders.ts';
import { inStore } from '../../store/sqlite/tools/customerData.ts';
import type { CommandEnd } from '../storeTool.ts';

export const handoversUsage = `Usage: npm run handovers -- list|show PSID [--open] [--limit N] [--json] [--store FILE] [--bot FILE]

  list          the newest handovers to people, one a line: when, which customer, why, to whom, the first answer, and how it ended
  show PSID     everything that is noted of the handovers of one customer
  --open        only those that have not ended
  --limit N     at most so many, the newest (50)
  --store FILE  the store's file; without it, that of the settings

Of each customer the last ten are kept, for 30 days. It works beside a running bot.
`;

export interface HandoversCommand {
  path: string;
  /** Of one customer, with everything that is noted; without it, of all. */
  psid?: string | undefined;
  which: 'all' | 'open';
  limit: number;
  format: 'text' | 'json';
}

interface Found extends Handover {
  pageId: string;
  psid: string;
}

/** The key of a record is this, the app, the Page and the customer. */
const prefix = 'thread notes/takeover/';
const rowsAtOnce = 1_000;

/** Lists or shows handovers. @throws StoreUnavailable, StartProblem */
export async function runHandovers({ path, psid, which, limit, format }: HandoversCommand): Promise<CommandEnd> {
  const found = await inStore(path, (file) => newest(file, { psid, which, limit }));
  if (format === 'json') return { output: `${JSON.stringify(found, undefined, 2)}\n`, exitCode: 0 };
  if (found.length === 0) return { output: 'There are no handovers.\n', exitCode: 0 };
  const print = psid === undefined ? lineOf : everythingOf;
  return { output: `${found.map(print).join('\n')}\n`, exitCode: 0 };
}

/** The newest first. Reads the records a few at a time, and holds no more than are asked for. */
function newest(file: Database, { psid, which, limit }: Pick<HandoversCommand, 'psid' | 'which' | 'limit'>): Found[] {
  let found: Found[] = [];
  // In ASCII, the sign after the slash.
  const end = 'thread notes/takeover0';
  const sql = 'SELECT key, value FROM state WHERE key > ? AND key < ? ORDER BY key LIMIT ?';
  for (let after = prefix; ;) {
    const rows = file.all(sql, after, end, rowsAtOnce);
    for (const row of rows) {
      const key = textOf(row, 'key');
      after = key;
      const [, pageId = '', customer = ''] = key.slice(prefix.length).split('/');
      if (psid !== undefined && customer !== psid) continue;
      for (const handover of handoversIn(textOf(row, 'value'))) {
        if (which === 'all' || handover.state !== 'ended') found.push({ pageId, psid: customer, ...handover });
      }
    }
    found = found.sort((one, other) => other.askedAt - one.askedAt).slice(0, limit);
    if (rows.length < rowsAtOnce) return found;
  }
}

function handoversIn(value: string): readonly Handover[] {
  const { past = [], open } = readThreadRecord(readProperty(parseJson(value), 'note')) ?? {};
  return [...past, ...(open === undefined ? [] : [open])];
}

function lineOf({ askedAt, psid, reason, to, handedAt, firstAnswerAt, end, state }: Found): string {
  const answer =
    handedAt === undefined || firstAnswerAt === undefined
      ? 'no answer'
      : `answer after ${spanOf(firstAnswerAt - handedAt)}`;
  return [timeOf(askedAt), psid, reason, `to ${to ?? '-'}`, answer, end ?? state].join('  ');
}

/** Times of day as people and programs read them, and the reasons of those that refused in one line each. */
function everythingOf({ refused, ...handover }: Found): string {
  const lines = Object.entries(handover).map(([name, value]) => {
    return `${name.padEnd(16)}${name.endsWith('At') || name.endsWith('Until') ? timeOf(Number(value)) : String(value)}`;
  });
  return [...lines, ...refused.map(({ to, reason }) => `${'refused'.padEnd(16)}${to}: ${reason}`), ''].join('\n');
}

function timeOf(at: number): string {
  return Number.isFinite(at) && Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : '-';
}

function spanOf(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  return minutes < 60
    ? `${minutes} min ${Math.floor((Math.max(0, ms) % 60_000) / 1000)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
