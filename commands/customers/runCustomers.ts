import { findCustomer, inStore, readCustomer, type CustomerData } from '../../store/sqlite/tools/customerData.ts';
import { forgetCustomer } from '../../store/sqlite/tools/forgetCustomer.ts';
import type { CommandEnd } from '../storeTool.ts';
import { countsOf, forgottenInWords, keptInWords, namedInWords } from './customerInWords.ts';

export const customersUsage = `Usage: npm run customers -- show|forget PSID [--store FILE] [--bot FILE] [--json]

  show PSID     how much is kept of a customer, and how old it is; with --text also what it says
  forget PSID   deletes all of it, and overwrites it in the file
  --store FILE  the store's file; without it, that of the settings
  --bot FILE    the module of your bot, as npm start takes it; without it, the setting Bot

A PSID is the id of a customer at your Page, as the log has it. On other channels, take the id of the user or of the conversation.
Both work beside a running bot. Backups and other copies of the store are not changed.
`;

export interface CustomersCommand {
  path: string;
  command: 'show' | 'forget';
  id: string;
  show: 'counts' | 'everything';
  format: 'text' | 'json';
  now: number;
}

/** Does one command and gives what is to be printed. @throws StoreUnavailable, StartProblem */
export async function runCustomers(command: CustomersCommand): Promise<CommandEnd> {
  const { path, id, format, now } = command;
  const json = (result: object): CommandEnd => ({ output: `${JSON.stringify(result, undefined, 2)}\n`, exitCode: 0 });
  if (command.command === 'forget') {
    const forgotten = await forgetCustomer(path, id);
    const { named, copies, remains, running } = forgotten;
    if (format === 'text') return { output: forgottenInWords(forgotten), exitCode: 0 };
    const counts = countsOf(forgotten);
    const { sent = 0, echoes = 0, handovers = 0, conversations = 0 } = counts;
    // `notes` is what the command store -- forget had for these four together.
    const notes = sent + echoes + handovers + conversations;
    return json({ ...counts, notes, namedElsewhere: named.map(({ key }) => key), copies, remains, running });
  }
  const { data, contents } = await inStore(path, (file) => {
    const found = findCustomer(file, id);
    return { data: found, contents: command.show === 'everything' ? readableOf(readCustomer(file, found)) : undefined };
  });
  if (format === 'json') return json({ ...timesOf(data), namedElsewhere: data.named, contents });
  const words = keptInWords(data, { id, path, now }) + namedInWords(data.named);
  return {
    output: contents === undefined ? words : `${words}\n${JSON.stringify(contents, undefined, 2)}\n`,
    exitCode: 0,
  };
}

function timesOf({ rows, journal }: CustomerData): object {
  const times: Record<string, object> = {};
  for (const { in: table, keys, oldest, newest } of rows) {
    times[table.name] = { count: keys.length, oldest: timeOf(oldest), newest: timeOf(newest) };
  }
  return { ...times, ...(journal > 0 && { journal: { count: journal } }) };
}

function timeOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

/** Texts that are JSON are shown as what they say. */
function readableOf(contents: Readonly<Record<string, readonly object[]>>): Record<string, object[]> {
  const each = (row: object) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, parsed(value)]));
  return Object.fromEntries(Object.entries(contents).map(([name, rows]) => [name, rows.map(each)]));
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{"]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
