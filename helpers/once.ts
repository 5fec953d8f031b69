import type { Middleware, TurnContext } from 'botbuilder';

/** Writes a value of the turn that is running down before it is used, and gives the one that is written. */
export type RecordOnce = (name: string, make: () => unknown) => Promise<unknown>;

const recordKey = Symbol('recordOnce');

/** What was made in turns that nobody writes down, such as in a test of a bot alone. */
const unwritten = new WeakMap<TurnContext, Map<string, Promise<unknown>>>();

/**
 * Makes a value once for the whole turn: it is written down before it is used, and a turn that runs again, after a crash for example, gets
 * what is written instead of making another one. For whatever comes out differently each time: a language model's answer, a random
 * number, the time of day, the number of an order that another service gives.
 *
 * The value is what JSON keeps of it: a `Date` becomes a text. The same name in the same conversation gives the same value. When `make` throws,
 * nothing is written, and the next call makes it anew. A process that ends within `make` has nothing to write: what `make` does outside
 * may be done again.
 *
 * @example
 * const answer = await once(context, 'answer', () => model.complete(context.activity.text));
 * await context.sendActivity(answer);
 */
export async function once<T>(context: TurnContext, name: string, make: () => T | Promise<T>): Promise<T> {
  const record = context.turnState.get<RecordOnce | undefined>(recordKey) ?? recordUnwritten(context);
  const conversation = (context.activity.conversation as { id?: string } | undefined)?.id ?? '';
  return (await record(JSON.stringify([conversation, name]), make)) as T;
}

/** Gives every turn of an adapter something that writes its values down. */
export function onceMiddleware(record: RecordOnce): Middleware {
  return {
    onTurn: async (context, next) => {
      context.turnState.set(recordKey, record);
      await next();
    },
  };
}

function recordUnwritten(context: TurnContext): RecordOnce {
  const values = unwritten.get(context) ?? new Map<string, Promise<unknown>>();
  unwritten.set(context, values);
  return (name, make) => makeOnce(values, name, async () => throughJson(await make()));
}

/** One value a name, also for calls side by side; a failure is forgotten. */
export function makeOnce<T>(values: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const known = values.get(name);
  if (known !== undefined) return known;
  const made = make();
  values.set(name, made);
  made.catch(() => values.delete(name));
  return made;
}

/** The value as a later run of the turn will read it. */
export function throughJson(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
