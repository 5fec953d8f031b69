import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { ownOriginOnly } from '../http/answer.ts';
import { EmulatorUsageError } from '../usageError.ts';
import { fileTypeOf, type FileKind, type FileType } from './fileTypes.ts';

/** The longest file, in bytes. Meta takes 25 MB; this is only for trying things out. */
export const fileLimit = 5_000_000;
/** All files together, in bytes. */
const storeLimit = 50_000_000;
const longestName = 100;

export interface NewFile {
  readonly name: string;
  /** The declared content type, such as `image/png`. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** What a message can carry: the kind of attachment, and the address that bots load it from. */
export interface StoredFile {
  readonly type: FileKind;
  readonly url: string;
}

/** Files that a customer sends, in memory, as Meta keeps them on its servers. */
export interface FileStore {
  /** @param origin where this emulator is, `http://127.0.0.1:<port>` */
  add(file: NewFile, origin: string): StoredFile;
  /** Answers a request for a file, and says whether it was one. */
  answer(method: string, path: string, response: ServerResponse): boolean;
  clear(): void;
  /** All files, the oldest first. */
  all(): readonly KeptFile[];
  /** Keeps these in the place of all others. */
  restore(files: readonly KeptFile[]): void;
}

/** A file as plain JSON. */
export interface KeptFile {
  /** Where it is served. */
  readonly path: string;
  readonly name: string;
  readonly contentType: string;
  readonly base64: string;
}

interface Stored extends FileType {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const filesPrefix = '/_emulator/files/';

export function createFileStore(): FileStore {
  /** By path, the oldest first. */
  const files = new Map<string, Stored>();
  let turn = 0;

  const makeRoom = (length: number): void => {
    let kept = [...files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
    for (const [path, { bytes }] of files) {
      if (kept + length <= storeLimit) return;
      files.delete(path);
      kept -= bytes.length;
    }
  };

  return {
    add({ name, contentType, bytes }, origin) {
      if (bytes.length === 0) throw new EmulatorUsageError('The file is empty.');
      if (bytes.length > fileLimit) throw new EmulatorUsageError(`A file may have at most ${fileLimit} bytes.`);
      makeRoom(bytes.length);
      turn += 1;
      const shown = shownName(name);
      const type = fileTypeOf(contentType);
      const path = `${filesPrefix}${idOf(turn, bytes)}/${encodeURIComponent(shown)}`;
      files.set(path, { ...type, name: shown, bytes });
      return { type: type.kind, url: `${origin}${path}` };
    },
    answer(method, path, response) {
      const file = method === 'GET' || method === 'HEAD' ? files.get(path) : undefined;
      if (file === undefined) return false;
      response.writeHead(200, headersFor(file));
      response.end(method === 'HEAD' ? undefined : file.bytes);
      return true;
    },
    clear: () => files.clear(),
    all: () =>
      [...files].map(([path, { name, contentType, bytes }]) => ({
        ...{ path, name, contentType },
        base64: Buffer.from(bytes).toString('base64'),
      })),
    restore(kept) {
      files.clear();
      for (const { path, name, contentType, base64 } of kept) {
        files.set(path, { ...fileTypeOf(contentType), name, bytes: Buffer.from(base64, 'base64') });
      }
    },
  };
}

/** Whatever the file contains, no script in it runs, and no page of another origin can show it. */
const headersFor = ({ kind, contentType, name, bytes }: Stored): Record<string, string | number> => ({
  'content-type': contentType,
  'content-length': bytes.length,
  'content-disposition': `${kind === 'file' ? 'attachment' : 'inline'}; filename*=UTF-8''${encodedName(name)}`,
  'content-security-policy': "default-src 'none'; sandbox",
  ...ownOriginOnly,
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
});

/** An id that is the same in every run for the same file, if it is sent at the same turn. */
function idOf(turn: number, bytes: Uint8Array): string {
  const digest = createHash('sha256').update(`${turn} `).update(bytes).digest('hex');
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    digest.slice(12, 16),
    digest.slice(16, 20),
    digest.slice(20, 32),
  ].join('-');
}

/** Without folders and control characters. A name of only dots would lead up in an address. */
function shownName(name: string): string {
  const last = name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .split(/[\\/]/)
    .at(-1);
  const short = Array.from(last?.trim() ?? '')
    .slice(-longestName)
    .join('');
  return /^\.*$/.test(short) ? 'file' : short;
}

/** RFC 8187 allows fewer characters unescaped than an address. */
const encodedName = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
