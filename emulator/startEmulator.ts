import type { IncomingMessage, ServerResponse } from 'node:http';
import { controlPrefix, createControlApi } from './control/controlApi.ts';
import { createEventStream } from './control/eventStream.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';
import { startLoopbackServer } from './http/loopbackServer.ts';
import { createPageFiles } from './http/pageFiles.ts';
import { tellRefusedHosts } from './http/refusedHosts.ts';
import { metaHosts } from './redirect/hosts.js';
import { createParts } from './runtime/emulatorParts.ts';
import { RunningEmulator } from './runtime/runningEmulator.ts';

/**
 * Starts an emulator of Messenger for one Page, on 127.0.0.1 only.
 *
 * Rejects with a RangeError if the seed is wrong, with an `EmulatorUsageError` if the state to go on from cannot be used, and with the
 * system's error if the port is taken.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const parts = createParts(options);
  const { clock, trace, files, graph } = parts;
  const server = await startLoopbackServer({
    port: options.port ?? 0,
    portTaken: options.portTaken,
    clock: clock.now,
    serve: (incoming, response) => serve(incoming, response),
    alsoFor: metaHosts,
    refused: tellRefusedHosts((refused) => trace.add({ type: 'hostRefused', ...refused })),
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
    // The page has no parameters of Graph: `/?ids=…` is a call.
    const isCall = /^\/\?(?:.*&)?(?:access_token|batch|ids)=/.test(url);
    if (!isCall && (await page(method, path, response))) return;
    if (files.answer(method, path, response)) return;
    const isControl = path === controlPrefix || path.startsWith(`${controlPrefix}/`);
    await (isControl ? control : graph)(incoming, response);
  }
  if (options.state === undefined) return emulator;
  try {
    emulator.importState(options.state);
    return emulator;
  } catch (error) {
    await emulator.close();
    throw error;
  }
}
