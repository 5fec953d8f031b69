import { nextOwner } from './applyApp.ts';
import { noticeTakeover } from './applyMetaAi.ts';
import type { InboxCommand } from './commands.ts';
import { changeOwner, changeThread, moveToFolder, ruleForActor, type Draft } from './draft.ts';
import type { Result } from './effects.ts';
import type { RuledCommand } from './rule.ts';
import { sayAsPage } from './sayAsPage.ts';
import { pageInboxAppId, threadOf } from './state.ts';
import { tellHandover } from './tellHandover.ts';

/** What Done says to the app that gets the thread. Source: Microsoft's handover post of May 2019. */
const doneMetadata = 'Pass thread control from Page Inbox';

const ruled: Readonly<Record<Exclude<InboxCommand['type'], 'openConversation'>, RuledCommand>> = {
  reply: 'inboxReply',
  markAsDone: 'inboxMarkAsDone',
  moveToMain: 'inboxMoveToMain',
};

/** What an agent does in the Page Inbox. Meta refuses an agent nothing; what it means depends on the mode. */
export function applyInboxCommand(draft: Draft, command: InboxCommand): Result {
  const { psid } = command;
  const actor = pageInboxAppId;
  if (!draft.state.customers.some((customer) => customer.psid === psid)) {
    return { type: 'impossible', because: `There is no customer ${psid}.` };
  }
  if (command.type === 'openConversation') {
    see(draft, psid);
    return { type: 'done' };
  }
  const rule = ruleForActor(draft, psid, 'inbox', actor, ruled[command.type]);
  if (!('next' in rule.then)) throw new Error('The Page Inbox is refused nothing: the table of rules is wrong.');
  const { next, told } = rule.then;

  draft.effects.push({
    type: 'inboxAction',
    psid,
    action: command.type,
    ...(command.type === 'reply' ? { text: command.text } : {}),
  });
  changeThread(draft, psid, { inARow: 0 });
  const previousOwner = threadOf(draft.state, psid).owner;
  const newOwner = nextOwner(draft, next, psid, actor);
  const changes = newOwner !== previousOwner;
  if (changes) changeOwner(draft, psid, newOwner, 'inbox', rule);
  if (command.type === 'markAsDone') moveToFolder(draft, psid, 'Done');
  if (command.type === 'moveToMain') moveToFolder(draft, psid, 'Main');
  if (changes || told.startsWith('request')) {
    const metadata = command.type === 'markAsDone' ? doneMetadata : null;
    tellHandover(draft, told, { psid, actor, previousOwner, newOwner, metadata });
  }
  noticeTakeover(draft, psid, previousOwner);
  if (command.type !== 'reply') return { type: 'done' };
  see(draft, psid);
  const mid = sayAsPage(draft, { psid, appId: actor, text: command.text, quickReplies: [], buttons: [] });
  return { type: 'done', mid };
}

/** No app hears of it: Meta has no webhook for what agents have seen. */
function see(draft: Draft, psid: string): void {
  if (threadOf(draft.state, psid).unread === 0) return;
  changeThread(draft, psid, { unread: 0 });
  draft.effects.push({ type: 'conversationSeen', psid });
}
