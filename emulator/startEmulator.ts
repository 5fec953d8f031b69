import type { IncomingMessage, ServerResponse } from 'node:http';
import { controlPrefix, createControlApi } from './control/controlApi.ts';
import { createEventStream } from './control/eventStream.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';
import { startLoopbackServer } from './http/loopbackServer.ts';
import { createPageFiles } from './http/pageFiles.ts';
import { createParts } from './runtime/emulatorParts.ts';
import { RunningEmulator } from './runtime/runningEmulator.ts';

/** How much of what a refused request says is recorded. */
const longestShown = 200;
/** How many refusals of one host each are told. */
const mostRefusedTold = 50;

/**
 * Starts an emulator of Messenger for one Page, on 127.0.0.1 only.
 *
 * Rejects with a RangeError if the seed is wrong, and with the system's error if the port is taken.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const parts = createParts(options);
  const { clock, trace, files, graph } = parts;
  const refusedAlready = new Set<string>();
  const server = await startLoopbackServer({
    port: options.port ?? 0,
    portTaken: options.portTaken,
    clock: clock.now,
    serve: (incoming, response) => serve(incoming, response),
    alsoFor: ['graph.facebook.com'],
    refused: ({ method = 'GET', url = '/', headers }, because) => {
      const path = (url.split('?', 1)[0] ?? '/').slice(0, longestShown);
      const host = (headers.host ?? '').slice(0, longestShown);
      // Whoever finds his way does so at the first. A page of a stranger could fill the list of events otherwise.
      const about = `${host} ${because}`;
      if (refusedAlready.has(about) || refusedAlready.size >= mostRefusedTold) return;
      refusedAlready.add(about);
      trace.add({ type: 'hostRefused', method, path, host, because });
    },
    failed: (error) =>
      trace.add({ type: 'internalError', because: error instanceof Error ? error.message : 'unknown' }),
  });
  const events = createEventStream(trace);
  const emulator = new RunningEmulator(parts, server.port, async () => {
    events.close();
    await server.close();
  });
  const control = createControlApi(emulator, events);
  const page = createPageFiles();

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = incoming;
    const path = url.split('?', 1)[0] ?? '/';
    if (await page(method, path, response)) return;
    if (files.answer(method, path, response)) return;
    const isControl = path === controlPrefix || path.startsWith(`${controlPrefix}/`);
    await (isControl ? control : graph)(incoming, response);
  }
  return emulator;
}
