import { pageIdOf, psidOf } from '../../models/conversationKey.ts';
import { withoutPages } from '../../models/stateKey.ts';
import type { Row } from './database.ts';
import { numberOf, textOf } from './rowReaders.ts';

/** A table with something about customers. */
export interface CustomerTable {
  table: string;
  /** What its rows are called in JSON. */
  name: string;
  /** What they are called in sentences. */
  title: string;
  /** Its primary key. */
  key: 'id' | 'conversation' | 'key';
  /** The time of a row, in milliseconds since 1970. */
  at?: string;
  /** Whose a row is. */
  of: (row: Row, id: string) => Whose;
}

/**
 * - `theirs`: it is about this customer and goes with them.
 * - `named`: it is somebody else's, or of all, and names this customer.
 */
export type Whose = 'theirs' | 'named' | 'others';

/**
 * Every table with something about customers: what is shown of a customer, and deleted when one is forgotten. The journal is not among them: it
 * goes with the events and dead letters whose turns it is of.
 *
 * A new table belongs here, or into {@link tablesWithoutCustomers}.
 */
export const customerTables: readonly CustomerTable[] = [
  { table: 'deliveries', name: 'events', title: 'open events', key: 'id', at: 'accepted_at', of: ofEvent },
  { table: 'dead_letters', name: 'deadLetters', title: 'dead letters', key: 'id', at: 'died_at', of: ofEvent },
  // A body may hold the events of several customers, and cannot be told apart.
  {
    table: 'quarantine',
    name: 'quarantined',
    title: 'quarantined events',
    key: 'id',
    at: 'accepted_at',
    of: (row, id) => (namesAnywhere(row, id) ? 'theirs' : 'others'),
  },
  { table: 'timers', name: 'timers', title: 'timers', key: 'id', at: 'due_at', of: ofEvent },
  { table: 'sent', name: 'sent', title: 'messages sent', key: 'id', at: 'at', of: ofConversation },
  { table: 'echoes', name: 'echoes', title: 'echoes', key: 'id', at: 'noted_at', of: ofConversation },
  { table: 'handovers', name: 'handovers', title: 'handovers', key: 'id', at: 'noted_at', of: ofConversation },
  {
    table: 'conversations',
    name: 'conversations',
    title: 'notes of where to answer',
    key: 'conversation',
    at: 'noted_at',
    of: ofConversation,
  },
  { table: 'state', name: 'states', title: "values of the bot's state", key: 'key', of: ofState },
];

/** Their rows name no customer: of events there are hashes, and of Pages how many rows they have. */
export const tablesWithoutCustomers: readonly string[] = ['meta', 'keys', 'kept', 'sqlite_sequence'];

function ofConversation(row: Row, id: string): Whose {
  if (isWith(textOf(row, 'conversation'), id)) return 'theirs';
  return namesAnywhere(row, id) ? 'named' : 'others';
}

/** An event that belongs to no customer's conversation is that of whom it names. */
function ofEvent(row: Row, id: string): Whose {
  const whose = ofConversation(row, id);
  return whose === 'named' && psidOf(textOf(row, 'conversation')) === undefined ? 'theirs' : whose;
}

function ofState(row: Row, id: string): Whose {
  if (names(withoutPages(textOf(row, 'key')), id)) return 'theirs';
  return names(textOf(row, 'value'), id) ? 'named' : 'others';
}

/** Whether it is the conversation with this customer. */
function isWith(conversation: string, id: string): boolean {
  const psid = psidOf(conversation);
  return psid === undefined ? conversation.slice(conversation.indexOf(' ') + 1) === id : psid === id;
}

/** Whether a conversation is one of this Page. */
export function isOfPage(row: Row, id: string): boolean {
  const { conversation } = row;
  return typeof conversation === 'string' && pageIdOf(conversation) === id;
}

/** Whether any text of a row contains the id. */
export function namesAnywhere(row: Row, id: string): boolean {
  return Object.values(row).some((value) => typeof value === 'string' && names(value, id));
}

/** Whether a text contains an id as a whole, in JSON or as a part of a key. */
function names(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at !== -1; at = text.indexOf(id, at + 1)) {
    if (!isPartOfId(text[at - 1]) && !isPartOfId(text[at + id.length])) return true;
  }
  return false;
}

function isPartOfId(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9_]/.test(character);
}

/** The key of a row. */
export function keyOf({ key }: CustomerTable, row: Row): string | number {
  return key === 'id' ? numberOf(row, key) : textOf(row, key);
}
