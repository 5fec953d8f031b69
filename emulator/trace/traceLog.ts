import type { Clock, TraceRecord } from '../runtime/hooks.ts';
import type { AddedEventBody, EmulatorEvent, EmulatorEventBody } from './emulatorEvent.ts';

const hidden = '[secret]';
const maxEvents = 20_000;

export type Listener = (event: EmulatorEvent) => void;

/** Everything that happened, in order. */
export interface TraceLog {
  add(body: EmulatorEventBody): void;
  /** For parts beside the core. A type without a dot is put under `other.`. */
  addRecord(record: TraceRecord): void;
  /** The events with a greater id, the oldest first. At most the last 20,000 are kept. */
  after(id: number): readonly EmulatorEvent[];
  lastId(): number;
  /** Calls the listener with every event from now on, until the returned function is called. */
  listen(listener: Listener): () => void;
  /** Replaces the value wherever it turns up in an event. */
  hideSecret(value: string): void;
}

export function createTraceLog(clock: Clock): TraceLog {
  const events: EmulatorEvent[] = [];
  const listeners = new Set<Listener>();
  const secrets = new Set<string>();
  let count = 0;

  const record = (body: EmulatorEventBody | AddedEventBody): void => {
    count += 1;
    const event = withoutSecrets({ id: count, at: clock(), ...body }, secrets);
    events.push(event);
    if (events.length > maxEvents) events.shift();
    for (const listener of listeners) listener(event);
  };

  return {
    add: record,
    addRecord(given) {
      const type: AddedEventBody['type'] = hasDot(given.type) ? given.type : `other.${given.type}`;
      record({ ...given, type });
    },
    after: (id) => events.filter((event) => event.id > id),
    lastId: () => count,
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    hideSecret(value) {
      // A very short value would match parts of ordinary words.
      if (value.length >= 4) secrets.add(value);
    },
  };
}

const hasDot = (type: string): type is `${string}.${string}` => type.includes('.');

/** A copy in which every known secret is replaced. Events are JSON, so only their texts need a look. */
function withoutSecrets<T>(value: T, secrets: ReadonlySet<string>): T {
  const replaced = (part: unknown): unknown => {
    if (typeof part === 'string') {
      return [...secrets].reduce((text, secret) => text.replaceAll(secret, hidden), part);
    }
    if (Array.isArray(part)) return part.map(replaced);
    if (typeof part === 'object' && part !== null) {
      return Object.fromEntries(Object.entries(part).map(([key, inner]) => [String(replaced(key)), replaced(inner)]));
    }
    return part;
  };
  return replaced(value) as T;
}
