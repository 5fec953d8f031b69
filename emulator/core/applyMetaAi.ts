import { isReceiver, nextOwner } from './applyApp.ts';
import type { MetaAiCommand } from './commands.ts';
import { changeOwner, nextTimestamp, ruleForActor, tellEveryApp, type Draft } from './draft.ts';
import type { Result } from './effects.ts';
import type { Outcome, Rule, RuledCommand } from './rule.ts';
import { sayAsPage } from './sayAsPage.ts';
import { hasMetaAi, metaAiAppId, pageInboxAppId, threadOf } from './state.ts';
import { tellHandover } from './tellHandover.ts';
import { noticeItem } from './webhookItems.ts';

/** What the take event of Meta's AI says. Source: a vendor's report from production, August 2026. */
const takeMetadata = 'axon_take_thread_control';

/** The notices of most conversations with Meta's AI. Source: a vendor's count in production, August 2026. */
const notices = {
  taken: 'Your AI agent will respond.',
  handedBack: 'Your AI agent transferred this chat to you.',
  takenOver: 'You took over this chat from your AI agent.',
} as const;

/** What Meta's AI does, which nobody can refuse it. */
export function applyMetaAiCommand(draft: Draft, command: MetaAiCommand): Result {
  const { psid } = command;
  if (!draft.state.customers.some((customer) => customer.psid === psid)) {
    return { type: 'impossible', because: `There is no customer ${psid}.` };
  }
  if (command.type === 'notice') {
    tellNotice(draft, psid, command.text, command.from);
    return { type: 'done' };
  }
  if (!hasMetaAi(draft.state)) {
    const because =
      draft.state.metaAi === 'off'
        ? "The Page has no AI of Meta's; switch it on first."
        : "Meta's AI takes part in the modes routing and open alone.";
    return { type: 'impossible', because };
  }
  if (command.type !== 'aiTake' && threadOf(draft.state, psid).owner !== metaAiAppId) {
    return { type: 'impossible', because: "Meta's AI does not own the conversation; let it take it first." };
  }
  switch (command.type) {
    case 'aiTake':
      return take(draft, psid);
    case 'aiAnswer':
      return answer(draft, psid, command.text);
    case 'aiHandBack':
      return handBack(draft, command);
  }
}

type Moves = Extract<Outcome, { readonly next: unknown }>;

function ruleFor(draft: Draft, psid: string, command: RuledCommand): Rule & { readonly then: Moves } {
  const rule = ruleForActor(draft, psid, 'metaAi', metaAiAppId, command);
  const { then } = rule;
  if (!('next' in then)) throw new Error("Meta's AI is refused nothing: the table of rules is wrong.");
  return { ...rule, then };
}

function take(draft: Draft, psid: string): Result {
  const rule = ruleFor(draft, psid, 'aiTakes');
  draft.effects.push({ type: 'metaAiAction', psid, action: 'take' });
  const previousOwner = threadOf(draft.state, psid).owner;
  const newOwner = nextOwner(draft, rule.then.next, psid, metaAiAppId);
  if (newOwner === previousOwner) return { type: 'done' };
  changeOwner(draft, psid, newOwner, 'metaAi', rule);
  const handover = { psid, actor: metaAiAppId, previousOwner, newOwner, metadata: takeMetadata };
  tellHandover(draft, rule.then.told, handover);
  noticeOf(draft, psid, notices.taken);
  return { type: 'done' };
}

function answer(draft: Draft, psid: string, text: string): Result {
  ruleFor(draft, psid, 'aiAnswers');
  return { type: 'done', mid: sayAsPage(draft, { psid, appId: metaAiAppId, text, quickReplies: [], buttons: [] }) };
}

function handBack(draft: Draft, command: Extract<MetaAiCommand, { type: 'aiHandBack' }>): Result {
  const { psid, event, note, notice = notices.handedBack, to = draft.state.primaryAppId } = command;
  if (to === metaAiAppId || !isReceiver(draft, to)) {
    return { type: 'impossible', because: `The conversation cannot be handed back to ${to}.` };
  }
  const rule = ruleFor(draft, psid, event === 'pass' ? 'aiPassesBack' : 'aiLetsGo');
  draft.effects.push({
    type: 'metaAiAction',
    psid,
    action: event === 'pass' ? 'passBack' : 'letGo',
    ...(note === undefined ? {} : { note }),
  });
  changeOwner(draft, psid, to, 'metaAi', rule);
  const handover = { psid, actor: metaAiAppId, previousOwner: metaAiAppId, newOwner: to };
  // The flat metadata is there too; what it says beside a note was not recorded.
  tellHandover(draft, rule.then.told, { ...handover, metadata: note, ...(note === undefined ? {} : { note }) });
  noticeOf(draft, psid, notice);
  return { type: 'done' };
}

/** What Messenger notes when an agent has taken the conversation from Meta's AI. */
export function noticeTakeover(draft: Draft, psid: string, previousOwner: string | null): void {
  if (previousOwner === metaAiAppId && threadOf(draft.state, psid).owner === pageInboxAppId) {
    noticeOf(draft, psid, notices.takenOver);
  }
}

function noticeOf(draft: Draft, psid: string, text: string): void {
  if (draft.state.switches.aiNotices === 'sent') tellNotice(draft, psid, text, 'customer');
}

function tellNotice(draft: Draft, psid: string, text: string, from: 'customer' | 'page'): void {
  const timestamp = nextTimestamp(draft);
  draft.effects.push({ type: 'notice', psid, text });
  const item = noticeItem({ pageId: draft.state.page.id, psid, timestamp }, text, from);
  tellEveryApp(draft, psid, 'notice', timestamp, () => ({ item }));
}
