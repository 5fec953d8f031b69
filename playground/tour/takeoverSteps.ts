import type { ScenarioName } from '../scenarios.ts';
import type { Outcome, Seen } from './expectations.ts';
import { echo, message, offers, says, type TourStep } from './tourSteps.ts';

const minute = 60_000;
const hello = 'Hello Carla, this is Ana. How can I help?';
const looking = 'I am looking it up.';
const tomorrow = 'It comes tomorrow.';
const morning = 'Good morning, Carla!';

/** What a bot says and does in this chapter in its own way. */
interface Part {
  readonly bot: 'primary' | 'live chat';
  /** What Carla says when nobody is there. */
  readonly wishAtNight: string;
  readonly handingOver: Seen;
  readonly notice: Seen;
  readonly silence: Seen;
  readonly done: readonly Seen[];
  readonly kept: Seen;
  readonly opened: Seen;
  /** What goes along with a pass, for a wish in each of the two languages, and with a take. */
  readonly passedBy: Readonly<Record<'day' | 'night' | 'take', string>>;
  readonly message: Readonly<Record<'bot' | 'inbox', string>>;
  readonly echo: Readonly<Record<'bot' | 'inbox', string>>;
}

function stepsFor(part: Part): readonly TourStep[] {
  const { bot, passedBy, message: heard, echo: echoed } = part;
  const nothing: Outcome = { owner: 'Page Inbox', folder: 'Main', seen: [], webhooks: [], graph: [] };
  const passed = (metadata: string): string => `${bot}: pass_thread_control to Page Inbox "${metadata}" → ok`;
  const took = `${bot}: take_thread_control "${passedBy.take}" → ok`;
  const inBoth = (outcome: Outcome): TourStep['expected'] => ({ classic: outcome, routing: outcome });
  /** `classic` tells the bot of its own take as if the inbox had passed the thread. */
  const taken = (outcome: Outcome): TourStep['expected'] => ({
    classic: { ...outcome, webhooks: [`pass_thread_control to ${bot} on messaging`, ...outcome.webhooks] },
    routing: outcome,
  });
  const toPerson = inBoth({
    ...nothing,
    ...{ seen: [part.handingOver], webhooks: [heard.bot, echoed.bot], graph: [passed(passedBy.day)] },
  });
  const answered = (text: string): TourStep['expected'] =>
    inBoth({ ...nothing, seen: [{ by: 'Page Inbox', text }], webhooks: [echoed.inbox] });
  const doneByAgent = inBoth({
    ...{ owner: bot, folder: 'Done', graph: [], seen: part.done },
    webhooks: [`pass_thread_control to ${bot} on messaging`, ...part.done.map(() => echoed.bot)],
  });
  const steps: readonly TourStep[] = [
    {
      tells: `Human takeover. From here on the ${bot} bot runs with rules: people are there from 9:00 to 17:00 UTC, a notice after 10 minutes, back after 30 minutes of silence. At ten Carla asks for a person, in her own words.`,
      action: { does: 'say', text: 'Can I talk to a human?', at: '10:00' },
      expected: toPerson,
    },
    {
      tells:
        'Nobody answers for 10 minutes. The bot tells Carla so: it takes the thread for that sentence, and passes it on again.',
      action: { does: 'wait', ms: 10 * minute },
      expected: taken({
        ...nothing,
        ...{ seen: [part.notice], webhooks: [echoed.bot], graph: [took, passed(passedBy.day)] },
      }),
    },
    {
      tells: 'Once is enough. The bot is silent, however long it takes from here.',
      action: { does: 'wait', ms: 5 * minute },
      expected: inBoth(nothing),
    },
    { tells: 'A person answers at last.', action: { does: 'reply', text: hello }, expected: answered(hello) },
    {
      tells: 'Now it is between Carla and Ana. The bot hears every word on standby and says nothing.',
      action: { does: 'say', text: 'My parcel did not come.', afterMs: 5 * minute },
      expected: inBoth({ ...nothing, webhooks: [heard.inbox] }),
    },
    {
      tells: 'The 30 minutes begin again with each word of a person.',
      action: { does: 'reply', text: looking, afterMs: 20 * minute },
      expected: answered(looking),
    },
    {
      tells: 'Ana has not written for 29 minutes. The thread is still hers.',
      action: { does: 'wait', ms: 29 * minute },
      expected: inBoth(nothing),
    },
    {
      tells:
        'One minute more. The bot asks whether it has missed a word of hers, takes the thread first, and speaks then.',
      action: { does: 'wait', ms: minute },
      expected: taken({
        ...{ owner: bot, folder: 'Main', seen: [part.silence], webhooks: [echoed.bot] },
        graph: [`${bot}: conversations → ok`, took],
      }),
    },
    {
      tells: 'Carla wants a person again …',
      action: { does: 'say', text: 'An agent, please!' },
      expected: toPerson,
    },
    {
      tells: '… who answers this time …',
      action: { does: 'reply', text: tomorrow, afterMs: 2 * minute },
      expected: answered(tomorrow),
    },
    {
      tells: '… and clicks Done, so the bot need not wait.',
      action: { does: 'markAsDone' },
      expected: doneByAgent,
    },
    {
      tells:
        'A quarter past five: nobody is there. Nothing is passed; the bot says until when, and remembers what Carla wants.',
      action: { does: 'say', text: part.wishAtNight, at: '17:15' },
      expected: inBoth({
        ...{ owner: bot, folder: 'Done', seen: [part.kept], webhooks: [heard.bot, echoed.bot], graph: [] },
      }),
    },
    {
      tells: 'The next morning at nine people are there, and the thread goes to them without another word of hers.',
      action: { does: 'wait', at: '09:00' },
      expected: inBoth({
        ...nothing,
        ...{ seen: [part.opened], webhooks: [echoed.bot], graph: [passed(passedBy.night)] },
      }),
    },
    {
      tells: 'Somebody answers …',
      action: { does: 'reply', text: morning, afterMs: 2 * minute },
      expected: answered(morning),
    },
    {
      tells: '… and clicks Done. The bot has the conversation again.',
      action: { does: 'markAsDone' },
      expected: doneByAgent,
    },
  ];
  return steps.map((step) => ({ ...step, bots: 'takeover' }));
}

