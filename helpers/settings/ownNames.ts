/** Whether a name is for the bot's own settings. */
export function isOwnName(name: string): boolean {
  return /^My./.test(name);
}

/**
 * The bot's own settings among the names of a source, with their values, which `My` alone may hold together: there `ApiKey` is `MyApiKey`.
 * `null` and blank texts are not set.
 */
export function ownEntries(entries: Iterable<readonly [string, unknown]>): Map<string, unknown> {
  const own = new Map<string, unknown>();
  for (const [name, value] of entries) {
    if (isOwnName(name)) own.set(name, value);
    const group = name !== 'My' ? undefined : typeof value === 'string' ? parseOrNothing(value) : value;
    if (!isObject(group)) continue;
    for (const [inner, one] of Object.entries(group)) {
      own.set(/^My[A-Z0-9_]/.test(inner) ? inner : `My${inner.charAt(0).toUpperCase()}${inner.slice(1)}`, one);
    }
  }
  for (const [name, value] of own) {
    if (value === null || value === undefined || (typeof value === 'string' && value.trim() === '')) own.delete(name);
  }
  return own;
}

/** Undefined when it is no JSON. */
export function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
