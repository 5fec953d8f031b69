import type { TourAction } from '../../emulator/startPlatform.ts';
import type { Outcome, Seen } from './expectations.ts';
import type { TourStep } from './tourSteps.ts';

const minute = 60_000;
const hour = 60 * minute;

const say = (text: string): TourAction => ({ does: 'say', text });
const tap = (text: string): TourAction => ({ does: 'tap', text });
const reply = (text: string): TourAction => ({ does: 'reply', text });

const bot = (text: string, choice: 'Pass to Inbox' | 'Take From Inbox'): Seen => ({
  by: 'live chat',
  text: `Live chat bot: ${text}`,
  choices: [choice],
});
const welcome = bot(
  'Hello! You are talking to a bot. To talk to a person, tap or write Pass to Inbox.',
  'Pass to Inbox',
);
const unanswered = bot('No person has answered for a while, so you are talking to the bot again.', 'Pass to Inbox');

const heard = 'message to live chat on messaging';
const overheard = 'message to live chat on standby';
const ownEcho = 'echo to live chat on messaging';
const takenByBot = 'live chat: take_thread_control "taken by the live chat bot" → ok';

const inBoth = (outcome: Outcome): TourStep['expected'] => ({ classic: outcome, routing: outcome });

/** The bot answers whatever is said to it. */
export const answered: Outcome = {
  owner: 'live chat',
  folder: 'Done',
  seen: [welcome],
  webhooks: [heard, ownEcho],
  graph: [],
};

const passedToInbox = inBoth({
  owner: 'Page Inbox',
  folder: 'Main',
  seen: [
    bot(
      'A person in the page inbox will answer you. Whenever you want to, you can come back to the bot.',
      'Take From Inbox',
    ),
  ],
  webhooks: [heard, ownEcho],
  graph: ['live chat: pass_thread_control to Page Inbox "pass_to_inbox" → ok'],
});

/** The bot listens on standby and says nothing. */
const unheeded = inBoth({ owner: 'Page Inbox', folder: 'Main', seen: [], webhooks: [overheard], graph: [] });

const repliedByAgent = (text: string): TourStep['expected'] =>
  inBoth({
    owner: 'Page Inbox',
    folder: 'Main',
    seen: [{ by: 'Page Inbox', text }],
    webhooks: ['echo to live chat on standby'],
    graph: [],
  });

/** The bot takes the thread and speaks then. `classic` tells it of its own take as if the inbox had passed the thread. */
const takenBack = (
  said: Seen,
  graph: readonly string[] = [takenByBot],
): Readonly<Record<'classic' | 'routing', Outcome>> => {
  const outcome = { owner: 'live chat', folder: 'Main', seen: [said], graph } as const;
  return {
    classic: { ...outcome, webhooks: [overheard, 'pass_thread_control to live chat on messaging', ownEcho] },
    routing: { ...outcome, webhooks: [overheard, ownEcho] },
  };
};
const takenFromInbox = takenBack(bot('You are talking to the bot again.', 'Pass to Inbox'));
/** It looks first whether a person said something that it did not hear. */
const nobodyAnswered = takenBack(unanswered, ['live chat: conversations → ok', takenByBot]);

/**
 * The conversation of Facebook's live-chat tutorial, and what comes of an agent who never clicks Done.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/handover-protocol
 */
export const liveChatSteps: readonly TourStep[] = [
  {
    tells: 'Carla writes to the Page. The live-chat bot welcomes her and offers a person.',
    action: say('Hi'),
    expected: inBoth(answered),
  },
  {
    tells: 'She wants one. The bot says so first and passes then: afterwards it may not speak.',
    action: tap('Pass to Inbox'),
    expected: passedToInbox,
  },
  {
    tells: 'What she writes now is for the people in the Page Inbox. The bot hears it on standby and keeps quiet.',
    action: say('Is somebody there?'),
    expected: unheeded,
  },
  {
    tells: 'An agent answers. The bot hears the echo of it on standby, and no echo is ever answered.',
    action: reply('Hello Carla, this is Ana. How can I help?'),
    expected: repliedByAgent('Hello Carla, this is Ana. How can I help?'),
  },
  {
    tells: 'The agent clicks Done. It comes to the bot as a passed thread, and the bot tells Carla.',
    action: { does: 'markAsDone' },
    expected: inBoth({
      owner: 'live chat',
      folder: 'Done',
      seen: [bot('The person has closed the conversation, so you are talking to the bot again.', 'Pass to Inbox')],
      webhooks: ['pass_thread_control to live chat on messaging', ownEcho],
      graph: [],
    }),
  },
  {
    tells: 'She has one more question for a person.',
    action: tap('Pass to Inbox'),
    expected: passedToInbox,
  },
  {
    tells: 'She changes her mind. The bot hears the tap on standby; it takes the thread first and speaks then.',
    action: tap('Take From Inbox'),
    expected: takenFromInbox,
  },
  {
    tells: 'The bot answers again, and what she writes takes the conversation out of the folder Main.',
    action: say('Are you back?'),
    expected: inBoth(answered),
  },
  {
    tells: 'Again to a person …',
    action: tap('Pass to Inbox'),
    expected: passedToInbox,
  },
  {
    tells: '… who answers. Below the last message there is no quick reply any more,',
    action: reply('One moment, please.'),
    expected: repliedByAgent('One moment, please.'),
  },
  {
    tells: 'so Carla writes the words, which the bot understands too.',
    action: say('Take from inbox'),
    expected: takenFromInbox,
  },
  {
    tells: 'And when an agent never clicks Done? Once more to a person.',
    action: tap('Pass to Inbox'),
    expected: passedToInbox,
  },
  {
    tells: 'The agent writes once …',
    action: reply('I am looking it up.'),
    expected: repliedByAgent('I am looking it up.'),
  },
  {
    tells: '… and is silent. Half an hour later Carla asks; the bot leaves the thread to the agent.',
    action: { does: 'say', text: 'Hello?', afterMs: 30 * minute },
    expected: unheeded,
  },
  {
    tells:
      "An hour later she asks again. The bot takes the thread back after 60 minutes, counted by the times in Messenger's events.",
    action: { does: 'say', text: 'Anybody?', afterMs: hour },
    expected: nobodyAnswered,
  },
  {
    tells: 'And when nobody answers at all, for a whole day? Carla wants a person again.',
    action: tap('Pass to Inbox'),
    expected: passedToInbox,
  },
  {
    tells: {
      classic: 'A day passes. Under the Handover Protocol the Page Inbox keeps the thread.',
      routing: 'A day passes. Under Conversation Routing the Page Inbox loses the thread, and no event tells of it.',
    },
    action: { does: 'wait', ms: 25 * hour },
    expected: {
      classic: { owner: 'Page Inbox', folder: 'Main', seen: [], webhooks: [], graph: [] },
      routing: { owner: 'nobody', folder: 'Main', seen: [], webhooks: [], graph: [] },
    },
  },
  {
    tells: {
      classic: 'Carla writes, and the bot takes the thread back: it was silent there for more than an hour.',
      routing: 'Carla writes. The thread is idle, so her message comes to the default app, and the bot welcomes her.',
    },
    action: say('Good morning!'),
    // The bot passed the thread and heard nothing since, so it asks whose it is before it says anything.
    expected: {
      classic: nobodyAnswered.classic,
      routing: { ...answered, graph: ['live chat: thread_owner → live chat'] },
    },
  },
];
