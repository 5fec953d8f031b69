import { expect } from 'chai';
import { spanInWords } from '../../emulator/narration/time.js';
import { createTimeline } from '../../playground/timeline.ts';
import { layOut, legend, timeSince } from '../../playground/timelineLayout.ts';
import { widthOf } from '../../playground/textWidth.ts';
import type { EmulatorEvent } from '../../emulator/startPlatform.ts';
import {
  called,
  delivered,
  happened,
  inbox,
  primary,
  psid,
  secondary,
  start,
  testNames as names,
  type EventFields,
} from '../support/timelineEvents.ts';

const plain = (_style: unknown, text: string): string => text;

const linesOf = (events: EmulatorEvent[], mode: 'classic' | 'routing' = 'routing', width = 100): string[] =>
  createTimeline({ names, mode, primaryAppId: primary })
    .entries(events)
    .flatMap((entry) => layOut(entry, { start, paint: plain, width }));

const refusedMessage = {
  error: { message: '(#10) …', type: 'OAuthException', code: 10, error_subcode: 2018300, fbtrace_id: 'x' },
};

const conversation = happened(
  { type: 'customerMessage', psid, mid: 'm1', text: 'Hi' },
  { type: 'ownershipChanged', psid, from: null, to: primary, cause: 'customer', guessed: false },
  delivered(secondary, 'standby', 'message', 1),
  called(primary, 'messages', { message: { text: 'Hello' } }, { message_id: 'm2' }),
  {
    type: 'pageMessage',
    psid,
    mid: 'm2',
    appId: primary,
    text: 'Hello, this is the first bot, and it says so much that it does not fit on one line of the timeline.',
    quickReplies: ['Pass to page inbox', 'Pass to secondary', 'Receive request', 'Receive nice request'],
    buttons: [],
  },
  delivered(primary, 'messaging', 'message', 1),
  { type: 'azureChannel.activitySent', botAppId: 'b', outcome: 'answered', status: 200 },
  { type: 'customerMessage', psid, mid: 'm3', text: 'Pass to secondary', quickReplyPayload: 'Pass to secondary' },
  called(primary, 'pass_thread_control', { target_app_id: secondary, metadata: 'take care' }, { success: true }),
  { type: 'ownershipChanged', psid, from: primary, to: secondary, cause: 'pass', guessed: true },
  delivered(secondary, 'messaging', 'pass_thread_control', 2),
  called(primary, 'messages', { message: { text: 'One more thing' } }, refusedMessage, {
    status: 400,
    fault: 'anotherAppControls',
  }),
  {
    type: 'refused',
    by: primary,
    psid,
    command: 'send',
    fault: 'anotherAppControls',
    because: 'Another receiver owns the thread.',
    guessed: true,
  },
  { type: 'inboxAction', psid, action: 'markAsDone' },
  { type: 'folderChanged', psid, folder: 'Done' },
  { type: 'clockAdvanced', ms: 86_400_000 },
);

