import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';

/** How Graph fails for every call; `undefined` while it works. */
export type Breakdown = 'resetAfterEffect' | 'resetBeforeEffect' | 'errorOne' | 'badGateway';

interface Message {
  text: string;
  at: string;
}

/** Graph as far as messages go: it sends, can be read back, and can break down. Keeps what each customer got, in order. */
export async function startBrokenGraph(pageId: string) {
  const seen = new Map<string, Message[]>();
  const state = { breakdown: undefined as Breakdown | undefined, refusedCalls: 0 };

  function deliver(body: string): string {
    const { recipient, message } = JSON.parse(body) as { recipient: { id: string }; message: { text: string } };
    const messages = seen.get(recipient.id) ?? [];
    seen.set(recipient.id, messages);
    messages.push({ text: message.text, at: new Date().toISOString() });
    return `m_${recipient.id}_${messages.length}`;
  }

  function readBack(psid: string): object {
    const messages = (seen.get(psid) ?? []).map(({ text, at }, index) => ({
      ...{ id: `m_${psid}_${index + 1}`, message: text, from: { id: pageId }, created_time: at },
    }));
    return { data: [{ messages: { data: messages.reverse().slice(0, 100) } }] };
  }

  function answer(response: ServerResponse, status: number, body: unknown): void {
    response.statusCode = status;
    response.setHeader('content-type', typeof body === 'string' ? 'text/html' : 'application/json');
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
      const isSend = pathname.endsWith('/me/messages');
      const { breakdown } = state;
      if (breakdown !== undefined) state.refusedCalls += 1;
      switch (breakdown) {
        case undefined:
          answer(response, 200, isSend ? { message_id: deliver(body) } : readBack(searchParams.get('user_id') ?? ''));
          break;
        case 'errorOne':
          answer(response, 500, { error: { message: 'An unknown error', code: 1 } });
          break;
        case 'badGateway':
          answer(response, 502, '<html>Bad gateway</html>');
          break;
        case 'resetAfterEffect':
          if (isSend) deliver(body);
          response.socket?.destroy();
          break;
        case 'resetBeforeEffect':
          response.socket?.destroy();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    state,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
