import { facebookEventOf } from '../../models/facebookActivity.ts';
import { createBotServer } from '../../server.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import { createRecordingLogger } from './recordingLogger.ts';
import { webhookSettings } from './settingsReader.ts';
import { postSigned } from './signedWebhook.ts';
import { testSettings } from './testSettings.ts';
import { badBodies, forgedRequests } from './webhookFuzz.ts';
import { withoutRetries } from './withoutRetries.ts';

/** What became of many requests: how many of each kind, and what was answered. */
export interface FireReport {
  sent: number;
  kinds: Readonly<Record<string, number>>;
  statuses: Readonly<Record<number, number>>;
  /** Events that the store was given. */
  stored: number;
  /** Turns that failed. */
  failedTurns: number;
  /** Sound messages that were sent, and those of them that had not exactly one turn. */
  neighbours: number;
  notHandledOnce: readonly string[];
  /** Whether the server still answers afterwards. */
  aliveAfterwards: boolean;
}

/** How many requests are under way at the same time. */
const lanes = 8;

/** Throws forged requests at a webhook with a bot behind it. */
export function fireForgedRequests(count: number, seed: number): Promise<FireReport> {
  return fire(forgedRequests(count, webhookSettings.FacebookAppSecret, seed), (url, { headers, body }) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: new Uint8Array(body),
    }),
  );
}

/** Throws signed bodies that make no sense at a webhook with a bot behind it. */
export function fireBadBodies(count: number, seed: number): Promise<FireReport> {
  return fire(badBodies(count, seed), (url, { body }) => postSigned(url, body, webhookSettings.FacebookAppSecret));
}

async function fire<Shot extends { kind: string; neighbours?: readonly string[] }>(
  shots: Generator<Shot>,
  shoot: (url: string, shot: Shot) => Promise<Response>,
): Promise<FireReport> {
  let stored = 0;
  const turns = new Map<string, number>();
  const memory = createMemoryStore();
  const server = await createBotServer(testSettings({ ...webhookSettings, GraphApiBaseUrl: 'http://127.0.0.1:9' }), {
    ...withoutRetries,
    logger: createRecordingLogger(),
    store: {
      ...memory,
      accept: (events) => {
        stored += events.length;
        return memory.accept(events);
      },
    },
    createBot: () => ({
      run: ({ activity }) => {
        const event = facebookEventOf(activity);
        if (event?.kind === 'message' && event.mid !== undefined) turns.set(event.mid, (turns.get(event.mid) ?? 0) + 1);
        return Promise.resolve();
      },
    }),
  });
  const kinds: Record<string, number> = {};
  const statuses: Record<number, number> = {};
  const neighbours: string[] = [];
  const lane = async (): Promise<void> => {
    for (const shot of shots) {
      const response = await shoot(`${server.url}/webhook`, shot);
      await response.arrayBuffer();
      kinds[shot.kind] = (kinds[shot.kind] ?? 0) + 1;
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      neighbours.push(...(shot.neighbours ?? []));
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
    await server.settled();
    const ready = await fetch(`${server.url}/readyz`);
    await ready.arrayBuffer();
    const { failed } = await memory.counts();
    return {
      sent: Object.values(kinds).reduce((sum, count) => sum + count, 0),
      kinds,
      statuses,
      stored,
      failedTurns: failed,
      neighbours: neighbours.length,
      notHandledOnce: neighbours.filter((mid) => turns.get(mid) !== 1),
      aliveAfterwards: ready.status === 200,
    };
  } finally {
    await server.close();
  }
}
