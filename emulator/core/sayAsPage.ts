import type { OfferedButton } from './commands.ts';
import { changeThread, nextMid, nextTimestamp, tellEveryApp, wireAppId, type Draft } from './draft.ts';
import { metaAiEcho } from './metaAiEcho.ts';
import {
  metaAiAppId,
  threadOf,
  type Attachment,
  type Offer,
  type Persona,
  type Thread,
  type ThreadMessage,
} from './state.ts';
import { tellReceipt } from './tellReceipt.ts';
import { echoItem, type EchoSource, type Reply } from './webhookItems.ts';

/** Sends what the Page says to the customer, and to every app as an echo. Returns its mid. */
export function sayAsPage(
  draft: Draft,
  said: {
    readonly psid: string;
    readonly appId: string;
    readonly text: string;
    readonly quickReplies: readonly OfferedButton[];
    readonly buttons: readonly OfferedButton[];
    readonly attachments?: readonly Attachment[];
    readonly metadata?: string;
    readonly persona?: Persona;
    readonly replyTo?: string;
  },
): string {
  const { psid, appId, text, attachments = [], persona, replyTo } = said;
  const attached = attachments.length === 0 ? {} : { attachments };
  const mid = nextMid(draft);
  const timestamp = nextTimestamp(draft);
  const thread = threadOf(draft.state, psid);
  const offered = (offers: typeof said.buttons): readonly Offer[] => offers.map((offer) => ({ ...offer, appId }));
  changeThread(draft, psid, {
    messages: [
      ...thread.messages,
      {
        ...{ mid, at: timestamp, from: 'page' as const, appId, text, ...attached },
        ...(persona === undefined ? {} : { persona }),
        ...(replyTo === undefined ? {} : { replyTo }),
      },
    ],
    quickReplies: offered(said.quickReplies),
    buttons: [...thread.buttons, ...offered(said.buttons)],
  });
  draft.effects.push({
    type: 'pageMessage',
    psid,
    mid,
    appId,
    ...(persona === undefined ? {} : { persona: persona.name }),
    text,
    ...attached,
    quickReplies: said.quickReplies.map(({ title }) => title),
    buttons: said.buttons.map(({ title }) => title),
  });
  const ends = { pageId: draft.state.page.id, psid, timestamp };
  const { source, ...where } = appId === metaAiAppId ? metaAiEcho(draft) : { source: echoSource(draft, said) };
  const item = echoItem(ends, mid, { text, attachments, ...replyOf(thread, 'page', replyTo) }, source);
  tellEveryApp(draft, psid, 'echo', timestamp, () => ({ item, ...where }));
  if (draft.state.switches.receipts === 'automatic') tellReceipt(draft, psid, 'delivery');
  return mid;
}

const echoSource = (
  draft: Draft,
  { appId, metadata }: { readonly appId: string; readonly metadata?: string },
): EchoSource => ({ appId: wireAppId(draft, appId), ...(metadata === undefined ? {} : { metadata }) });

/** What a message says of the one that it answers. */
export function replyOf(thread: Thread, from: ThreadMessage['from'], replyTo?: string): { readonly replyTo?: Reply } {
  if (replyTo === undefined) return {};
  const answered = thread.messages.find(({ mid }) => mid === replyTo);
  return { replyTo: { mid: replyTo, isSelf: answered?.from === from } };
}
