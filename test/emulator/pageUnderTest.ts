import type { Emulator, EmulatorOptions } from '../../emulator/emulator.ts';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { startCallback, type Callback } from './callback.ts';

export interface GraphAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { error?: Record<string, unknown> };
}

/** Channel and item of each entry. */
export type News = [string, Record<string, unknown>][];

/** An emulator with two apps whose callbacks are scripted. App 0 is the primary one. */
export interface PageUnderTest {
  readonly emulator: Emulator;
  readonly callbacks: readonly [Callback, Callback];
  readonly ids: readonly [string, string];
  readonly psid: string;
  graph(app: 0 | 1, method: string, path: string, body?: object): Promise<GraphAnswer>;
  /** A call about the customer. */
  post(app: 0 | 1, edge: string, body?: object): Promise<GraphAnswer>;
  news(app: 0 | 1): Promise<News>;
  /** The news in words: `messaging message`, `standby echo`. */
  heard(app: 0 | 1): Promise<string[]>;
  typesOf(app: 0 | 1): string[];
  close(): Promise<void>;
}

export async function startPage(options: EmulatorOptions = {}): Promise<PageUnderTest> {
  const emulator = await startEmulator({ fields: 'all', ...options });
  const callbacks = [await startCallback(), await startCallback()] as const;
  const ids = [emulator.apps[0]!.id, emulator.apps[1]!.id] as const;
  const psid = emulator.customers[0]!;
  for (const app of [0, 1] as const) {
    await emulator.registerWebhook(ids[app], { callbackUrl: callbacks[app].url, verifyToken: 'a-fake-verify-token' });
  }
  const page: PageUnderTest = {
    emulator,
    callbacks,
    ids,
    psid,
    async graph(app, method, path, body) {
      const response = await fetch(`${emulator.url}/v26.0/me${path}`, {
        method,
        headers: { authorization: `Bearer ${emulator.apps[app]!.pageToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const { status, headers } = response;
      return { status, headers, body: (await response.json()) as GraphAnswer['body'] };
    },
    post: (app, edge, body = {}) => page.graph(app, 'POST', `/${edge}`, { recipient: { id: psid }, ...body }),
    async news(app) {
      await emulator.settled();
      return callbacks[app].received
        .splice(0)
        .flatMap(({ body }) =>
          body.entry.flatMap((entry) =>
            ['messaging', 'standby'].flatMap((channel) =>
              ((entry[channel] ?? []) as Record<string, unknown>[]).map((item): News[number] => [channel, item]),
            ),
          ),
        );
    },
    async heard(app) {
      return (await page.news(app)).map(([channel, item]) => {
        const echo = (item['message'] as { is_echo?: boolean } | undefined)?.is_echo === true;
        const key = Object.keys(item).find((name) => !['sender', 'recipient', 'timestamp'].includes(name)) ?? '';
        return `${channel} ${echo ? 'echo' : key}`;
      });
    },
    typesOf: (app) =>
      emulator.events().flatMap((event) => ('appId' in event && event.appId === ids[app] ? [event.type] : [])),
    async close() {
      await emulator.close();
      for (const callback of callbacks) await callback.close();
    },
  };
  return page;
}
