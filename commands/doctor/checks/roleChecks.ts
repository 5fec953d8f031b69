import type { SecondaryReceiver } from '../../../helpers/facebookThreadControlHelper.ts';
import { GraphApiError } from '../../../helpers/graph/graphErrors.ts';
import { silenceMsOf } from '../../../helpers/settings/takeover.ts';
import { fail, ok, unknown, warn, type Check, type Outcome, type Patient } from '../check.ts';
import { PAGE_INBOX_APP_ID } from '../../../models/facebookEvent.ts';
import { isMetaAi } from '../../../models/metaReceivers.ts';
import { conversationRouting } from '../pages.ts';

const metaAiHelp = 'docs/troubleshooting.md#metas-ai-keeps-the-conversation';

/** Who may do what on the Page. Source: https://developers.facebook.com/docs/messenger-platform/conversation-routing */
export const roleChecks: readonly Check[] = [
  {
    id: 'routing.mode',
    what: 'Conversation Routing is on',
    needs: ['token.page'],
    async run({ graph, settings: { role } }) {
      const { routing } = await graph.page();
      if (routing === undefined) return unknown('Meta did not return messaging_feature_status');
      // Meta does not say what the flag means; Pages with a default app have been seen with it.
      if (routing) return ok('msgr_multi_app is true, as on Pages with a default app');
      return warn(
        'msgr_multi_app is false, so the Page may have no default app: every app hears everything then, and taking control is refused',
        `An administrator of the Page chooses ${role === 'secondary' ? "the primary bot's" : 'this'} app as default at ${conversationRouting}.`,
      );
    },
  },
  {
    id: 'role.fits',
    what: "BotRole is the app's role on the Page",
    needs: ['token.page', 'permission.pages_messaging'],
    run: fits,
  },
  {
    id: 'role.receivers',
    what: 'there is an app to pass control to',
    needs: ['role.fits'],
    async run({ graph, settings: { role } }) {
      if (role === 'secondary') return ok('a secondary bot passes to the primary one');
      try {
        const receivers = await graph.secondaryReceivers();
        if (role === 'liveChat') return inboxOutcome(receivers, (await graph.page()).routing);
        const others = receivers.filter(({ id }) => id !== PAGE_INBOX_APP_ID);
        if (others.length > 0) return ok(others.map(({ id, name }) => `${name ?? 'an app'} (${id})`).join(', '));
      } catch (error) {
        if (error instanceof GraphApiError) return unknown('Meta does not tell this app');
        throw error;
      }
      return warn(
        'only the Page Inbox',
        'For a second bot connect its app to the Page as well, with a page token and subscriptions of its own.',
      );
    },
  },
  {
    id: 'role.thread',
    what: "the named customer's thread can be seen",
    needs: ['role.fits'],
    async run({ graph, userId }) {
      if (userId === undefined) return unknown('no customer was named', 'Name one with --user <psid>.');
      const owner = await graph.threadOwner(userId);
      if (owner.owner === 'idle') return ok('nobody owns it: the next message goes to the default app');
      if (owner.owner === 'app' && isMetaAi(owner.appId)) {
        return warn("Meta's own AI owns it, and other apps are refused", `Switch it off for the Page: ${metaAiHelp}.`);
      }
      return ok(
        owner.owner === 'app' ? `app ${owner.appId} owns it` : 'another app owns it, and this is not the default app',
      );
    },
  },
  {
    id: 'role.hearsPeople',
    what: 'a bot that takes conversations back learns that a person answered',
    needs: ['token.page'],
    async run({ graph, settings }) {
      if (silenceMsOf(settings) === undefined) return ok('this bot takes no thread back by itself');
      if (settings.webhook !== undefined) return ok("Messenger's own webhook tells it, by message_echoes");
      try {
        await graph.readConversations();
        return ok('Azure may not tell it, but the bot can read the conversation');
      } catch (error) {
        if (!(error instanceof GraphApiError)) throw error;
        return warn(
          `Azure may not tell it, and the app may not read conversations (${error.reason}), so the bot takes no thread back`,
          'Give the app pages_messaging with advanced access, or set TakeoverSilenceMinutes=0.',
        );
      }
    },
  },
];

/**
 * The live-chat bot needs no other bot, only people in the Page Inbox. With Conversation Routing the inbox is always there; with the Handover
 * Protocol it must have been made a secondary receiver.
 */
function inboxOutcome(receivers: readonly SecondaryReceiver[], routing: boolean | undefined): Outcome {
  if (routing === true || receivers.some(({ id }) => id === PAGE_INBOX_APP_ID)) {
    return ok('the Page Inbox, and a live-chat bot needs no other');
  }
  return warn(
    'the Page Inbox is not among the secondary receivers, so the live-chat bot has nobody to pass to',
    `An administrator of the Page can add it at ${conversationRouting}.`,
  );
}

/**
 * Only the primary receiver sees the others. Meta's pages do not say how that is with Conversation Routing, where the default app has taken
 * its place, so there the check only warns.
 */
async function fits({ graph, settings: { role } }: Patient): Promise<Outcome> {
  const { routing } = await graph.page();
  const wrong = routing === true ? warn : fail;
  const sees = await graph.secondaryReceivers().then(
    () => true,
    (error: unknown) => {
      if (error instanceof GraphApiError && error.reason === 'notPrimaryReceiver') return false;
      throw error;
    },
  );
  if (role === 'secondary') {
    return sees
      ? wrong(
          'BotRole is secondary, but the app is the primary receiver or default app',
          `Set BotRole=primary, or choose the other app at ${conversationRouting}.`,
        )
      : ok('a secondary receiver');
  }
  return sees
    ? ok('the primary receiver or default app')
    : wrong(
        `BotRole is ${role}, but another app is the primary receiver or default app`,
        // A live-chat bot has no secondary form: it would hear its customers on standby alone.
        `Choose this app at ${conversationRouting}${role === 'liveChat' ? '' : ', or set BotRole=secondary'}.`,
      );
}
