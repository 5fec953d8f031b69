import { randomInt } from 'node:crypto';
import { withoutTrailingSlashes } from '../../helpers/trailingSlashes.ts';
import type { Ask, HttpReply } from './httpAsk.ts';
import { once } from './once.ts';

/** The running bot, from outside. Asked without any credentials, so nothing is told to it. */
export interface BotProbe {
  /** Where it should be, without a slash at the end. `undefined`: nobody said. */
  readonly url: string | undefined;
  health(): Promise<HttpReply>;
  /** Posts an event without a token, which a bot with authentication refuses and any other passes over. */
  messages(): Promise<HttpReply>;
  /** Plays Meta's handshake. The verify token goes to this address, as Meta sends it there. */
  handshake(verifyToken: string): Promise<{ readonly reply: HttpReply; readonly challenge: string }>;
  /** Posts what might be events of Messenger, without a signature. It holds none, so a bot that takes it does nothing. */
  events(): Promise<HttpReply>;
}

/** Enough of an activity to reach the check of the token. Its service address exists nowhere. */
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
