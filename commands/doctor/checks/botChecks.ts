import { isLoopbackUrl } from '../../../helpers/loopback.ts';
import type { Settings } from '../../../helpers/settings/types.ts';
import { fail, ok, unknown, warn, type Check, type Outcome } from '../check.ts';
import { appServiceSettings, azureBotConfiguration, messengerSettings } from '../pages.ts';

const noWebhook = 'not used: FacebookVerifyToken or FacebookAppSecret is not set';
const start = 'Start it, look at its log, and check the address given with --url.';

/** The running bot, seen from outside. */
export const botChecks: readonly Check[] = [
  {
    id: 'bot.address',
    what: "the bot's address is usable",
    run({ bot: { url } }) {
      if (url === undefined)
        return unknown('no address of the bot was given', 'Give it with --url https://your-bot.example.');
      if (url.startsWith('https://') || isLoopbackUrl(url)) return ok(url);
      return fail('it is plain http', 'Meta and Azure only call https addresses: put the bot behind one.');
    },
  },
  {
    id: 'bot.alive',
    what: 'the bot is running',
    needs: ['bot.address'],
    async run({ bot }) {
      if (bot.url === undefined) return unknown('no address of the bot was given');
      const reply = await bot.health();
      if (reply.type === 'nothing') return fail(reply.because, start);
      return reply.status === 200 ? ok('/healthz answers') : fail(`/healthz answers HTTP ${reply.status}`, start);
    },
  },
  {
    id: 'bot.messages',
    what: '/api/messages is there, and closed to strangers',
    needs: ['bot.alive'],
    async run({ bot, settings }) {
      if (bot.url === undefined) return unknown('no address of the bot was given');
      const reply = await bot.messages();
      if (reply.type === 'nothing') return fail(reply.because, start);
      return messagesOutcome(reply.status, settings);
    },
  },
  {
    id: 'bot.handshake',
    what: "/webhook answers Meta's handshake",
    needs: ['bot.alive'],
    async run({ bot, settings: { facebook, webhook } }) {
      if (bot.url === undefined) return unknown('no address of the bot was given');
      if (webhook === undefined) return ok(noWebhook);
      const { reply, challenge } = await bot.handshake(webhook.verifyToken.reveal());
      if (reply.type === 'nothing') return fail(reply.because, start);
      if (reply.status === 200 && reply.body === challenge) return ok('it repeats the challenge');
      if (reply.status === 401 || reply.status === 403) {
        return fail(
          `HTTP ${reply.status}: the running bot has another verify token`,
          `Set the same FacebookVerifyToken there, here and at ${messengerSettings(facebook.appId)}, Configure webhooks.`,
        );
      }
      if (reply.status === 404 || reply.status === 405) {
        return fail(
          `HTTP ${reply.status}: the running bot has no webhook`,
          `Set FacebookAppSecret and FacebookVerifyToken for it at ${appServiceSettings} and restart it.`,
        );
      }
      return fail(
        reply.status === 200 ? 'it answers something other than the bare challenge' : `HTTP ${reply.status}`,
        'Look for a proxy or a sign-in page in front of the bot; Meta takes only 200 with the challenge.',
      );
    },
  },
  {
    id: 'bot.events',
    what: '/webhook refuses unsigned events',
    needs: ['bot.handshake'],
    async run({ bot, settings: { webhook } }) {
      if (bot.url === undefined) return unknown('no address of the bot was given');
      if (webhook === undefined) return ok(noWebhook);
      const reply = await bot.events();
      if (reply.type === 'nothing') return fail(reply.because, start);
      return eventsOutcome(reply.status);
    },
  },
];

/** A bot of this project answers 401 to a request without a signature, before reading its body. */
function eventsOutcome(status: number): Outcome {
  if ([400, 401, 403].includes(status)) return ok('it refuses events without a signature');
  if (status < 300) {
    return fail(
      `it accepts events without a signature (HTTP ${status}): everyone can write to the bot in any customer's name`,
      'Find out what runs there: the bots of this project refuse such events. Stop it until it checks X-Hub-Signature-256.',
    );
  }
  return fail(
    `HTTP ${status}: Meta's events do not reach the bot`,
    'Look for a proxy in front of the bot that lets GET through but not POST.',
  );
}

/**
 * A bot of this project answers 401 if it has Microsoft credentials. Without them it answers 403: always, if Messenger's webhook is its
 * endpoint; otherwise, if the `serviceUrl` leads to another machine.
 */
function messagesOutcome(status: number, { bot, webhook }: Settings): Outcome {
  const open = bot.authentication === 'none';
  const set = `Set MicrosoftAppId and the settings that go with it for the running bot at ${appServiceSettings} and restart it.`;
  if (status === 401) {
    return open
      ? warn(
          'it asks for a token, although these settings have no Microsoft credentials',
          'Run the doctor with the settings of the bot that is running there.',
        )
      : ok('it refuses a request without a token');
  }
  if (status === 403)
    return open ? ok('it accepts nothing from outside') : fail('the running bot has no credentials', set);
  if (status === 404 || status === 405) {
    return open
      ? ok('it is not there, and not needed')
      : fail(
          `HTTP ${status}`,
          `The messaging endpoint at ${azureBotConfiguration} must be the bot's address with /api/messages.`,
        );
  }
  if (status < 300) {
    if (webhook !== undefined && open) {
      return fail(
        `it answers without a token (HTTP ${status}), although the bot has Messenger's webhook as its endpoint`,
        `Set FacebookAppSecret and FacebookVerifyToken for the running bot too, at ${appServiceSettings}, and restart it.`,
      );
    }
    return open
      ? ok(`it answers without a token (HTTP ${status}), as it does without credentials`)
      : fail(`it accepts requests without a token (HTTP ${status}): the bot is open to everyone`, set);
  }
  return fail(`HTTP ${status}`, start);
}
