import { randomInt } from 'node:crypto';
import { withoutTrailingSlashes } from '../../helpers/trailingSlashes.ts';
import type { Ask, HttpReply } from './httpAsk.ts';
import { once } from './once.ts';

/** The running bot, from outside. Requests carry no credentials, so nothing is revealed to it. */
export interface BotProbe {
  /** Where it should be, without a slash at the end. `undefined` if not given. */
  readonly url: string | undefined;
  health(): Promise<HttpReply>;
  /** Posts an event without a token, which a bot with authentication refuses and any other ignores. */
  messages(): Promise<HttpReply>;
  /** Plays Meta's handshake. Sends the verify token to this address, as Meta does. */
  handshake(verifyToken: string): Promise<{ readonly reply: HttpReply; readonly challenge: string }>;
  /** Posts an unsigned webhook without any events, so a bot that accepts it does nothing. */
  events(): Promise<HttpReply>;
}

/** Enough of an activity to get to the token check. Its service URL does not exist. */
const stranger = JSON.stringify({
  type: 'event',
  name: 'doctor',
  id: 'doctor',
  channelId: 'doctor',
  serviceUrl: 'https://doctor.invalid/',
  from: { id: 'doctor' },
  recipient: { id: 'bot' },
  conversation: { id: 'doctor' },
});

const unsigned = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"object":"page","entry":[]}',
};

/** @param url where the bot is, such as `https://bot.example` */
export function createBotProbe(ask: Ask, url: string | undefined): BotProbe {
  const base = withoutTrailingSlashes(url ?? '');
  return {
    url: url === undefined ? undefined : base,
    health: once(() => ask(`${base}/healthz`)),
    messages: once(() =>
      ask(`${base}/api/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: stranger }),
    ),
    async handshake(verifyToken) {
      const challenge = String(randomInt(1_000_000_000, 2_000_000_000));
      const query = new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.verify_token': verifyToken,
        'hub.challenge': challenge,
      });
      return { reply: await ask(`${base}/webhook?${query.toString()}`), challenge };
    },
    events: once(() => ask(`${base}/webhook`, unsigned)),
  };
}
