import { z } from 'zod';
import { webhookKinds } from '../core/webhookKinds.ts';

/** Pieces that several parts of a snapshot are made of. */

/** An object with these fields and no others. */
export const exactly = <Fields extends z.ZodRawShape>(fields: Fields) => z.object(fields).strict();

type FieldsOf<Type> = { readonly [Name in keyof Type]-?: z.ZodTypeAny };

/** The same for a type: whoever adds a field to it is told here by the compiler. */
export const allOf = <Type extends object>(fields: FieldsOf<Type>): z.ZodObject<FieldsOf<Type>, 'strict'> =>
  z.object(fields).strict();

export const digits = z.string().regex(/^\d{1,20}$/, 'has to be an id: digits only');
export const whole = z.number().int().nonnegative().safe();
/** Milliseconds since 1970. Faults may put something off for longer than any date. */
export const time = z.number().nonnegative().finite();
/** JSON whose meaning is that of Meta or of a bot. */
export const anything = z.record(z.string(), z.unknown());
export const channel = z.enum(['messaging', 'standby']);
export const webhookKind = z.enum(webhookKinds);

/** An object of such values by keys of any kind. */
export const byKey = <Value extends z.ZodTypeAny>(value: Value) =>
  z.record(
    z.string().refine((key) => key !== '__proto__', 'is no name'),
    value,
  );
