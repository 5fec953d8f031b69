import { webhookKinds } from '../core/webhookKinds.ts';
import { isFaultName, type FaultName, type GraphFault } from '../core/graphFaults.ts';
import {
  faultPlaces,
  type FaultHits,
  type FaultMatch,
  type FaultMode,
  type FaultSpec,
  type WebhookFaultMatch,
  type WebhookFaultSpec,
} from '../faults/faultSpec.ts';
import { webhookFaultKinds } from '../faults/webhookFaultKinds.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { EmulatorUsageError } from '../usageError.ts';
import { oneOf, optionalText, optionalTextsOf, optionalWholeNumber, text, wholeNumber } from './readBody.ts';

/** A fault to inject: its fields are those of `FaultSpec`. */
export function faultSpec(body: JsonObject): FaultSpec {
  const { fault, match } = body;
  const connection = optionalText(body, 'connection');
  const spoiled = optionalText(body, 'body');
  const when = optionalText(body, 'when');
  const effect = optionalText(body, 'effect');
  const delayMs = optionalWholeNumber(body, 'delayMs');
  if ([fault, connection, spoiled, delayMs, effect].every((part) => part === undefined)) {
    throw new EmulatorUsageError('A fault needs fault, connection, body, effect or delayMs.');
  }
  return {
    ...faultHits(body),
    ...(match === undefined ? {} : { match: faultMatch(match) }),
    ...(when === undefined ? {} : { when: oneOf(when, ['before', 'after'] as const, 'when') }),
    ...(effect === undefined ? {} : { effect: oneOf(effect, ['twice'] as const, 'effect') }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(connection === undefined ? {} : { connection: oneOf(connection, ['reset', 'silent'] as const, 'connection') }),
    ...(spoiled === undefined ? {} : { body: oneOf(spoiled, ['html', 'cut', 'drip'] as const, 'body') }),
    ...(fault === undefined ? {} : { fault: faultOf(fault) }),
  };
}

/** A fault of webhooks: its fields are those of `WebhookFaultSpec`. */
export function webhookFaultSpec(body: JsonObject): WebhookFaultSpec {
  const { match } = body;
  const delayMs = optionalWholeNumber(body, 'delayMs');
  const copies = optionalWholeNumber(body, 'copies');
  return {
    fault: oneOf(optionalText(body, 'fault'), webhookFaultKinds, 'fault'),
    ...faultHits(body),
    ...(match === undefined ? {} : { match: webhookMatch(match) }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(copies === undefined ? {} : { copies }),
  };
}

function faultHits(body: JsonObject): FaultHits {
  const { mode } = body;
  const times = optionalWholeNumber(body, 'times');
  return {
    ...(mode === undefined ? {} : { mode: faultMode(mode) }),
    ...(times === undefined ? {} : { times }),
  };
}

function faultMode(mode: unknown): FaultMode {
  if (mode === 'always') return mode;
  const names = isJsonObject(mode) ? Object.keys(mode) : [];
  if (!isJsonObject(mode) || names.length !== 1 || (names[0] !== 'next' && names[0] !== 'every')) {
    throw new EmulatorUsageError('mode has to be "always", { "next": n } or { "every": n }.');
  }
  return names[0] === 'next' ? { next: wholeNumber(mode, 'next') } : { every: wholeNumber(mode, 'every') };
}

/** The members of `match` as texts; others than those named are refused. */
function matchTexts<Name extends string>(match: unknown, names: readonly Name[]): Partial<Record<Name, string>> {
  const known = names.join(', ');
  if (!isJsonObject(match)) throw new EmulatorUsageError(`match has to be an object with ${known}.`);
  const strange = Object.keys(match).find((name) => !names.some((one) => one === name));
  if (strange !== undefined) throw new EmulatorUsageError(`match has no ${strange}, only ${known}.`);
  return optionalTextsOf(match, names);
}

function faultMatch(match: unknown): FaultMatch {
  const { at, ...texts } = matchTexts(match, ['at', 'method', 'edge', 'appId', 'psid']);
  return { ...texts, ...(at === undefined ? {} : { at: oneOf(at, faultPlaces, 'match.at') }) };
}

function webhookMatch(match: unknown): WebhookFaultMatch {
  const { kind, channel, ...texts } = matchTexts(match, ['appId', 'kind', 'channel', 'psid']);
  return {
    ...texts,
    ...(kind === undefined ? {} : { kind: oneOf(kind, webhookKinds, 'match.kind') }),
    ...(channel === undefined ? {} : { channel: oneOf(channel, ['messaging', 'standby'] as const, 'match.channel') }),
  };
}

function faultOf(fault: unknown): FaultName | GraphFault {
  if (typeof fault === 'string') {
    if (isFaultName(fault)) return fault;
    throw new EmulatorUsageError(`There is no fault ${fault}; GET /_emulator/faults lists them.`);
  }
  if (!isJsonObject(fault))
    throw new EmulatorUsageError('fault has to be a name, or an object with status, code and message.');
  const subcode = optionalWholeNumber(fault, 'subcode');
  const retryAfterSeconds = optionalWholeNumber(fault, 'retryAfterSeconds');
  const given: GraphFault = {
    status: wholeNumber(fault, 'status'),
    code: wholeNumber(fault, 'code'),
    message: text(fault, 'message'),
    type: 'OAuthException',
    ...(subcode === undefined ? {} : { subcode }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(fault['transient'] === true ? { transient: true } : {}),
  };
  if (given.status < 400 || given.status > 599) throw new EmulatorUsageError('status has to be from 400 to 599.');
  return given;
}
