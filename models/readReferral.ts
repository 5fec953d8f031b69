import type { HopContext, Referral } from './facebookEvent.ts';
import { present } from './present.ts';
import { isArray, isJsonObject, readFlag, readId, readObject, readProperty, readText } from './readJson.ts';
import type { JsonObject } from './readJson.ts';

/** Where Meta puts a referral that comes with something else: inside these bodies, or beside them. */
const bodies = ['message', 'postback', 'optin'] as const;

/** The link, ad or product that brought the customer, from the referral's own body. */
export function readReferral(body: JsonObject): Referral {
  return {
    ...present('ref', readText(body, 'ref')),
    ...present('source', readText(body, 'source')),
    ...present('type', readText(body, 'type')),
    ...present('adId', readId(body, 'ad_id')),
    ...present('productId', readId(readObject(body, 'product'), 'id')),
    ...present('adsContext', readObject(body, 'ads_context_data')),
    ...present('refererUri', readText(body, 'referer_uri')),
    ...optionalFlag('isGuestUser', body, 'is_guest_user'),
  };
}

/** The referral that came with a message, a postback or an opt-in. */
export function readNestedReferral(item: unknown): Referral | undefined {
  const found = bodies.map((name) => readObject(item, name)).find((body) => body !== undefined);
  if (found === undefined) return undefined;
  const referral = readObject(found, 'referral') ?? readObject(item, 'referral');
  return referral && readReferral(referral);
}

/** An entry's `hop_context`, in either of its two forms. Undefined if it says nothing. */
export function readHopContext(value: unknown): readonly HopContext[] | undefined {
  const found = (isArray(value) ? value : [value]).filter(isJsonObject).map((hop) => ({
    ...present('appId', readId(hop, 'app_id')),
    ...present('metadata', readText(hop, 'metadata')),
    ...optionalFlag('isAiThreadOwner', hop, 'is_ai_thread_owner'),
  }));
  const telling = found.filter((hop) => Object.keys(hop).length > 0);
  return telling.length === 0 ? undefined : telling;
}

function optionalFlag<Name extends string>(
  name: Name,
  body: JsonObject,
  metaName: string,
): Partial<Record<Name, boolean>> {
  return present(name, readProperty(body, metaName) === undefined ? undefined : readFlag(body, metaName));
}
