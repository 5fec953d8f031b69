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
  const referred = [...`${String(url)} ${String(body)}`.matchAll(reference)].map(([, name]) => name);
  return [...(typeof needed === 'string' ? [needed] : []), ...referred].some((name) => {
    const answered = named.get(name ?? '');
    return answered === undefined || answered === null || answered.status >= 400;
  });
}

function readOperation(operation: JsonObject, named: ReadonlyMap<string, Answered | null>): Operation {
  const { method, relative_url: url, body, attached_files: files, access_token: token } = operation;
  const fill = (text: unknown): string => (typeof text === 'string' ? filled(text, named) : '');
  const [path = '', query = ''] = fill(url).split(/\?(.*)/s);
  return {
    method: typeof method === 'string' ? method.toUpperCase() : 'GET',
    path: path.replace(/^\/*/, '/'),
    params: withoutNulls({
      ...readForm(query),
      ...(isJsonObject(body) ? body : readBody(fill(body))),
      ...(token === undefined ? {} : { access_token: token }),
    }),
    files: typeof files === 'string' ? files.split(',').map((file) => file.trim()) : [],
  };
}

const mostReferences = 100;
const mostFilled = 100_000;

/** Puts parts of earlier answers into a call. Both their number and their length are limited, since answers could double in each call. */
function filled(text: string, named: ReadonlyMap<string, Answered | null>): string {
  let [references, length] = [0, 0];
  return text.replace(reference, (_all, name: string, path: string) => {
    const found = selected(named.get(name)?.body, path);
    references += 1;
    length += found.length;
    if (references > mostReferences || length > mostFilled) {
      throw new ParameterError('A call of a batch refers to too much of earlier answers.');
    }
    return found;
  });
}

/** A form, as Meta documents it, or JSON as some clients write it. */
function readBody(text: string): JsonObject {
  if (!text.trimStart().startsWith('{')) return readForm(text);
  const value = parseJson(text);
  return isJsonObject(value) ? value : {};
}