describe('The timeline', () => {
  it('reads like a conversation', () => {
    expect(linesOf(conversation).join('\n')).to.equal(
      [
        '  +0.00s ·│ Carla      says    Hi',
        '  +0.01s P│ The thread moves   from nobody to primary: the customer wrote',
        '  +0.02s P│ Messenger  sends   message to primary on messaging, secondary on standby',
        '  +0.03s P│ primary    says    Hello, this is the first bot, and it says so much that it does not',
        '         P│                    fit on one line of the timeline.',
        '         P│            offers  1 Pass to page inbox   2 Pass to secondary   3 Receive request',
        '         P│                    4 Receive nice request',
        '  +0.07s P│ Carla      taps    Pass to secondary',
        '  +0.08s P│ primary    calls   pass_thread_control to secondary "take care" → ok',
        '  +0.09s S│ The thread moves   from primary to secondary: passed on (guessed)',
        '  +0.10s S│ Messenger  sends   pass_thread_control to secondary on messaging',
        '  +0.11s S│ primary    calls   messages "One more thing" → refused: 400, code 10, subcode 2018300',
        '         S│            because Another receiver owns the thread. (guessed)',
        '  +0.13s S│ An agent   clicks  "Mark as done"',
        '  +0.14s S│ Page Inbox shows   the conversation of Carla in the folder Done',
        '  +0.15s S│ The clock  moves   24 h ahead',
      ].join('\n'),
    );
  });

  it('has the text below who says it on a narrow terminal', () => {
    expect(linesOf(conversation, 'routing', 40).slice(0, 11)).to.deep.equal([
      '·│ Carla says  +0.00s',
      '·│  Hi',
      'P│ The thread moves  +0.01s',
      'P│  from nobody to primary: the customer',
      'P│  wrote',
      'P│ Messenger sends  +0.02s',
      'P│  message to primary on messaging,',
      'P│  secondary on standby',
      'P│ primary says  +0.03s',
      'P│  Hello, this is the first bot, and it',
      'P│  says so much that it does not fit on',
    ]);
    expect(linesOf(conversation, 'routing', 40)).to.include.members(['S│ because', 'P│ offers']);
  });

  it('breaks the letters of the owners between two of them', () => {
    expect(legend(['primary', 'secondary'], 40).split('\n')).to.deep.equal([
      'Who owns the thread:  P│ primary',
      '   S│ secondary   I│ Page Inbox',
      '   ·│ nobody',
    ]);
  });

  for (const width of [20, 40, 59, 60, 80, 100]) {
    it(`is never wider than ${width} columns`, () => {
      const long = happened(
        {
          type: 'customerMessage',
          psid,
          mid: 'm1',
          text: `${'long '.repeat(80)}${'x'.repeat(300)}${'漢😀'.repeat(80)}`,
        },
        called(primary, 'pass_thread_control', { metadata: 'm'.repeat(900) }, { success: true }),
      );
      for (const line of [...linesOf(conversation, 'routing', width), ...linesOf(long, 'routing', width)]) {
        expect(widthOf(line), line).to.be.at.most(width);
      }
    });
  }

  it('starts with the primary receiver as the owner in classic, with nobody in routing', () => {
    const hi = happened({ type: 'customerMessage', psid, mid: 'm1', text: 'Hi' });
    expect(linesOf(hi, 'classic')).to.deep.equal(['  +0.00s P│ Carla      says    Hi']);
    expect(linesOf(hi, 'routing')).to.deep.equal(['  +0.00s ·│ Carla      says    Hi']);
  });

  it('goes on with what it knows in the next events', () => {
    const timeline = createTimeline({ names, mode: 'routing', primaryAppId: primary });
    timeline.entries(conversation);
    const [entry] = timeline.entries(happened({ type: 'customerMessage', psid, mid: 'm9', text: 'Still there?' }));
    expect(entry?.owner).to.equal('secondary');
  });

  it('colours a row by its owner and its kind', () => {
    const painted: [unknown, string][] = [];
    const [entry] = createTimeline({ names, mode: 'classic', primaryAppId: primary }).entries(
      happened({ type: 'pageMessage', psid, mid: 'm', appId: inbox, text: 'Hello', quickReplies: [], buttons: [] }),
    );
    layOut(entry!, { start, paint: (style, text) => (painted.push([style, text]), text) });
    expect(painted).to.deep.include(['cyan', 'P│']);
    expect(painted).to.deep.include(['green', 'Page Inbox ']);
  });

  it('prints no colours where there is no terminal', () => {
    expect(legend(['primary', 'secondary'], 100)).to.equal(
      'Who owns the thread:  P│ primary   S│ secondary   I│ Page Inbox   ·│ nobody',
    );
  });

  it('explains the letters of those who are there', () => {
    expect(legend(['live chat'], 100)).to.equal('Who owns the thread:  L│ live chat   I│ Page Inbox   ·│ nobody');
  });

  const rows: readonly (readonly [string, EventFields, string | undefined])[] = [
    [
      'what the default app asks about the owner',
      called(primary, 'thread_owner', {}, { data: [{ thread_owner: { app_id: secondary } }] }),
      'primary    calls   thread_owner → secondary',
    ],
    [
      'what another app asks about the owner',
      called(secondary, 'thread_owner', {}, { data: [{ thread_owner: { expiration: 1 } }] }),
      'secondary  calls   thread_owner → another receiver, not named',
    ],
    ['an idle thread', called(primary, 'thread_owner', {}, { data: [] }), 'primary    calls   thread_owner → nobody'],
    [
      'the other receivers',
      called(primary, 'secondary_receivers', {}, { data: [{ id: secondary }, { id: inbox }] }),
      'primary    calls   secondary_receivers → secondary, Page Inbox',
    ],
    [
      'an injected fault',
      called(primary, 'take_thread_control', {}, { error: { code: 2 } }, { status: 500, fault: 'injected' }),
      'primary    calls   take_thread_control → refused: 500, code 2 (injected)\nbecause An injected fault makes it fail.',
    ],
    [
      'a broken connection',
      {
        type: 'graphCall',
        appId: primary,
        method: 'POST',
        path: '/me/release_thread_control',
        params: {},
        fault: 'injected',
      },
      'primary    calls   release_thread_control → no answer, the connection broke\nbecause An injected fault makes it fail.',
    ],
    [
      'a bot that Azure does not reach',
      { type: 'azureChannel.activitySent', activityType: 'message', outcome: 'unreachable' },
      'Azure      sends   activity message to the bot: it cannot be reached',
    ],
    [
      'a bot that answers Azure with an error',
      { type: 'azureChannel.activitySent', activityType: 'message', outcome: 'answered', status: 500 },
      'Azure      sends   activity message to the bot: it answered 500',
    ],
    [
      'a refused token',
      { type: 'azureChannel.tokenRefused', error: 'AADSTS7000215' },
      'Azure      refuses a token to the bot: AADSTS7000215',
    ],
    ['an issued token, which is no news', { type: 'azureChannel.tokenIssued', clientId: 'b' }, undefined],
    [
      'a webhook that nobody took',
      { type: 'webhookGaveUp', appId: primary, channel: 'messaging', kind: 'echo', payload: {}, attempts: 3 },
      'Messenger  sends   echo to primary on messaging (lost)\nbecause Given up after 3 tries.',
    ],
    [
      'where the webhooks of an app go from now on',
      { type: 'webhookRegistered', appId: primary, callbackUrl: 'http://127.0.0.1:1337/webhook' },
      'primary    gets    its webhooks at http://127.0.0.1:1337/webhook from now on',
    ],
    [
      'what a bot logs',
      { type: 'botLog', appId: primary, level: 'info', message: 'looking it up', psid },
      'primary    logs    looking it up',
    ],
    [
      'a bot that is kept from saying something',
      { type: 'botLog', appId: primary, level: 'info', message: 'Nothing is said.', psid, suppressed: true },
      'primary    logs    Nothing is said.',
    ],
    [
      'what a bot throws, and where',
      {
        ...{ type: 'botException', appId: primary, message: 'TypeError: no', attempt: 5, outcome: 'deadLetter' },
        stack: 'TypeError: no\n    at answer (file:///my/bot.ts:8:1)\n    at f (node:internal/x:1:1)',
      },
      'primary    throws  TypeError: no\nat      answer (file:///my/bot.ts:8:1)\nthen    The turn (attempt 5) was given up: its event is a dead letter.',
    ],
    [
      'where code is that Node cannot read',
      {
        ...{ type: 'botException', appId: primary, message: 'SyntaxError: no' },
        stack:
          'Correct it:\nfile:///my/bot.ts:37\nconst x: = 3;\n         ^\n\nSyntaxError: no\n    at f (node:internal/x:1:1)',
      },
      'primary    throws  SyntaxError: no\nat      file:///my/bot.ts:37',
    ],
    [
      'where the causes of an error were thrown',
      {
        ...{ type: 'botException', appId: primary, message: 'Error: no' },
        stack:
          'Error: no\n    at Generator.throw (<anonymous>)\nbecause of Error: no\n    at place (file:///my/shop.ts:19:1)',
      },
      'primary    throws  Error: no\nat      place (file:///my/shop.ts:19:1)',
    ],
    [
      'a bot that Azure does not reach, by the name of its app',
      { type: 'azureChannel.activitySent', appId: primary, activityType: 'message', outcome: 'unreachable' },
      'Azure      sends   activity message to primary: it cannot be reached',
    ],
    [
      'a bot that has ended',
      { type: 'botState', appId: primary, state: 'down', because: 'The primary bot ended.' },
      'primary    is      down\nbecause The primary bot ended.',
    ],
    ['a tapped button', { type: 'customerPostback', psid, mid: 'm', title: 'Start' }, 'Carla      taps    Start'],
    ['a mode', { type: 'modeChanged', mode: 'classic' }, 'The Page   follows the rules of mode classic now'],
    [
      'roles',
      { type: 'rolesChanged', primaryAppId: secondary, mayTakeControl: [] },
      'secondary  is      the primary receiver or default app now',
    ],
  ];
  for (const [what, event, row] of rows) {
    it(`shows ${what}`, () => {
      const lines = linesOf(happened(event)).map((line) => line.slice(12).trimStart());
      expect(lines).to.deep.equal(row?.split('\n') ?? []);
    });
  }

  for (const width of [30, 100]) {
    it(`lets no name move the cursor in ${width} columns`, () => {
      const wild = 'Mal\u001b[2J\u009bory\u202e';
      const entry = { at: start, owner: wild, who: wild, does: 'says', what: wild, tone: 'speech' } as const;
      const lines = layOut(entry, { start, paint: plain, width });
      expect(lines.join('')).not.to.match(/[\p{Cc}\p{Cf}]/u);
      expect(lines.join('')).to.contain('Mal');
    });
  }

  it('shows the same stack once, since a turn that runs again throws it again', () => {
    const thrown = {
      type: 'botException',
      appId: primary,
      message: 'Error: no',
      stack: 'Error: no\n    at a.ts:1',
    } as const;
    const lines = linesOf(happened(thrown, thrown));
    expect(lines.filter((line) => line.includes('throws'))).to.have.length(2);
    expect(lines.filter((line) => line.includes('a.ts:1'))).to.have.length(1);
  });

  const activity = { channelData: { timestamp: 77 } };
  const lost = { type: 'azureChannel.activitySent', appId: primary, activityType: 'message', activity } as const;
  for (const [what, sent, word] of [
    ['cannot be reached', { ...lost, outcome: 'unreachable' }, 'unreachable'],
    ['refuses', { ...lost, outcome: 'answered', status: 500 }, 'failed'],
  ] as const) {
    it(`tells at the webhook that Azure ${what === 'refuses' ? 'was refused by' : 'did not reach'} the bot, whichever was recorded first`, () => {
      const taken = delivered(primary, 'messaging', 'message', 77);
      const later = delivered(primary, 'messaging', 'message', 78);
      for (const order of [
        [taken, later, sent],
        [sent, later, taken],
      ]) {
        const webhooks = linesOf(happened(...order)).filter((line) => line.includes('message to primary'));
        expect(webhooks.filter((line) => line.includes(`on messaging (${word})`))).to.have.length(1);
        expect(webhooks.filter((line) => line.endsWith('on messaging'))).to.have.length(1);
      }
    });
  }

  it('tells times since the start', () => {
    const since = (ms: number): string => timeSince(start, start + ms);
    expect([since(0), since(1_250), since(99_990), since(185_000), since(86_400_000), since(90_061_000)]).to.deep.equal(
      ['+0.00s', '+1.25s', '+99.99s', '+3m05s', '+24h00m', '+25h01m'],
    );
  });

  it('tells durations', () => {
    expect([spanInWords(1_500), spanInWords(1_800_000), spanInWords(86_400_000), spanInWords(5_400_000)]).to.deep.equal(
      ['2 s', '30 min', '24 h', '1 h 30 min'],
    );
  });
});
