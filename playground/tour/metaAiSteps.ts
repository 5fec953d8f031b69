import type { TourAction } from '../../emulator/startPlatform.ts';
import type { ScenarioName } from '../scenarios.ts';
import type { Outcome } from './expectations.ts';
import { answered as answeredByLiveChat } from './liveChatSteps.ts';
import { answered, echo, heardBy, message, offers, says, type TourStep } from './tourSteps.ts';

const say = (text: string): TourAction => ({ does: 'say', text });

const noticeTo = (owner: keyof typeof heardBy): string => `notice to ${heardBy[owner]}`;

/** While Meta's AI owns the thread, as while the Page Inbox does, the bots have it on standby. */
const takenByAi: Outcome = {
  owner: "Meta's AI",
  folder: 'Done',
  seen: [],
  webhooks: ['take_thread_control to primary on messaging', noticeTo('Page Inbox')],
  graph: [],
};
const heardOnStandby: Outcome = { ...takenByAi, webhooks: [message('Page Inbox')] };

const ofMetaAi: Outcome = { owner: "Meta's AI", folder: 'Done', seen: [], webhooks: [], graph: [] };

const twoBots: readonly TourStep[] = [
  {
    tells:
      "Many Pages have Meta's own AI by now. It takes the thread: the primary bot is told, and a notice stands in the conversation.",
    action: { does: 'aiTake' },
    expected: { routing: takenByAi },
  },
  {
    tells: 'What Carla writes now is for the AI. Both bots hear it on standby, and neither may answer.',
    action: say('When do you open?'),
    expected: { routing: heardOnStandby },
  },
  {
    tells:
      'The AI answers. Its echo carries the app id of the Page Inbox, as that of a person does; only a flag tells them apart.',
    action: { does: 'aiAnswer', text: 'We open at nine.' },
    expected: {
      routing: {
        ...heardOnStandby,
        seen: [{ by: "Meta's AI", text: 'We open at nine.' }],
        webhooks: [echo('Page Inbox')],
      },
    },
  },
  {
    tells: 'It passes the thread back, and says why. The primary bot goes on; the notice beside it is nobody’s word.',
    action: { does: 'aiHandBack', event: 'pass', note: 'wants to buy' },
    expected: {
      routing: {
        owner: 'primary',
        folder: 'Done',
        seen: [
          says('primary', 'The thread was passed with the message "wants to buy" and now belongs to the primary bot.'),
          offers('primary'),
        ],
        webhooks: [
          'pass_thread_control to primary on messaging',
          noticeTo('primary'),
          echo('primary'),
          echo('primary'),
        ],
        graph: [],
      },
    },
  },
  {
    tells: 'It takes the thread once more …',
    action: { does: 'aiTake' },
    expected: { routing: takenByAi },
  },
  {
    tells: '… and this time gives it back with nothing but a notice, as it often does. No bot answers a notice.',
    action: { does: 'aiHandBack', event: 'none' },
    expected: { routing: { owner: 'primary', folder: 'Done', seen: [], webhooks: [noticeTo('primary')], graph: [] } },
  },
  {
    tells: 'With the next thing that Carla writes the primary bot knows that the thread is its own again.',
    action: say('And on Sundays?'),
    expected: { routing: answered('primary') },
  },
];

const liveChat: readonly TourStep[] = [
  {
    tells:
      "And Meta's own AI, which many Pages have by now? It takes the thread; the bot is told, and a notice stands in the conversation.",
    action: { does: 'aiTake' },
    expected: {
      routing: {
        ...ofMetaAi,
        webhooks: ['take_thread_control to live chat on messaging', 'notice to live chat on standby'],
      },
    },
  },
  {
    tells: 'The AI answers. Its echo carries the app id of the Page Inbox, but it is no person who speaks.',
    action: { does: 'aiAnswer', text: 'We are open until six.' },
    expected: {
      routing: {
        ...ofMetaAi,
        seen: [{ by: "Meta's AI", text: 'We are open until six.' }],
        webhooks: ['echo to live chat on standby'],
      },
    },
  },
  {
    tells: 'Carla asks the AI something. The bot hears it on standby and keeps quiet.',
    action: say('On Sundays too?'),
    expected: { routing: { ...ofMetaAi, webhooks: ['message to live chat on standby'] } },
  },
  {
    tells: 'The AI gives the thread back with nothing but a notice. Nobody said it, so the bot does not answer it.',
    action: { does: 'aiHandBack', event: 'none' },
    expected: { routing: { ...answeredByLiveChat, seen: [], webhooks: ['notice to live chat on messaging'] } },
  },
  {
    tells: 'What Carla writes next is for the bot again.',
    action: say('Hello?'),
    expected: { routing: answeredByLiveChat },
  },
];

/** The last chapter of each tour: Meta's own AI takes the thread, answers and gives it back. The classic protocol had none. */
export const metaAiSteps: Readonly<Record<ScenarioName, readonly TourStep[]>> = { twoBots, liveChat };
