import type { OfferedButton } from '../core/commands.ts';
import type { JsonObject } from '../json.ts';
import { ParameterError } from './graphCall.ts';
import { stringParam } from './graphParams.ts';

/** Source: https://developers.facebook.com/docs/messenger-platform/send-messages/quick-replies */
const maxTitle = 20;
const maxPayload = 1000;

/** A quick reply or a button to tap. Meta cuts a long title; it refuses a long payload. */
export function readOffer(offer: JsonObject, what: string): OfferedButton {
  const title = readTitle(offer, what);
  const payload = stringParam(offer, 'payload') ?? '';
  if (payload === '') throw new ParameterError(`A ${what} needs a payload.`);
  if (payload.length > maxPayload) {
    throw new ParameterError(`The payload of a ${what} may have at most ${maxPayload} characters.`);
  }
  return { title, payload };
}

export function readTitle(offer: JsonObject, what: string): string {
  const title = stringParam(offer, 'title') ?? '';
  if (title === '') throw new ParameterError(`A ${what} needs a title.`);
  return Array.from(title).slice(0, maxTitle).join('');
}
