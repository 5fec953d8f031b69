import { printable } from '../../helpers/logging/printableText.ts';
import type { EventFilter } from '../../store/eventFilter.ts';
import type { InboxEvent, JournalEntry } from '../../store/store.ts';
import type { CommandEnd } from '../storeTool.ts';
import type { EventRequest } from './eventRequest.ts';

/** A dead letter or a quarantined event. */
export interface KeptEvent {
  id: number;
  event: InboxEvent;
  reason: string;
  sentence: string;
  journal?: readonly JournalEntry[];
}

export interface KeptEvents<E extends KeptEvent> {
  /** What one is called, such as `dead letter`. */
  name: string;
  usage: string;
  /** When it became one, in milliseconds since 1970. */
  at: (event: E) => number;
  /** A remark in front of its sentence in a list. */
  note: (event: E) => string;
  list: (limit: number, filter: EventFilter) => Promise<E[]>;
  get: (id: number) => Promise<E | undefined>;
  /** What can be done with one, by command name. */
  actions: Readonly<Record<string, EventAction<E>>>;
}

export interface EventAction<E> {
  /** Singular: `runs again`. */
  one: string;
  /** Plural: `run again`. */
  many: string;
  /** Why it cannot be done with this one; undefined if it can. */
  refuse?: (event: E) => string | undefined;
  /** Resolves to false if the event is no longer there. */
  apply: (event: E) => Promise<boolean>;
}

/** Runs one command. Returns what to print. Lists hold no words of customers; `show` prints everything. */
export async function runEvents<E extends KeptEvent>(kept: KeptEvents<E>, request: EventRequest): Promise<CommandEnd> {
  const { command, ids, mode, format } = request;
  const print = (value: unknown): CommandEnd => ({ output: `${JSON.stringify(value, undefined, 2)}\n`, exitCode: 0 });
  const action = kept.actions[command];
  if (command !== 'list' && command !== 'show' && action === undefined) return { output: kept.usage, exitCode: 2 };
  const { events, missing } = await find(kept, request);
  const none = missing.map((id) => `There is no ${kept.name} ${id}.\n`).join('');
  if (command === 'list' || (action !== undefined && mode === 'tell')) {
    if (format === 'json') return print(events.map((event) => summaryOf(kept, event)));
    const lines = events.map((event) => `${lineOf(kept, event)}\n`).join('');
    return {
      output: none + (lines === '' && none === '' ? `No ${kept.name}s.\n` : lines),
      exitCode: none === '' ? 0 : 1,
    };
  }
  if (action === undefined) {
    const shown = events.map(shownOf);
    if (shown.length === 0) return { output: none === '' ? `No ${kept.name}s.\n` : none, exitCode: 1 };
    return print(shown.length === 1 ? shown[0] : shown);
  }
  const capital = `${kept.name.charAt(0).toUpperCase()}${kept.name.slice(1)}`;
  const done: number[] = [];
  let output = none;
  for (const event of events) {
    const refusal = action.refuse?.(event);
    if (refusal !== undefined) output += `${capital} ${event.id} ${refusal}.\n`;
    else if (await action.apply(event)) done.push(event.id);
    else output += `There is no ${kept.name} ${event.id}.\n`;
  }
  const exitCode = output === '' ? 0 : 1;
  if (format === 'json') return { ...print({ done }), exitCode };
  if (ids.length > 0) output += done.map((id) => `${capital} ${id} ${action.one}.\n`).join('');
  else output += `${done.length} ${kept.name}${done.length === 1 ? ` ${action.one}` : `s ${action.many}`}.\n`;
  return { output, exitCode };
}

async function find<E extends KeptEvent>(
  kept: KeptEvents<E>,
  { ids, limit, filter }: EventRequest,
): Promise<{ events: E[]; missing: number[] }> {
  if (ids.length === 0) return { events: await kept.list(limit, filter), missing: [] };
  const found = await Promise.all(ids.map((id) => kept.get(id)));
  return {
    events: found.filter((event) => event !== undefined),
    missing: ids.filter((_, index) => found[index] === undefined),
  };
}

function lineOf<E extends KeptEvent>({ at, note }: KeptEvents<E>, found: E): string {
  const { id, event, reason, sentence } = found;
  const when = new Date(at(found)).toISOString();
  const texts = [event.kind, event.conversation, `${note(found)}${sentence}`];
  return [id, when, reason, ...texts.map(printable)].join('  ');
}

function summaryOf<E extends KeptEvent>({ at }: KeptEvents<E>, found: E): object {
  const { id, event, reason, sentence } = found;
  const { kind, via, conversation } = event;
  return { id, at: new Date(at(found)).toISOString(), reason, kind, via, conversation, sentence, ...detailsOf(found) };
}

/** Under the names that scripts know: the event was called a delivery, and its payload the turn. */
function shownOf(found: KeptEvent): object {
  const { event, ...more } = found;
  const { payload, ...fields } = event;
  return { ...more, delivery: { ...fields, turn: payload }, ...detailsOf(found) };
}

/** Ids for finding it in logs, and for Meta's support. */
function detailsOf({ event, journal = [] }: KeptEvent): object {
  const mid = /"mid":"([^"]+)"/.exec(event.payload)?.[1];
  const traces = journal.flatMap(({ result }) => /"fbtraceId":"([^"]+)"/.exec(result)?.[1] ?? []);
  return {
    endpoint: event.endpoint === 'webhook' ? '/webhook' : '/api/messages',
    ...(mid !== undefined && { mid }),
    ...(traces.length > 0 && { fbtraceIds: [...new Set(traces)] }),
  };
}
