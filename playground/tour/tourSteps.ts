import type { Mode, TourAction } from '../../emulator/startPlatform.ts';
import type { BotSetup } from '../scenarios.ts';
import type { Outcome, Seen } from './expectations.ts';

/** Somebody's action, what it shows, and what has to come of it in each mode. A mode without a row leaves the step out. */
export interface TourStep {
  /** For people, one sentence. In a mode of its own when the same action means something else there. */
  readonly tells: string | Readonly<Partial<Record<Mode, string>>>;
  readonly action: TourAction;
  /** How the bots are set up. Default: as in the beginning. */
  readonly bots?: BotSetup;
  readonly expected: Partial<Readonly<Record<Mode, Outcome>>>;
}

const say = (text: string): TourAction => ({ does: 'say', text });
const tap = (text: string): TourAction => ({ does: 'tap', text });

const minute = 60_000;

const choices = {
  primary: ['Pass to page inbox', 'Pass to secondary', 'Receive request', 'Receive nice request'],
  secondary: ['Pass to primary', 'Have control taken'],
} as const;

export const says = (by: 'primary' | 'secondary', text: string): Seen => ({
  by,
  text: `${by === 'primary' ? 'Primary' : 'Secondary'} bot: ${text}`,
});
export const offers = (by: 'primary' | 'secondary'): Seen => ({
  ...says(by, 'Write something or choose what should happen next.'),
  choices: choices[by],
});

/** Who hears an ordinary event, by who owns the thread. */
export const heardBy: Readonly<Record<'primary' | 'secondary' | 'Page Inbox', string>> = {
  primary: 'primary on messaging, secondary on standby',
  secondary: 'primary on standby, secondary on messaging',
  'Page Inbox': 'primary on standby, secondary on standby',
};
export const message = (owner: keyof typeof heardBy): string => `message to ${heardBy[owner]}`;
export const echo = (owner: keyof typeof heardBy): string => `echo to ${heardBy[owner]}`;

const inBoth = (outcome: Outcome): TourStep['expected'] => ({ classic: outcome, routing: outcome });

/** Carla writes something, and the bot that owns the thread answers with its choices. */
export const answered = (owner: 'primary' | 'secondary', folder: Outcome['folder'] = 'Done'): Outcome => ({
  owner,
  folder,
  seen: [offers(owner)],
  webhooks: [message(owner), echo(owner)],
  graph: [],
});

const passedToSecondary: Outcome = {
  owner: 'secondary',
  folder: 'Done',
  seen: [
    says('primary', 'The thread goes to secondary now.'),
    says(
      'secondary',
      'The thread was passed with the message "Pass to secondary" and now belongs to the secondary bot.',
    ),
    offers('secondary'),
  ],
  webhooks: [
    message('primary'),
    echo('primary'),
    'pass_thread_control to secondary on messaging',
    echo('secondary'),
    echo('secondary'),
  ],
  graph: [
    'primary: secondary_receivers → secondary, Page Inbox',
    'primary: pass_thread_control to secondary "Pass to secondary" → ok',
  ],
};

const passedToInbox: Outcome = {
  owner: 'Page Inbox',
  folder: 'Main',
  seen: [says('primary', 'The thread goes to the page inbox now, where a person can answer.')],
  webhooks: [message('primary'), echo('primary')],
  graph: ['primary: pass_thread_control to Page Inbox "Pass to page inbox" → ok'],
};

const markedAsDone: Outcome = {
  owner: 'primary',
  folder: 'Done',
  seen: [
    says(
      'primary',
      'The thread was passed with the message "Pass thread control from Page Inbox" and now belongs to the primary bot.',
    ),
    offers('primary'),
  ],
  webhooks: ['pass_thread_control to primary on messaging', echo('primary'), echo('primary')],
  graph: [],
};

/** Meta's page on Conversation Routing: "only supported in default", that is, on a Page without a default app. */
const requestRefused = (metadata: string): Outcome => ({
  owner: 'primary',
  folder: 'Done',
  seen: [],
  webhooks: [message('primary')],
  graph: [`secondary: request_thread_control "${metadata}" → refused: 400, code 100`],
});

