import { webhookKinds } from '../core/webhookKinds.ts';
import { isFaultName, type FaultName, type GraphFault } from '../core/graphFaults.ts';
import { faultPlaces, type FaultMatch, type FaultSpec, type WebhookFaultSpec } from '../faults/injectedFaults.ts';
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
  const times = optionalWholeNumber(body, 'times');
  const delayMs = optionalWholeNumber(body, 'delayMs');
  if ([fault, connection, spoiled, delayMs].every((part) => part === undefined)) {
    throw new EmulatorUsageError('A fault needs fault, connection, body or delayMs.');
  }
  return {
    ...(match === undefined ? {} : { match: faultMatch(match) }),
    ...(when === undefined ? {} : { when: oneOf(when, ['before', 'after'] as const, 'when') }),
    ...(times === undefined ? {} : { times }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(connection === undefined ? {} : { connection: oneOf(connection, ['reset', 'silent'] as const, 'connection') }),
    ...(spoiled === undefined ? {} : { body: oneOf(spoiled, ['html', 'cut', 'drip'] as const, 'body') }),
    ...(fault === undefined ? {} : { fault: faultOf(fault) }),
  };
}

/** A fault of webhooks: its fields are those of `WebhookFaultSpec`. */
export function webhookFaultSpec(body: JsonObject): WebhookFaultSpec {
  const { match } = body;
  const times = optionalWholeNumber(body, 'times');
  const delayMs = optionalWholeNumber(body, 'delayMs');
  const copies = optionalWholeNumber(body, 'copies');
  return {
    fault: oneOf(optionalText(body, 'fault'), webhookFaultKinds, 'fault'),
    ...(match === undefined ? {} : { match: webhookMatch(match) }),
    ...(times === undefined ? {} : { times }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(copies === undefined ? {} : { copies }),
  };
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
  const { at, ...texts } = matchTexts(match, ['at', 'method', 'edge', 'appId']);
  return { ...texts, ...(at === undefined ? {} : { at: oneOf(at, faultPlaces, 'match.at') }) };
}

function webhookMatch(match: unknown): NonNullable<WebhookFaultSpec['match']> {
  const { kind, channel, ...texts } = matchTexts(match, ['appId', 'kind', 'channel']);
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
