/**
 * What a line says, given what a logger was called with. Bots are run without a type check, and many people log a sentence, or an error, alone.
 */
export function lineOf(fields: unknown, message: unknown): { fields: object; message: string } {
  if (typeof fields === 'string') return { fields: message === undefined ? {} : { value: message }, message: fields };
  const told = typeof message === 'string' ? message : undefined;
  if (fields instanceof Error) return { fields: { err: fields }, message: told ?? fields.message };
  if (typeof fields === 'object' && fields !== null) return { fields, message: told ?? '' };
  return { fields: { value: fields }, message: told ?? '' };
}
