/** Nobody reads further. */
const deepest = 5;

/** An error and what caused it, the outermost first. It takes errors, and what a line of the log tells of one. */
export function errorChain(error: object): readonly object[] {
  const chain: object[] = [];
  for (let next: object | undefined = error; next !== undefined && chain.length < deepest; next = causeOf(next)) {
    if (chain.includes(next)) break;
    chain.push(next);
  }
  return chain;
}

/** What caused an error: Bot Builder's dialogs keep it as `error`, and of several errors the first stands for all. */
export function causeOf(error: object): object | undefined {
  const { cause, error: wrapped, errors } = error as { cause?: unknown; error?: unknown; errors?: unknown };
  const first: unknown = Array.isArray(errors) ? errors.at(0) : undefined;
  if (saysSomething(cause)) return cause;
  return wrapped instanceof Error ? wrapped : saysSomething(first) ? first : undefined;
}

/**
 * An error in a sentence without a full stop, with the causes that say more: `TypeError: fetch failed, because of Error: connect ECONNREFUSED …`.
 */
export function errorInWords(error: object): string {
  return errorChain(error).reduce<string>((said, one, depth) => {
    if (depth === 0) return nameAndMessage(one);
    return said.includes(textAt(one, 'message')) ? said : `${said}, because of ${nameAndMessage(one)}`;
  }, '');
}

function nameAndMessage(error: object): string {
  const name = textAt(error, 'name') || 'Error';
  const message = textAt(error, 'message');
  return message === '' ? name : `${name}: ${message}`;
}

function textAt(error: object, name: string): string {
  const text: unknown = Reflect.get(error, name);
  return typeof text === 'string' ? text : '';
}

function saysSomething(value: unknown): value is object {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'message') === 'string';
}
