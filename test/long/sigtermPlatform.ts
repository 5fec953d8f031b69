import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';

/** A Graph API that answers a little late, and now and then not at all. It writes down what each customer sees. */
export interface SlowGraph {
  url: string;
  /** How many messages each customer got. */
  seen: ReadonlyMap<string, readonly { mid: string; text: string; at: string }[]>;
  /** Is called after each call, with how many there were. */
  onCall(listener: (calls: number) => void): void;
  /** The next message is sent, or is not, and nothing is ever answered to it. */
  stallNext(effect: 'sent' | 'notSent'): void;
  /** Resolves when so many messages have been sent in all. */
  reached(messages: number): Promise<void>;
  close(): Promise<void>;
}

export async function startSlowGraph(random: () => number, pageId: string, appId: string): Promise<SlowGraph> {
  const seen = new Map<string, { mid: string; text: string; at: string }[]>();
  let [calls, sent] = [0, 0];
  let stall: 'sent' | 'notSent' | undefined;
  let listener: (calls: number) => void = () => undefined;
  let waiting: { messages: number; resolve: () => void }[] = [];

  function take(body: string): object {
    const { recipient, message } = JSON.parse(body) as { recipient: { id: string }; message: { text: string } };
    const mid = `m_bot_${(sent += 1)}`;
    const all = seen.get(recipient.id) ?? [];
    seen.set(recipient.id, [...all, { mid, text: message.text, at: new Date().toISOString() }]);
    for (const { messages, resolve } of waiting) if (sent >= messages) resolve();
    waiting = waiting.filter(({ messages }) => messages > sent);
    return { recipient_id: recipient.id, message_id: mid };
  }

  function answerTo(method: string, url: URL, body: string): object {
    if (method === 'POST') return take(body);
    if (!url.pathname.endsWith('/conversations')) return { data: [{ thread_owner: { app_id: appId } }] };
    const all = [...(seen.get(url.searchParams.get('user_id') ?? '') ?? [])].reverse().slice(0, 100);
    const data = all.map(({ mid, text, at }) => ({ id: mid, message: text, from: { id: pageId }, created_time: at }));
    return { data: [{ messages: { data } }] };
  }

  function respond(response: ServerResponse, answer: object): void {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  }

  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      calls += 1;
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const stalled = request.method === 'POST' ? stall : undefined;
      if (stalled === undefined) {
        const answer = answerTo(request.method ?? '', url, body);
        setTimeout(() => respond(response, answer), random() * 100);
      } else {
        stall = undefined;
        if (stalled === 'sent') take(body);
      }
      listener(calls);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    onCall: (next) => (listener = next),
    stallNext: (effect) => (stall = effect),
    reached: (messages) =>
      sent >= messages ? Promise.resolve() : new Promise((resolve) => waiting.push({ messages, resolve })),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
