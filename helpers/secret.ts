import { inspect } from 'node:util';

/** Printed in place of a secret. */
export const REDACTED = '[redacted]';

/**
 * A value that must not be shown: a token, a password, an app secret.
 *
 * Printing it, joining it into a string, turning it into JSON or inspecting it gives `[redacted]`. Only `reveal()` returns the value, so a
 * search for that word finds every place that handles a secret in the clear.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value in the clear. Hand it straight to what needs it; do not keep it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
