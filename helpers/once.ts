import type { Middleware, TurnContext } from 'botbuilder';

/** Records a value of the running turn before it is used, and returns the recorded one. */
export type RecordOnce = (name: string, make: () => unknown) => Promise<unknown>;

const recordKey = Symbol('recordOnce');

/** The values of turns without a journal, such as in a unit test of a bot. */
const unrecorded = new WeakMap<TurnContext, Map<string, Promise<unknown>>>();

/**
 * Makes a value once for the whole turn: it is recorded before it is used, and if the turn runs again, for example after a crash, it gets the
 * recorded value instead of a new one. Use it for anything that differs each time: a language model's answer, a random number, the time of
 * day, an order number from another service.
 *
 * The value goes through JSON, so a `Date` becomes a string. The same name in the same conversation gives the same value. If `make` throws,
 * nothing is recorded, and the next call tries again. If the process ends within `make`, nothing is recorded either, so side effects of
 * `make` may happen again.
 *
 * @example
 * const answer = await once(context, 'answer', () => model.complete(context.activity.text));
 * await context.sendActivity(answer);
 */
export async function once<T>(context: TurnContext, name: string, make: () => T | Promise<T>): Promise<T> {
  const record = context.turnState.get<RecordOnce | undefined>(recordKey) ?? withoutJournal(context);
  const conversation = (context.activity.conversation as { id?: string } | undefined)?.id ?? '';
  return (await record(JSON.stringify([conversation, name]), make)) as T;
}

/** Lets every turn of an adapter record its values. */
export function onceMiddleware(record: RecordOnce): Middleware {
  return {
    onTurn: async (context, next) => {
      context.turnState.set(recordKey, record);
      await next();
    },
  };
}

function withoutJournal(context: TurnContext): RecordOnce {
  const values = unrecorded.get(context) ?? new Map<string, Promise<unknown>>();
  unrecorded.set(context, values);
  return (name, make) => makeOnce(values, name, async () => throughJson(await make()));
}

/** One value per name, even for concurrent calls; failures are forgotten. */
export function makeOnce<T>(values: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const known = values.get(name);
  if (known !== undefined) return known;
  const made = make();
  values.set(name, made);
  made.catch(() => values.delete(name));
  return made;
}

/** The value as a later run of the turn will see it. */
export function throughJson(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
