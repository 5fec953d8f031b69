/** An object with that one property, or an empty one if the value is absent. */
export function present<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>>;
export function present(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value };
}
