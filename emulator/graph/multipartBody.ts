import type { NewFile } from '../files/fileStore.ts';
import type { JsonObject } from '../json.ts';
import { checkPieces, nest } from './bracketParams.ts';
import { decoded } from './decoded.ts';
import { ParameterError } from './graphCall.ts';

export interface MultipartBody {
  readonly params: JsonObject;
  /** The parts that are files, by their names. */
  readonly files: ReadonlyMap<string, NewFile>;
}

const longestHeader = 8192;
/** Before the first boundary there may be a line that is no part, or an empty one. */
const longestPreamble = 1000;

/** The boundary that the content type names or, where it names none, the body begins with. `undefined` if it is not multipart. */
export function boundaryOf(contentType: string, body: Buffer): string | undefined {
  const start = body.subarray(0, longestPreamble).toString('latin1');
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^\s;,]+))/i.exec(contentType) ?? [];
  const named = quoted ?? bare;
  if (named !== undefined && `\n${start}`.includes(`\n--${named}`)) return named;
  return /^--(\S+)\r?\nContent-/i.exec(start)?.[1];
}

/**
 * Reads `multipart/form-data`: fields and files. Unlike the parser of `fetch` it takes boundaries of any length and bare line feeds,
 * which old clients send. Throws a `ParameterError` if it is cut off or has too many parts.
 * Source: https://www.rfc-editor.org/rfc/rfc7578
 */
export function readMultipart(body: Buffer, boundary: string): MultipartBody {
  const next = `\n--${boundary}`;
  const fields: [string, string][] = [];
  const files = new Map<string, NewFile>();
  let start = body.indexOf(next.slice(1)) + next.length - 1;
  for (let end = body.indexOf(next, start); end !== -1; end = body.indexOf(next, start)) {
    checkPieces(fields.length + files.size + 1);
    const part = body.subarray(start, body[end - 1] === 13 ? end - 1 : end);
    const read = readPart(part);
    if (read.file === undefined) fields.push([read.name, read.content.toString('utf8')]);
    else files.set(read.name, { ...read.file, bytes: read.content });
    start = end + next.length;
  }
  if (!body.subarray(start, start + 2).equals(Buffer.from('--'))) {
    throw new ParameterError('The body ends before its last boundary.');
  }
  const notes = [...files].map(([name, { name: file, bytes }]) => [name, `${file} (${bytes.length} bytes)`] as const);
  return { params: { ...nest(fields), ...Object.fromEntries(notes) }, files };
}

interface Part {
  readonly name: string;
  readonly content: Buffer;
  readonly file?: { readonly name: string; readonly contentType: string };
}

function readPart(part: Buffer): Part {
  const start = part.subarray(0, longestHeader).toString('latin1');
  const gap = /\r?\n\r?\n/.exec(start);
  if (gap === null) throw new ParameterError('A part of the body has no end of its header.');
  const header = Buffer.from(start.slice(0, gap.index), 'latin1').toString('utf8');
  const name = attribute(header, 'name') ?? '';
  const content = part.subarray(gap.index + gap[0].length);
  const fileName = attribute(header, 'filename') ?? plainName(attribute(header, 'filename\\*'));
  if (fileName === undefined) return { name, content };
  const contentType = /^content-type:\s*(\S.*)$/im.exec(header)?.[1] ?? 'application/octet-stream';
  return { name, content, file: { name: fileName, contentType } };
}

/** Of `filename*=utf-8''c%C3%A4t.png`, which Python's requests send where a name has more than ASCII. */
const plainName = (name: string | undefined): string | undefined => name && decoded(name.replace(/^[\w-]*'[^']*'/, ''));

/** Of `Content-Disposition: form-data; name="filedata"; filename="a.png"`. */
function attribute(header: string, name: string): string | undefined {
  const found = new RegExp(`[;\\s]${name}=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(header);
  return found?.[1] ?? found?.[2];
}
