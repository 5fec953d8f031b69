import { isObject, type JsonObject } from '../http/requestBody.ts';
import { isFaultName, type FaultName, type GraphFault } from '../core/graphFaults.ts';
import { webhookKinds } from '../core/effects.ts';
import type { FaultMatch, FaultSpec } from '../faults/injectedFaults.ts';
import { webhookHarms, type WebhookFaultSpec } from '../faults/webhookFaults.ts';
import { EmulatorUsageError } from '../usageError.ts';

/** Reading of control bodies: what is wrong is said in one sentence. */

export function text(body: JsonObject, name: string): string {
  const value = optionalText(body, name);
  if (value === undefined) throw new EmulatorUsageError(`${name} is required.`);
  return value;
}

export function optionalText(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw new EmulatorUsageError(`${name} has to be a text, not empty.`);
  return value;
}

export function wholeNumber(body: JsonObject, name: string): number {
  const value = optionalWholeNumber(body, name);
  if (value === undefined) throw new EmulatorUsageError(`${name} is required.`);
  return value;
}

export function optionalWholeNumber(body: JsonObject, name: string): number | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new EmulatorUsageError(`${name} has to be a whole number from 0.`);
  }
  return value;
}

export function optionalTexts(body: JsonObject, name: string): readonly string[] | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((member) => typeof member === 'string')) {
    throw new EmulatorUsageError(`${name} has to be a list of texts.`);
  }
  return value;
}

export function oneOf<T extends string>(value: string | undefined, allowed: readonly T[], name: string): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new EmulatorUsageError(`${name} has to be one of ${allowed.join(', ')}.`);
  return found;
}

/** A fault to inject: its fields are those of `FaultSpec`. */
export function faultSpec(body: JsonObject): FaultSpec {
  const { fault, match, connection } = body;
  const when = optionalText(body, 'when');
  const times = optionalWholeNumber(body, 'times');
  const delayMs = optionalWholeNumber(body, 'delayMs');
  if (fault === undefined && connection === undefined && delayMs === undefined) {
    throw new EmulatorUsageError('A fault needs fault, connection or delayMs.');
  }
  if (connection !== undefined && connection !== 'reset') throw new EmulatorUsageError('connection can only be reset.');
  return {
    ...(match === undefined ? {} : { match: faultMatch(match) }),
    ...(when === undefined ? {} : { when: oneOf(when, ['before', 'after'] as const, 'when') }),
    ...(times === undefined ? {} : { times }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(connection === undefined ? {} : { connection }),
    ...(fault === undefined ? {} : { fault: faultOf(fault) }),
  };
}

/** A fault of webhooks: its fields are those of `WebhookFaultSpec`. */
export function webhookFaultSpec(body: JsonObject): WebhookFaultSpec {
  const [appId, kind] = [optionalText(body, 'appId'), optionalText(body, 'kind')];
  const [times, delayMs] = [optionalWholeNumber(body, 'times'), optionalWholeNumber(body, 'delayMs')];
  return {
    harm: oneOf(optionalText(body, 'harm'), webhookHarms, 'harm'),
    ...(appId === undefined ? {} : { appId }),
    ...(kind === undefined ? {} : { kind: oneOf(kind, webhookKinds, 'kind') }),
    ...(times === undefined ? {} : { times }),
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}

function faultMatch(match: unknown): FaultMatch {
  if (!isObject(match)) throw new EmulatorUsageError('match has to be an object with method, edge or appId.');
  const strange = Object.keys(match).find((name) => !['method', 'edge', 'appId'].includes(name));
  if (strange !== undefined) throw new EmulatorUsageError(`match has no ${strange}, only method, edge and appId.`);
  const [method, edge, appId] = ['method', 'edge', 'appId'].map((name) => optionalText(match, name));
  return {
    ...(method === undefined ? {} : { method }),
    ...(edge === undefined ? {} : { edge }),
    ...(appId === undefined ? {} : { appId }),
  };
}

function faultOf(fault: unknown): FaultName | GraphFault {
  if (typeof fault === 'string') {
    if (isFaultName(fault)) return fault;
    throw new EmulatorUsageError(`There is no fault ${fault}; GET /_emulator/faults lists them.`);
  }
  if (!isObject(fault))
    throw new EmulatorUsageError('fault has to be a name, or an object with status, code and message.');
  const subcode = optionalWholeNumber(fault, 'subcode');
  const given: GraphFault = {
    status: wholeNumber(fault, 'status'),
    code: wholeNumber(fault, 'code'),
    message: text(fault, 'message'),
    type: 'OAuthException',
    ...(subcode === undefined ? {} : { subcode }),
    ...(fault['transient'] === true ? { transient: true } : {}),
  };
  if (given.status < 400 || given.status > 599) throw new EmulatorUsageError('status has to be from 400 to 599.');
  return given;
}
