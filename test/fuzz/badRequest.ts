import type { SeededRandom } from '../support/seededRandom.ts';

/** What a good request is made of, for a class to spoil. */
export interface GoodInput {
  /** A path such as `/api/messages`, and the server's host with its port. */
  path: string;
  host: string;
  /** The value of the `Authorization` header, in a run with credentials. */
  authorization: string | undefined;
  /** One of several activities that a bot understands, each time with other ids. */
  activity: Record<string, unknown>;
}

/** A request: its bytes as they go onto the wire. */
export type BadInput = (good: GoodInput, random: SeededRandom) => Buffer;

export type Headers = readonly (readonly [string, string])[];

function usualHeaders({ host, authorization }: GoodInput): Headers {
  return [
    ['Host', host],
    ['Content-Type', 'application/json'],
    ...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
    ['Connection', 'close'],
  ];
}

interface Parts {
  method?: string;
  path?: string;
  /** Replace headers of the same name, or are added. */
  headers?: Headers;
  /** `undefined` sends the header that says the true length. */
  length?: Headers;
}

export function request(good: GoodInput, body: string | Buffer, parts: Parts = {}): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const changed = new Set((parts.headers ?? []).map(([name]) => name.toLowerCase()));
  const headers = [
    ...usualHeaders(good).filter(([name]) => !changed.has(name.toLowerCase())),
    ...(parts.headers ?? []),
    ...(parts.length ?? [['Content-Length', String(bytes.length)]]),
  ];
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const line = `${parts.method ?? 'POST'} ${parts.path ?? good.path} HTTP/1.1\r\n`;
  return Buffer.concat([Buffer.from(`${line}${head}\r\n`, 'latin1'), bytes]);
}

export const text = (good: GoodInput): string => JSON.stringify(good.activity);
export const chunk = (body: string): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
export const chunked: Headers = [['Transfer-Encoding', 'chunked']];
export const fields = [
  'text',
  'id',
  'from',
  'recipient',
  'conversation',
  'channelData',
  'value',
  'timestamp',
  'type',
  'name',
];

export const withField = (good: GoodInput, name: string, json: string): string => {
  const rest = Object.fromEntries(Object.entries(good.activity).filter(([key]) => key !== name));
  return `${JSON.stringify(rest).slice(0, -1)},${JSON.stringify(name)}:${json}}`;
};
