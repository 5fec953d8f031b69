import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { controlPrefix, createControlApi } from './control/controlApi.ts';
import { createEventStream } from './control/eventStream.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';
import { answerJson, httpDate } from './http/answer.ts';
import { listenOnLoopback } from './http/listen.ts';
import { refuseUnlessLoopback } from './http/loopbackOnly.ts';
import { createPageFiles } from './http/pageFiles.ts';
import { createParts } from './runtime/emulatorParts.ts';
import { RunningEmulator } from './runtime/runningEmulator.ts';

/**
 * Starts an emulator of Messenger for one Page, on 127.0.0.1 only.
 *
 * Rejects with a RangeError when the seed is wrong and with the system's error when the port is taken.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const parts = createParts(options);
  const { clock, trace, files, graph } = parts;
  const server = createServer((incoming, response) => {
    response.setHeader('date', httpDate(clock.now()));
    serve(incoming, response).catch((error: unknown) => {
      trace.add({ type: 'internalError', because: error instanceof Error ? error.message : 'unknown' });
      answerJson(response, 500, { error: 'The emulator itself failed; its event stream says more.' });
    });
  });
  const port = await listenOnLoopback(server, options.port ?? 0, options.portTaken);
  const events = createEventStream(trace);
  const emulator = new RunningEmulator(parts, port, async () => {
    events.close();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  });
  const control = createControlApi(emulator, events);
  const page = createPageFiles();

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refuseUnlessLoopback(incoming);
    if (refusal !== undefined) {
      answerJson(response, 403, { error: refusal });
      return;
    }
    const { method = 'GET', url = '/' } = incoming;
    const path = url.split('?', 1)[0] ?? '/';
    if (await page(method, path, response)) return;
    if (files.answer(method, path, response)) return;
    const isControl = path === controlPrefix || path.startsWith(`${controlPrefix}/`);
    await (isControl ? control : graph)(incoming, response);
  }
  return emulator;
}
