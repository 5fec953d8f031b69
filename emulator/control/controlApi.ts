import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Emulator } from '../emulator.ts';
import { WebhookHandshakeError } from '../delivery/webhookHandshake.ts';
import { fileLimit, type StoredFile } from '../files/fileStore.ts';
import { answerJson } from '../http/answer.ts';
import { parseJsonObject, readBytes, readText, UnreadableBodyError } from '../http/requestBody.ts';
import { EmulatorUsageError } from '../usageError.ts';
import type { ControlRoute } from './controlRoute.ts';
import { controlRoutes } from './controlRoutes.ts';
import type { EventStream } from './eventStream.ts';

/** Everything under this path is the emulator's own, not Meta's. */
export const controlPrefix = '/_emulator';
const bodyLimit = 100_000;

export type ControlApi = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Control over HTTP: every refusal is JSON with one sentence in `error`. */
export function createControlApi(emulator: Emulator, events: EventStream): ControlApi {
  return async (request, response) => {
    const { method = 'GET' } = request;
    const url = new URL(request.url ?? '/', 'http://emulator');
    const path = url.pathname.slice(controlPrefix.length).replace(/^\//, '');
    try {
      if (path === '' && method === 'GET') {
        answerJson(response, 200, { routes: listing() });
        return;
      }
      if (path === 'events' && method === 'GET') {
        events.answer(request, response, url.searchParams);
        return;
      }
      if (path === 'files' && method === 'POST') {
        answerJson(response, 200, await receiveFile(emulator, request, url.searchParams));
        return;
      }
      const matches = controlRoutes.flatMap((route) => {
        const id = idIn(route, path);
        return id === undefined ? [] : [{ route, id }];
      });
      const match = matches.find(({ route }) => route.method === method);
      if (match === undefined) {
        const known = matches.length > 0 || path === 'events' || path === 'files';
        const error = known
          ? `${path} does not take ${method}.`
          : `There is no ${path}; GET ${controlPrefix} lists all.`;
        answerJson(response, known ? 405 : 404, { error });
        return;
      }
      const body = parseJsonObject(await readText(request, match.route.longestBody ?? bodyLimit));
      answerJson(response, 200, await match.route.handle({ emulator, id: match.id, body }));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      answerJson(response, refusal.status, { error: refusal.message });
    }
  };
}

function refusalOf(error: unknown): { status: number; message: string } | undefined {
  if (error instanceof UnreadableBodyError) return error;
  if (error instanceof EmulatorUsageError || error instanceof RangeError)
    return { status: 400, message: error.message };
  if (error instanceof WebhookHandshakeError) return { status: 422, message: error.message };
  return undefined;
}

/** @returns the value of `:psid`, `:appId` or another id; empty if the route has none */
function idIn(route: ControlRoute, path: string): string | undefined {
  const wanted = route.path.split('/');
  const parts = path.split('/');
  if (wanted.length !== parts.length) return undefined;
  let id = '';
  for (const [index, part] of parts.entries()) {
    if (wanted[index]?.startsWith(':') === true) id = part;
    else if (wanted[index] !== part) return undefined;
  }
  return id;
}

async function receiveFile(emulator: Emulator, request: IncomingMessage, query: URLSearchParams): Promise<StoredFile> {
  const contentType = request.headers['content-type'] ?? '';
  return emulator.keepFile({
    name: query.get('name') ?? '',
    contentType,
    bytes: await readBytes(request, fileLimit),
  });
}

const listing = (): readonly object[] => [
  ...controlRoutes.map(({ method, path, body, does }) => ({ method, path: `${controlPrefix}/${path}`, body, does })),
  {
    method: 'GET',
    path: `${controlPrefix}/events`,
    does: 'What happened, after ?after=<id>; with Accept: text/event-stream it goes on.',
  },
  {
    method: 'POST',
    path: `${controlPrefix}/files`,
    body: 'the bytes of the file',
    does: 'Keeps a file called ?name=<name> in memory and answers its type and its url.',
  },
];
