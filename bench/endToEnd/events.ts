import { createHmac } from 'node:crypto';
import { cast } from './cast.ts';

/** A message of a customer as the bytes of an HTTP request. */
export interface EventRequest {
  psid: string;
  bytes: Buffer;
}

/** Makes one request after the other, each a new message. */
export type NextEvent = () => EventRequest;

/** So many customers write, one after the other. */
const customers = 10_000;
let made = 0;

/** The id of the n-th customer. */
export function psidOf(n: number): string {
  return String(4_000_000_000_000_000 + n);
}

function nextIds(): { psid: string; mid: string } {
  made += 1;
  return { psid: psidOf(made % customers), mid: `m_benchmark-${process.pid}-${made}` };
}

const text = 'Good morning, is the shop at the station open on Sunday, and until when?';

/** Messenger's own webhook: one message in each request, signed. */
export function webhookEvents(host: string): NextEvent {
  return () => {
    const { psid, mid } = nextIds();
    const now = Date.now();
    const item = {
      sender: { id: psid },
      recipient: { id: cast.pageId },
      timestamp: now,
      message: { mid, text },
    };
    const body = JSON.stringify({ object: 'page', entry: [{ id: cast.pageId, time: now, messaging: [item] }] });
    const signature = createHmac('sha256', cast.appSecret).update(body).digest('hex');
    return { psid, bytes: post('/webhook', host, body, `x-hub-signature-256: sha256=${signature}`) };
  };
}

/** Azure's Facebook channel: the same message as an activity, with a token. */
export function azureEvents(host: string, { serviceUrl, token }: { serviceUrl: string; token: string }): NextEvent {
  return () => {
    const { psid, mid } = nextIds();
    const now = Date.now();
    const activity = {
      type: 'message',
      id: mid,
      timestamp: new Date(now).toISOString(),
      channelId: 'facebook',
      serviceUrl,
      from: { id: psid, name: 'A customer' },
      recipient: { id: cast.pageId, name: 'The page' },
      conversation: { id: `${psid}-${cast.pageId}`, isGroup: false },
      text,
      channelData: {
        sender: { id: psid },
        recipient: { id: cast.pageId },
        timestamp: now,
        message: { mid, text },
      },
    };
    return { psid, bytes: post('/api/messages', host, JSON.stringify(activity), `authorization: Bearer ${token}`) };
  };
}

function post(path: string, host: string, body: string, header: string): Buffer {
  const length = Buffer.byteLength(body);
  const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${header}\r\n\r\n`;
  return Buffer.from(head + body);
}
