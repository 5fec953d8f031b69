import type { IncomingMessage } from 'node:http';
import { gunzipSync, inflateSync } from 'node:zlib';
import { fileLimit, type NewFile } from '../files/fileStore.ts';
import { parseJsonObject, readBytes, UnreadableBodyError } from '../http/requestBody.ts';
import type { JsonObject } from '../json.ts';
import { readForm } from './bracketParams.ts';
import { boundaryOf, readMultipart } from './multipartBody.ts';
import { withoutNulls } from './graphParams.ts';

const bodyLimit = 1_000_000;

/** What a call carries, whatever its encoding. */
export interface ReadRequest {
  readonly params: JsonObject;
  /** Uploads by the name of their part. */
  readonly files: ReadonlyMap<string, NewFile>;
}

const noFiles: ReadonlyMap<string, NewFile> = new Map();

/**
 * Reads parameters from the query and from the body; the body's win. Throws a `ParameterError` or an `UnreadableBodyError` for what
 * cannot be read.
 */
export async function readRequest(request: IncomingMessage, query: string): Promise<ReadRequest> {
  const { 'content-type': contentType = '', 'content-encoding': encoding = '' } = request.headers;
  const limit = /multipart\//i.test(contentType) ? fileLimit + bodyLimit : bodyLimit;
  const body = expanded(await readBytes(request, limit), encoding, limit);
  const { params, files } = readBody(contentType, body);
  return { params: withoutNulls({ ...readForm(query), ...params }), files };
}

const expanders = new Map([
  ['gzip', gunzipSync],
  ['deflate', inflateSync],
]);

/**
 * What was compressed, as Meta's SDK for Android compresses its uploads.
 * Source: https://github.com/facebook/facebook-android-sdk, GraphRequest
 */
function expanded(body: Buffer, encoding: string, limit: number): Buffer {
  const expand = expanders.get(encoding.trim().toLowerCase());
  if (expand === undefined) return body;
  try {
    return expand(body, { maxOutputLength: limit });
  } catch {
    throw new UnreadableBodyError(400, `The body is not ${encoding}, or it is longer than ${limit} bytes.`);
  }
}

/**
 * Old clients name no encoding, or a wrong one, and Graph answers them. So the body tells what it is; where it could be several things,
 * the content type decides.
 */
function readBody(contentType: string, body: Buffer): ReadRequest {
  const boundary = boundaryOf(contentType, body);
  if (boundary !== undefined) return readMultipart(body, boundary);
  const text = body.toString('utf8').trim();
  const isForm = !text.startsWith('{') && (contentType.includes('form') || /^[^\s{}"&=]+=/.test(text));
  return { params: isForm ? readForm(text) : parseJsonObject(text), files: noFiles };
}
