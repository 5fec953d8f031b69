import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Activity } from 'botbuilder';
import { messengerInboxEvent, restoreMessengerTurn } from '../../adapters/messenger/messengerTurn.ts';
import { sendApiCallsOf } from '../../adapters/messenger/sendApiCalls.ts';
import { UnsendableMessageError } from '../../helpers/unsendableMessageError.ts';
import {
  countStandby,
  facebookEventOf,
  isSaid,
  readActivities,
  splitStandby,
  withoutForeignWords,
} from '../../models/facebookActivity.ts';
import { readActivity } from '../../models/readActivity.ts';
import { readFacebookWebhook } from '../../models/facebookWebhook.ts';
import { isArray, isJsonObject, parseJson, readFlag, readProperty } from '../../models/readJson.ts';
import type { FuzzTarget } from './coverageFuzz.ts';
import { textTargets } from './textTargets.ts';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const payloads = globSync('{messenger,azureFacebookChannel,reported,botFrameworkEmulator}/*.json', { cwd: fixtures })
  .sort()
  .flatMap((file) => {
    const fixture: unknown = JSON.parse(readFileSync(`${fixtures}${file}`, 'utf8'));
    return ['payload', 'bodies', 'activities'].map((name) => readProperty(fixture, name)).flat();
  })
  .filter(isJsonObject);
const isActivity = (payload: unknown): boolean => readProperty(payload, 'channelId') !== undefined;

/** Whether nobody at Messenger's end said this to the bot: it is the Page's own. */
function isOfThePage(item: unknown): boolean {
  return readFlag(readProperty(item, 'message'), 'is_echo');
}

function checkWebhook(body: unknown): string | undefined {
  const items = readFacebookWebhook(parseJson(JSON.stringify(body)));
  if (items.length === 0) return 'the body came to nothing at all';
  for (const item of items) {
    const stored = messengerInboxEvent(item, '1234');
    if (stored.key === '' || stored.conversation === '') return 'an event has no key or conversation';
    if (!isDeepStrictEqual(messengerInboxEvent(item, '1234'), stored)) return 'the same item has two keys';
    const turn = restoreMessengerTurn(stored.payload);
    if ('aside' in turn || !('event' in item)) continue;
    const { event } = item;
    if (turn.activity.type === 'message' && !isSaid(event)) return `a ${event.kind} reaches bots as a message`;
    if (isSaid(event) && isOfThePage(event.raw)) return "the Page's own words reach bots as a customer's";
    const again = facebookEventOf(turn.activity);
    // What names nobody and nothing is no item for whoever reads its activity.
    if (again === undefined && event.kind === 'unsupported') continue;
    if (again === undefined || again.kind !== event.kind || again.psid !== event.psid)
      return 'the event is another after it was stored';
  }
  return undefined;
}

function checkActivity(input: unknown): string | undefined {
  if (!isJsonObject(input)) return undefined;
  const activity = input as unknown as Activity;
  const event = facebookEventOf(activity);
  if (event !== undefined && isSaid(event) && isOfThePage(event.raw)) return "the Page's own words are a customer's";
  const parts = splitStandby(activity);
  if (parts.length !== Math.max(1, countStandby(activity))) return 'a standby activity has other parts than items';
  for (const part of parts) {
    if (!isDeepStrictEqual(splitStandby(part), [part])) return 'splitting again changes a part';
    const read = readActivities(activity).find((each) => isDeepStrictEqual(each.activity, part));
    if (!isDeepStrictEqual(read?.event, facebookEventOf(part)))
      return 'a part is read as another event than was handed on';
    if (readActivity(part).tellsOfSeveral) continue;
    const one = withoutForeignWords(part);
    const said = facebookEventOf(one);
    if (said?.kind !== read?.event?.kind) return 'a bot hears another event than was handed on';
    if (one.type === 'message' && said !== undefined && !isSaid(said)) return 'a bot gets nobody’s words as a message';
  }
  return undefined;
}

function checkSend(input: unknown): string | undefined {
  if (!isJsonObject(input)) return undefined;
  try {
    const calls = sendApiCallsOf(input, '76');
    if (calls.some(({ recipient }) => Object.keys(recipient).length === 0)) return 'a call goes to nobody';
    if (!isArray(parseJson(JSON.stringify(calls)))) return 'a call cannot be printed';
  } catch (error) {
    if (!(error instanceof UnsendableMessageError)) throw error;
  }
  return undefined;
}

const url = 'https://a.example/b.png';
const buttons = ['openUrl', 'imBack', 'postBack', 'call', 'messageBack'].map((type) => ({
  type,
  title: type,
  value: url,
}));
const content = {
  ...{ title: 'a', subtitle: 'b', text: 'c', images: [{ url }], buttons, media: [{ url: 'https://a.example/b.mp4' }] },
  ...{ items: [{ title: 'a', price: '1' }], facts: [{ key: 'a', value: 'b' }], total: '3' },
  body: [{ type: 'TextBlock', text: 'a' }],
};
const kinds = ['hero', 'thumbnail', 'signin', 'oauth', 'receipt', 'video', 'audio', 'animation', 'adaptive'];
const attachments = kinds.map((kind) => ({ contentType: `application/vnd.microsoft.card.${kind}`, content }));
const message = { type: 'message', text: 'hi' };
const sends: readonly unknown[] = [
  message,
  { type: 'typing' },
  { ...message, suggestedActions: { actions: buttons } },
  ...attachments.map((attachment) => ({ ...message, attachments: [attachment] })),
  { ...message, attachmentLayout: 'carousel', attachments: attachments.slice(0, 2) },
  { ...message, attachments: [{ contentType: 'image/png', contentUrl: url }] },
  { type: 'message', channelData: { attachment: { type: 'template', payload: { template_type: 'generic' } } } },
  {
    ...message,
    channelData: {
      ...{ messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT', notification_type: 'NO_PUSH', persona_id: '1' },
      ...{ metadata: 'm', recipient: { comment_id: '1' }, reply_to: { mid: 'm' } },
      quick_replies: [{ content_type: 'text', title: 'a', payload: 'b' }],
    },
  },
  { type: 'message', channelData: { sender_action: 'mark_seen' } },
];

export const fuzzTargets: readonly FuzzTarget[] = [
  { name: "bodies of Meta's webhook", seeds: payloads.filter((payload) => !isActivity(payload)), check: checkWebhook },
  { name: "Azure's activities", seeds: payloads.filter(isActivity), check: checkActivity },
  { name: "bots' messages", seeds: sends, check: checkSend },
  ...textTargets,
];
