import { fail, ok, unknown, warn, type Check, type Outcome, type Patient } from '../check.ts';
import { neededFields, type NeededField } from '../neededFields.ts';
import { azureBotFacebookChannel, messengerSettings } from '../pages.ts';

/** The route from Meta to the bot: the app's webhook, and the Page's events that are sent to it. */
export const subscriptionChecks: readonly Check[] = [
  {
    id: 'webhook.registered',
    what: 'the app has a webhook',
    needs: ['app.secret'],
    async run({ graph, settings: { facebook } }) {
      if (facebook.appSecret === undefined) return unknown('Meta tells only the app: set FacebookAppSecret');
      const subscription = await graph.appSubscription();
      const fix = `Set Callback URL and Verify token at ${messengerSettings(facebook.appId)}, Configure webhooks.`;
      if (subscription === undefined) return fail('no callback URL is set for the object Page', fix);
      if (!subscription.active) return fail('it is switched off, as Meta does after failures', fix);
      return ok(shown(subscription.callbackUrl));
    },
  },
  {
    id: 'webhook.target',
    what: "the webhook points to this bot's endpoint",
    needs: ['webhook.registered'],
    run: target,
  },
  {
    id: 'webhook.fields',
    what: 'the webhook has the needed fields',
    needs: ['webhook.registered'],
    async run({ graph, settings: { facebook } }) {
      if (facebook.appSecret === undefined) return unknown('Meta tells only the app: set FacebookAppSecret');
      const fields = (await graph.appSubscription())?.fields ?? [];
      const missing = neededFields.filter(({ name }) => !fields.includes(name));
      if (missing.length === 0) return ok(neededFields.map(({ name }) => name).join(', '));
      const says = `missing for the app: ${missing.map(({ name }) => name).join(', ')}`;
      const fix = `Add them at ${messengerSettings(facebook.appId)}, Configure webhooks, Webhook fields.`;
      return missing.some(({ weight }) => weight === 'needed') ? fail(says, fix) : warn(says, fix);
    },
  },
  {
    id: 'page.subscribed',
    what: 'the app is subscribed to the Page',
    needs: ['token.page'],
    async run({ graph, settings: { facebook } }) {
      if ((await graph.pageFields()) !== undefined) return ok('Meta sends it events of this Page');
      return fail(
        'Meta sends it nothing about this Page',
        `Run npm run doctor -- --fix, or click Add Subscriptions beside the Page at ${messengerSettings(facebook.appId)}.`,
      );
    },
  },
  ...neededFields.map(pageField),
];

/** A field must be subscribed on both sides. Source: Meta, Page Subscribed Apps. */
function pageField({ name, without, weight }: NeededField): Check {
  return {
    id: `subscription.${name}`,
    what: `the Page sends ${name}`,
    needs: ['page.subscribed'],
    async run({ graph, settings: { facebook } }) {
      if ((await graph.pageFields())?.includes(name) === true) return ok('subscribed');
      const fix = `Run npm run doctor -- --fix, or edit the Page's subscriptions at ${messengerSettings(facebook.appId)}.`;
      return weight === 'needed' ? fail(`not subscribed: ${without}`, fix) : warn(`not subscribed: ${without}`, fix);
    },
  };
}

async function target(patient: Patient): Promise<Outcome> {
  const { graph, settings, bot } = patient;
  const callback = URL.parse((await graph.appSubscription().catch(() => undefined))?.callbackUrl ?? '');
  if (callback === null) return unknown('Meta did not say where it points');
  const fix = `Correct the Callback URL at ${messengerSettings(settings.facebook.appId)}, Configure webhooks.`;
  const place = shown(callback.href);
  if (isAzure(callback, patient)) {
    return settings.bot.authentication === 'none'
      ? fail(
          `it points to Azure (${callback.host}), but no Microsoft credentials are set`,
          `Set MicrosoftAppId and the settings that go with it, or point the webhook to https://your-bot/webhook. ${azureBotFacebookChannel} shows Azure's address.`,
        )
      : ok(`Azure's Facebook channel at ${callback.host}`);
  }
  const botHost = bot.url === undefined ? undefined : URL.parse(bot.url)?.host;
  if (callback.pathname !== '/webhook') {
    return callback.host === botHost
      ? fail(`it points to ${place}, where the bot takes no events of Meta: they go to /webhook`, fix)
      : unknown(`${place} is neither Azure's nor a bot's /webhook`);
  }
  if (settings.webhook === undefined) {
    return fail(
      `it points to ${place}, but FacebookVerifyToken or FacebookAppSecret is not set, so the bot has no such endpoint`,
      `Set both, or put Azure's address in its place: ${azureBotFacebookChannel}.`,
    );
  }
  if (botHost !== undefined && botHost !== callback.host) {
    return fail(`it points to ${callback.host}, the bot is at ${botHost}`, fix);
  }
  return ok(place);
}

/** Azure's own hosts, or the host of the configured Bot Framework endpoints, such as an emulator's. */
function isAzure({ hostname, origin }: URL, { settings }: Patient): boolean {
  const own = settings.bot.authentication === 'none' ? undefined : settings.bot.endpoints;
  return (
    /(^|\.)botframework\.(com|azure\.us|azure\.cn)$/.test(hostname) ||
    (own !== undefined && URL.parse(own.toBotFromChannelOpenIdMetadataUrl)?.origin === origin)
  );
}

/** An address without the parts that may be secret. */
function shown(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? 'an address that cannot be read' : `${parsed.origin}${parsed.pathname}`;
}