const liveChat = (text: string, choice?: 'Pass to Inbox' | 'Take From Inbox'): Seen => ({
  ...{ by: 'live chat', text: `Live chat bot: ${text}` },
  ...(choice === undefined ? {} : { choices: [choice] }),
});

/**
 * The last chapter of each tour: how people take over by rules of time. Nobody answers, a person answers and falls silent, another one clicks Done,
 * and people have opening hours. In the tour of the two bots Carla speaks German at last, and is answered in German.
 */
export const takeoverSteps: Readonly<Record<ScenarioName, readonly TourStep[]>> = {
  twoBots: stepsFor({
    bot: 'primary',
    wishAtNight: 'Ich möchte mit einem Mitarbeiter sprechen.',
    handingOver: says('primary', 'I am passing you on to a person, who will answer you here.'),
    notice: says('primary', 'I am sorry that it takes so long. A person will answer you here.'),
    silence: says('primary', 'Nobody from our team has written for a while. You are talking to the bot again.'),
    done: [
      says(
        'primary',
        'The thread was passed with the message "Pass thread control from Page Inbox" and now belongs to the primary bot.',
      ),
      offers('primary'),
    ],
    kept: says(
      'primary',
      'Wir haben bis morgen, 9:00 geschlossen. Dann antwortet hier ein Mensch. Bis dahin helfe ich, so gut ich kann.',
    ),
    opened: says('primary', 'Wir sind wieder da. Ein Mensch antwortet hier.'),
    passedBy: {
      day: '{"reason":"phrase","language":"en"}',
      night: '{"reason":"phrase","language":"de"}',
      take: 'taken back by the bot',
    },
    message: { bot: message('primary'), inbox: message('Page Inbox') },
    echo: { bot: echo('primary'), inbox: echo('Page Inbox') },
  }),
  liveChat: stepsFor({
    bot: 'live chat',
    wishAtNight: 'Can I talk to an agent?',
    handingOver: liveChat(
      'A person in the page inbox will answer you. Whenever you want to, you can come back to the bot.',
      'Take From Inbox',
    ),
    notice: liveChat('No person has answered yet. You can wait, or come back to the bot.', 'Take From Inbox'),
    silence: liveChat('No person has answered for a while, so you are talking to the bot again.', 'Pass to Inbox'),
    done: [liveChat('The person has closed the conversation, so you are talking to the bot again.', 'Pass to Inbox')],
    kept: liveChat('We are closed until tomorrow, 9:00 AM. A person in the page inbox will answer you then.'),
    opened: liveChat('A person in the page inbox will answer you now.', 'Take From Inbox'),
    passedBy: { day: 'pass_to_inbox', night: 'pass_to_inbox', take: 'taken by the live chat bot' },
    message: { bot: 'message to live chat on messaging', inbox: 'message to live chat on standby' },
    echo: { bot: 'echo to live chat on messaging', inbox: 'echo to live chat on standby' },
  }),
};