/**
 * The conversation of Microsoft's handover post with every choice of both bots, and what comes of it.
 *
 * Source: Kyle Delaney, Using the Facebook Messenger Handover Protocol with the Microsoft Bot Framework (Microsoft, May 2019)
 */
export const tourSteps: readonly TourStep[] = [
  {
    tells: {
      classic: 'Carla writes to the Page. The primary receiver owns every new thread, so the primary bot answers.',
      routing: 'Carla writes to the Page. The thread was idle, so the default app gets it: the primary bot answers.',
    },
    action: say('Hi'),
    expected: inBoth(answered('primary')),
  },
  {
    tells: 'Carla chooses the other bot. The primary bot says so first and passes then: afterwards it may not speak.',
    action: tap('Pass to secondary'),
    expected: inBoth(passedToSecondary),
  },
  {
    tells: 'What Carla writes now is for the secondary bot. The primary bot hears it too, on standby, and keeps quiet.',
    action: say('Who is there?'),
    expected: inBoth(answered('secondary')),
  },
  {
    tells: 'The secondary bot gives the thread back. It names no target: Messenger knows where the thread belongs.',
    action: tap('Pass to primary'),
    expected: inBoth({
      owner: 'primary',
      folder: 'Done',
      seen: [
        says('secondary', 'The thread goes back to the primary receiver now.'),
        says('primary', 'The thread was passed with the message "Pass to primary" and now belongs to the primary bot.'),
        offers('primary'),
      ],
      webhooks: [
        message('secondary'),
        echo('secondary'),
        'pass_thread_control to primary on messaging',
        echo('primary'),
        echo('primary'),
      ],
      graph: ['secondary: pass_thread_control "Pass to primary" → ok'],
    }),
  },
  {
    tells: {
      classic: 'The secondary bot hears this on standby and requests the thread. The primary bot refuses, in words.',
      routing:
        'The secondary bot hears this on standby and requests the thread. Meta refuses: a Page with a default app has no requests.',
    },
    action: tap('Receive request'),
    expected: {
      classic: {
        owner: 'primary',
        folder: 'Done',
        seen: [
          says(
            'primary',
            'The thread was requested by app 1284000000000002 without a please, so it stays where it is. Write something to go on.',
          ),
        ],
        webhooks: [message('primary'), 'request_thread_control to primary on messaging', echo('primary')],
        graph: ['secondary: request_thread_control "give me control" → ok'],
      },
      routing: requestRefused('give me control'),
    },
  },
  {
    tells: 'Nothing has moved: the primary bot still answers.',
    action: say('What now?'),
    expected: inBoth(answered('primary')),
  },
  {
    tells: {
      classic: 'The secondary bot requests again and says please. The primary bot grants it: it passes the thread.',
      routing: 'The secondary bot requests again and says please. Meta refuses that too; no bot could allow it.',
    },
    action: tap('Receive nice request'),
    expected: {
      classic: {
        owner: 'secondary',
        folder: 'Done',
        seen: [
          says('primary', 'The thread was requested nicely by app 1284000000000002 and goes there now.'),
          says(
            'secondary',
            'The thread was passed with the message "request granted" and now belongs to the secondary bot.',
          ),
          offers('secondary'),
        ],
        webhooks: [
          message('primary'),
          'request_thread_control to primary on messaging',
          echo('primary'),
          'pass_thread_control to secondary on messaging',
          echo('secondary'),
          echo('secondary'),
        ],
        graph: [
          'secondary: request_thread_control "please" → ok',
          'primary: thread_owner → primary',
          'primary: pass_thread_control to secondary "request granted" → ok',
        ],
      },
      routing: requestRefused('please'),
    },
  },
  {
    tells: 'So Carla asks the primary bot for its choices once more …',
    action: say('And without a request?'),
    expected: { routing: answered('primary') },
  },
  {
    tells: '… and has the thread passed, which Conversation Routing allows.',
    action: tap('Pass to secondary'),
    expected: { routing: passedToSecondary },
  },
  {
    tells: {
      classic:
        'The primary bot hears this on standby and takes the thread. The secondary bot is told, and may still say so.',
      routing:
        'The primary bot hears this on standby and takes the thread. The secondary bot is told, and may not speak any more.',
    },
    action: tap('Have control taken'),
    expected: {
      classic: {
        owner: 'primary',
        folder: 'Done',
        seen: [
          says(
            'secondary',
            'Thread control was taken with the message "Have control taken". The previous owner was the secondary bot. Write something to go on.',
          ),
        ],
        webhooks: [message('secondary'), 'take_thread_control to secondary on messaging', echo('primary')],
        graph: ['primary: take_thread_control "Have control taken" → ok'],
      },
      routing: {
        owner: 'primary',
        folder: 'Done',
        seen: [],
        webhooks: [message('secondary'), 'take_thread_control to secondary on messaging'],
        graph: [
          'primary: take_thread_control "Have control taken" → ok',
          'secondary: messages "Secondary bot: Thread control was taken by app…" → refused: 400, code 10, subcode 2018300',
        ],
      },
    },
  },
  {
    tells: 'The primary bot answers again.',
    action: say('Who is there now?'),
    expected: inBoth(answered('primary')),
  },
  {
    tells: 'Carla wants a person. The thread goes to the Page Inbox, which takes part under an app id of its own.',
    action: tap('Pass to page inbox'),
    expected: inBoth(passedToInbox),
  },
  {
    tells: 'Now both bots only listen. Nobody but a person answers.',
    action: say('Is somebody there?'),
    expected: inBoth({
      owner: 'Page Inbox',
      folder: 'Main',
      seen: [],
      webhooks: [message('Page Inbox')],
      graph: [],
    }),
  },
  {
    tells: 'An agent answers in the Page Inbox.',
    action: { does: 'reply', text: 'Hello Carla, this is Ana. How can I help?', afterMs: 2 * minute },
    expected: inBoth({
      owner: 'Page Inbox',
      folder: 'Main',
      seen: [{ by: 'Page Inbox', text: 'Hello Carla, this is Ana. How can I help?' }],
      webhooks: [echo('Page Inbox')],
      graph: [],
    }),
  },
  {
    tells: 'The agent is finished and clicks Mark as done: the thread goes back to the primary bot.',
    action: { does: 'markAsDone' },
    expected: inBoth(markedAsDone),
  },
  {
    tells: 'Carla has one more question for a person.',
    action: tap('Pass to page inbox'),
    expected: inBoth(passedToInbox),
  },
  {
    tells: {
      classic:
        'She changes her mind. The primary bot takes the thread from the inbox, and hears of it as if it had been passed.',
      routing: 'She changes her mind. The primary bot takes the thread from the inbox, without any event about it.',
    },
    action: say('Have control taken'),
    expected: {
      classic: {
        owner: 'primary',
        folder: 'Main',
        seen: [
          says(
            'primary',
            'The thread was passed with the message "Have control taken" and now belongs to the primary bot.',
          ),
          offers('primary'),
        ],
        webhooks: [
          message('Page Inbox'),
          'pass_thread_control to primary on messaging',
          echo('primary'),
          echo('primary'),
        ],
        graph: ['primary: take_thread_control "Have control taken" → ok'],
      },
      routing: {
        owner: 'primary',
        folder: 'Main',
        seen: [],
        webhooks: [message('Page Inbox')],
        graph: ['primary: take_thread_control "Have control taken" → ok'],
      },
    },
  },
  {
    tells: {
      classic:
        'The agent clicks Move to Main. That is only a request: the primary bot grants it and passes the thread.',
      routing: 'The agent clicks Move to Main. The inbox takes control at once; the primary bot is only told.',
    },
    action: { does: 'moveToMain' },
    expected: {
      classic: {
        owner: 'Page Inbox',
        folder: 'Main',
        seen: [says('primary', 'A person in the page inbox wants to take over, so the thread goes there now.')],
        webhooks: ['request_thread_control to primary on messaging', echo('primary')],
        graph: ['primary: thread_owner → primary', 'primary: pass_thread_control to Page Inbox "request granted" → ok'],
      },
      routing: {
        owner: 'Page Inbox',
        folder: 'Main',
        seen: [],
        webhooks: ['take_thread_control to primary on messaging'],
        graph: [],
      },
    },
  },
  {
    tells: 'Done once more: the conversation ends where it began, with the primary bot.',
    action: { does: 'markAsDone' },
    expected: inBoth(markedAsDone),
  },
];
