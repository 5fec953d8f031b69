import type { HandoverReason } from '../takeover/record.ts';
import type { TakeoverRules } from '../takeover/rules.ts';
import type { Sentence, TakeoverTexts } from '../takeover/texts.ts';
import { passMetadata } from '../takeover/context.ts';
import type { Phrases } from '../takeover/phrases.ts';

export const passToInbox = { title: 'Pass to Inbox', payload: 'pass_to_inbox' } as const;
export const takeFromInbox = { title: 'Take From Inbox', payload: 'take_from_inbox' } as const;

export const liveChatName = 'Live chat bot';

const toPerson = (text: string): Sentence => ({ text: `${liveChatName}: ${text}`, choices: [passToInbox] });
const toBot = (text: string): Sentence => ({ text: `${liveChatName}: ${text}`, choices: [takeFromInbox] });
const alone = (text: string): Sentence => ({ text: `${liveChatName}: ${text}` });

const texts: TakeoverTexts = {
  handingOver: toBot('A person in the page inbox will answer you. Whenever you want to, you can come back to the bot.'),
  requested: toBot('A person in the page inbox takes over now.'),
  closed: toPerson('{closed}'),
  kept: alone('{closed} A person in the page inbox will answer you then.'),
  opened: toBot('A person in the page inbox will answer you now.'),
  declined: alone('The conversation could not be passed to a person, {because}.'),
  notice: toBot('No person has answered yet. You can wait, or come back to the bot.'),
  couldNotReturn: alone('The conversation could not be taken back from the person, {because}.'),
  returned: {
    done: toPerson('The person has closed the conversation, so you are talking to the bot again.'),
    silence: toPerson('No person has answered for a while, so you are talking to the bot again.'),
    hardLimit: toPerson('You are talking to the bot again.'),
    customer: toPerson('You are talking to the bot again.'),
    person: toPerson('The person has given the conversation back, so you are talking to the bot again.'),
    bot: toPerson('You are talking to the bot again.'),
    withdrawn: toPerson('You are talking to the bot.'),
  },
};

const writtenAs = ({ title, payload }: { title: string; payload: string }) => [`=${title}`, `=${payload}`];

/** What the tutorial tells the customer to write, or to tap. */
export const tutorialPhrases: Phrases = { en: writtenAs(passToInbox) };

/** What the tutorial's bot tells the inbox. */
const tutorialWords: ReadonlyMap<HandoverReason, string> = new Map([
  ['button', passToInbox.payload],
  ['phrase', passToInbox.payload],
  ['requested', 'request granted'],
]);

/** Human takeover as the live-chat bot has it, in Facebook's tutorial's words. */
export const liveChatRules: Partial<TakeoverRules> = {
  payloads: [passToInbox.payload],
  botPhrases: { en: writtenAs(takeFromInbox) },
  botPayloads: [takeFromInbox.payload],
  moveToMain: 'grant',
  onSilence: 'withNextWord',
  strangers: 'watch',
  metadata: (handover) => tutorialWords.get(handover.reason) ?? passMetadata(handover),
  takeMetadata: 'taken by the live chat bot',
  texts: { en: texts },
};
