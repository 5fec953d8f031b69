import { isJsonObject, parseJson, type JsonObject } from '../json.ts';
import { readForm } from './bracketParams.ts';
import { ParameterError } from './graphCall.ts';
import { isOn, membersParam, withoutNulls } from './graphParams.ts';
import { selected } from './jsonPath.ts';

const mostOperations = 50;

/** One call of a batch. */
export interface Operation {
  readonly method: string;
  /** With a version if it was given one. */
  readonly path: string;
  readonly params: JsonObject;
  /** Names of files that came with the batch. */
  readonly files: readonly string[];
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Makes the calls of a batch one after the other, and answers with the list of their answers.
 * Source: https://developers.facebook.com/docs/graph-api/batch-requests
 */
export async function runBatch(
  params: JsonObject,
  call: (operation: Operation) => Promise<Answered>,
): Promise<readonly (JsonObject | null)[]> {
  const operations = membersParam(params, 'batch') ?? [];
  if (operations.length > mostOperations) throw new ParameterError(`A batch has at most ${mostOperations} calls.`);
  const named = new Map<string, Answered | null>();
  const answers: (JsonObject | null)[] = [];
  for (const given of operations) {
    const operation = isJsonObject(given) ? withoutNulls(given) : {};
    const { name, omit_response_on_success: omit = typeof name === 'string' } = operation;
    const answered = waitsForFailed(operation, named) ? null : await call(readOperation(operation, named));
    if (typeof name === 'string') named.set(name, answered);
    const isLeftOut = answered === null || (isOn(omit) && answered.status < 400);
    answers.push(isLeftOut ? null : written(answered, params['include_headers']));
  }
  return answers;
}

function written({ status, body }: Answered, headers: unknown): JsonObject {
  const contentType = [{ name: 'Content-Type', value: 'application/json; charset=UTF-8' }];
  const withHeaders = headers === undefined || isOn(headers);
  return { code: status, ...(withHeaders ? { headers: contentType } : {}), body: JSON.stringify(body) };
}

const reference = /\{result=([\w-]+):(\$[^{}]*)\}/g;

/** A call that needs another one that failed or does not exist is not made. */
function waitsForFailed(operation: JsonObject, named: ReadonlyMap<string, Answered | null>): boolean {
  const { depends_on: needed, relative_url: url, body } = operation;
  const texts = [url, body].map((part) => (isJsonObject(part) ? JSON.stringify(part) : textOf(part)));
  const referred = texts.flatMap((text) => [...`${text} ${decoded(text)}`.matchAll(reference)].map(([, name]) => name));
  return [...(typeof needed === 'string' ? [needed] : []), ...referred].some((name) => {
    const answered = named.get(name ?? '');
    return answered === undefined || answered === null || answered.status >= 400;
  });
}

/** What an operation refers to is put into its parameters once they are decoded, so a client may encode the references too. */
function readOperation(operation: JsonObject, named: ReadonlyMap<string, Answered | null>): Operation {
  const { method, relative_url: url, body, attached_files: files, access_token: token } = operation;
  const fill = createFill(named);
  const [path = '', query = ''] = textOf(url).split(/\?(.*)/s);
  const params = {
    ...readForm(query),
    ...(isJsonObject(body) ? body : readBody(textOf(body), fill)),
    ...(token === undefined ? {} : { access_token: token }),
  };
  return {
    method: typeof method === 'string' ? method.toUpperCase() : 'GET',
    path: fill(path).replace(/^\/*/, '/'),
    params: withoutNulls(filledIn(params, fill)),
    files: typeof files === 'string' ? files.split(',').map((file) => file.trim()) : [],
  };
}

const mostReferences = 100;
const mostFilled = 100_000;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

type Fill = (text: string) => string;

/** Puts parts of earlier answers into a call. Both their number and their length are limited, since answers could double in each call. */
function createFill(named: ReadonlyMap<string, Answered | null>): Fill {
  let [references, length] = [0, 0];
  return (text) =>
    text.replace(reference, (_all, name: string, path: string) => {
      const found = selected(named.get(name)?.body, path);
      references += 1;
      length += found.length;
      if (references > mostReferences || length > mostFilled) {
        throw new ParameterError('A call of a batch refers to too much of earlier answers.');
      }
      return found;
    });
}

function filledIn(object: JsonObject, fill: Fill): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, withReferences(value, fill)]));
}

function withReferences(value: unknown, fill: Fill): unknown {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((member) => withReferences(member, fill));
  return isJsonObject(value) ? filledIn(value, fill) : value;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A form, as Meta documents it, or JSON as some clients write it; there a reference may stand in the place of a value. */
function readBody(text: string, fill: Fill): JsonObject {
  if (!text.trimStart().startsWith('{')) return readForm(text);
  const value = parseJson(text) ?? parseJson(fill(text));
  return isJsonObject(value) ? value : {};
}
