import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { decide } from '../../../bots/takeover/decide.ts';
import type { Decision, TakeoverAction, TakeoverEvent } from '../../../bots/takeover/decision.ts';
import { noRecord, readThreadRecord, type Handover, type ThreadRecord } from '../../../bots/takeover/record.ts';
import { takeoverRules, type TakeoverRules } from '../../../bots/takeover/rules.ts';
import { openingHours } from '../../../bots/takeover/hours.ts';

const minute = 60_000;
const hour = 60 * minute;
/** A Monday. */
const now = Date.parse('2026-11-30T10:00:00Z');

const rules = takeoverRules({
  payloads: ['person'],
  botPayloads: ['bot'],
  receivers: ['inbox', '4711', 'Desk'],
  unhelpfulAnswers: 3,
  silenceMs: 30 * minute,
  hardLimitMs: 8 * hour,
  noticeMs: 10 * minute,
  moveToMain: 'grant',
});
const hours = openingHours({ timeZone: 'UTC', week: 'Mo 12:00-17:00' });
const closed: TakeoverRules = { ...rules, hours };

const base: Handover = { id: '1', state: 'person', reason: 'phrase', language: 'en', askedAt: 0, refused: [] };
const person = (ago: number, more: Partial<Handover> = {}): ThreadRecord => {
  const at = now - ago;
  const open: Handover = {
    ...base,
    askedAt: at,
    handedAt: at,
    lastCustomerAt: at,
    to: 'inbox',
    how: 'passed',
    ...more,
  };
  return { past: [], open };
};
const answered = (ago: number): Partial<Handover> => ({ firstAnswerAt: now - ago, lastAnswerAt: now - ago });

const records: Readonly<Record<string, ThreadRecord>> = {
  nobody: noRecord,
  waiting: { past: [], open: { ...base, state: 'waiting', askedAt: now - hour, lastCustomerAt: now - hour } },
  passing: person(0, { state: 'passing' }),
  'passed 5 min ago': person(5 * minute),
  'passed 11 min ago': person(11 * minute),
  'passed 31 min ago': person(31 * minute),
  'passed 8 h ago': person(8 * hour),
  'passed 30 h ago': person(30 * hour),
  'answered 5 min ago': person(hour, answered(5 * minute)),
  'answered 31 min ago': person(hour, answered(31 * minute)),
  'answered, 8 h in all': person(8 * hour, answered(minute)),
  'answered, paused': person(hour, { ...answered(31 * minute), pausedUntil: now + hour }),
  'taken 5 min ago': person(5 * minute, { how: 'taken', ...answered(5 * minute) }),
  'taken 31 min ago': person(31 * minute, { how: 'taken', ...answered(31 * minute) }),
  'silent 5 min': person(5 * minute, { reason: 'personSpoke', how: 'paused', ...answered(5 * minute) }),
  'silent 31 min': person(31 * minute, { reason: 'personSpoke', how: 'paused', ...answered(31 * minute) }),
  'called 5 min ago': person(5 * minute, { to: 'pause', how: 'paused' }),
  'called 11 min ago': person(11 * minute, { to: 'pause', how: 'paused' }),
  'called 31 min ago': person(31 * minute, { to: 'pause', how: 'paused' }),
  'called and answered 31 min ago': person(hour, { to: 'pause', how: 'paused', ...answered(31 * minute) }),
  'with the desk 5 min': person(5 * minute, { to: 'desk', how: 'paused', toldAt: now - 5 * minute }),
  'with the desk, then taken': person(5 * minute, { to: 'desk', how: 'taken', toldAt: now - 5 * minute }),
  'with the desk, the last one': person(5 * minute, {
    ...{ to: 'desk', how: 'paused' },
    refused: [{ to: 'inbox', reason: 'a' }],
  }),
  'take was refused': person(hour, { ...answered(40 * minute), takeRefused: 'notPrimaryReceiver' }),
  noticing: person(11 * minute, { state: 'noticing' }),
  'returning, silence': person(31 * minute, { state: 'returning', returning: 'silence' }),
  'returning, customer': person(31 * minute, { state: 'returning', returning: 'customer' }),
  'returning again': person(31 * minute, { state: 'returning', returning: 'silence', takeRefused: 'permission' }),
  'two bad answers': { past: [], unhelpful: 2 },
  'just ended': { past: [{ ...base, state: 'ended', end: 'done', endedAt: now - minute }] },
  'all but one refused': person(0, {
    state: 'passing',
    to: 'Desk',
    refused: [
      { to: 'inbox', reason: 'a' },
      { to: '4711', reason: 'b' },
    ],
  }),
};

const at = now;
const says = (text: string, via: 'messaging' | 'standby' = 'messaging'): TakeoverEvent => ({
  kind: 'customerSaid',
  ...{ at, via, text },
});
const taps = (payload: string, via: 'messaging' | 'standby' = 'messaging'): TakeoverEvent => ({
  kind: 'customerSaid',
  ...{ at, via, text: 'x', payload },
});
const inbox = (text: string, via: 'messaging' | 'standby' = 'standby', ago = 0): TakeoverEvent => ({
  kind: 'personSaid',
  ...{ at: at - ago, via, text },
});

const events: Readonly<Record<string, TakeoverEvent>> = {
  'customer: hi': says('hi'),
  'customer: human please': says('human please'),
  'customer: Mitarbeiter bitte': says('Mitarbeiter bitte'),
  'customer: your agent is rude': says('your agent is rude'),
  'customer taps person': taps('person'),
  'customer writes the payload person': says(' person '),
  'customer taps bot': taps('bot'),
  'customer: back to the bot': says('back to the bot!'),
  'heard customer: hi': says('hi', 'standby'),
  'heard customer: human please': says('human please', 'standby'),
  'heard customer taps bot': taps('bot', 'standby'),
  'heard person: hello': inbox('hello'),
  'person: hello': inbox('hello', 'messaging'),
  'late echo: hello': inbox('hello', 'standby', 2 * minute),
  'heard person: /bot': inbox('/bot'),
  'person: /bot': inbox('/bot', 'messaging'),
  'heard person: /pause 2h': inbox('/pause 2h'),
  'person: /pause 2h': inbox('/Pause 2h ', 'messaging'),
  'person: /pause': inbox('/pause', 'messaging'),
  'person: /pause for ever': inbox('/pause for ever', 'messaging'),
  'person: /botany': inbox('/botany is a subject', 'messaging'),
  'people took': { kind: 'threadLost', at, to: 'people' },
  'others took': { kind: 'threadLost', at, to: 'others' },
  done: { kind: 'threadGained', at, from: 'people' },
  'passed by another app': { kind: 'threadGained', at, from: 'others' },
  'AI hands back': { kind: 'threadGained', at, from: 'metaAi' },
  'own take': { kind: 'threadGained', at, from: 'own' },
  'Move to Main': { kind: 'requested', at },
  'bot asks': { kind: 'asked', at, reason: 'bot', summary: 's' },
  'bot asks for Desk': { kind: 'asked', at, reason: 'bot', to: 'Desk' },
  'bot has told and asks': { kind: 'asked', at, reason: 'bot', say: 'nothing' },
  'bot passed': { kind: 'handedOver', at, reason: 'button', to: 'inbox' },
  'bot ends it': { kind: 'handBack', end: 'bot' },
  'helped not': { kind: 'answered', at, helped: false },
  helped: { kind: 'answered', at, helped: true },
  'desk was told': { kind: 'deskTold', at },
  'desk accepts': { kind: 'desk', at, state: 'accepted' },
  'desk has completed': { kind: 'desk', at, state: 'completed' },
  'desk has failed': { kind: 'desk', at, state: 'failed' },
  'is called': { kind: 'passed', how: 'paused' },
  due: { kind: 'due' },
  'is passed': { kind: 'passed' },
  'pass refused': { kind: 'passRefused', reason: 'invalidTarget', because: 'why' },
  'pass refused to a stranger': { kind: 'passRefused', reason: 'notThreadOwner', because: 'why' },
  suppressed: { kind: 'suppressed' },
  'is taken': { kind: 'taken' },
  'take refused': { kind: 'takeRefused', reason: 'permission', because: 'why' },
  'has it already': { kind: 'takeRefused', reason: 'alreadyThreadOwner', because: 'why' },
  'no default app': { kind: 'takeRefused', reason: 'noDefaultApp', because: 'why' },
  'take without answer': { kind: 'takeRefused', reason: 'noAnswer', because: 'why' },
  'bot owns it': { kind: 'owner', isBot: true, wanted: undefined },
  'another owns it': { kind: 'owner', isBot: false, wanted: undefined },
  'nobody spoke': { kind: 'lastWord', at: 'never' },
  'spoke 2 min ago': { kind: 'lastWord', at: now - 2 * minute },
  'spoke 35 min ago': { kind: 'lastWord', at: now - 35 * minute },
  'spoke 40 min ago': { kind: 'lastWord', at: now - 40 * minute },
  'cannot tell': { kind: 'lastWord', at: 'unheard' },
};

const variants: Readonly<Record<string, TakeoverRules>> = {
  usual: rules,
  closed: { ...closed, outsideHours: 'refuse' },
  'closed, keep': { ...closed, outsideHours: 'keep' },
  'closed, pass': { ...closed, outsideHours: 'pass' },
  'never open': { ...rules, hours: { ...hours, week: hours.week.map(() => []) }, outsideHours: 'keep' },
  open: { ...rules, hours: openingHours({ timeZone: 'UTC', week: 'Mo 09:00-17:00' }), outsideHours: 'keep' },
  'no receiver': { ...rules, receivers: [] },
  'with the next word': { ...rules, onSilence: 'withNextWord' },
  'no limits': takeoverRules({ botPayloads: ['bot'] }),
  'desk first': { ...rules, receivers: ['desk', 'inbox'] },
  watch: { ...rules, strangers: 'watch' },
};

function summary({ record, actions, bot }: Decision): string {
  return [bot ?? '-', ...actions.map(actionText), recordText(record)].join(' · ');
}

function actionText(action: TakeoverAction): string {
  switch (action.do) {
    case 'say':
      return `say ${action.names.join('|')} (${action.language}${action.how === 'asOwner' ? '' : `, ${action.how}`})`;
    case 'pass':
      return `pass to ${action.to}`;
    case 'tell':
      return `tell ${action.hook}`;
    case 'log':
      return action.level;
    case 'wake':
      return action.at === undefined ? 'no timer' : `timer ${(action.at - now) / minute} min`;
    default:
      return action.do;
  }
}

function recordText({ open, past, unhelpful }: ThreadRecord): string {
  const ends = past.map(({ end, reason }) => `${reason}>${end}`).join(' ');
  const { how = '', takeRefused, pausedUntil } = open ?? {};
  const state = open === undefined ? 'none' : [open.state, open.reason, how].filter((part) => part !== '').join(' ');
  const more = [
    ...(takeRefused === undefined ? [] : [`refused ${takeRefused}`]),
    ...(pausedUntil === undefined ? [] : [`paused until ${(pausedUntil - now) / minute} min`]),
    ...(unhelpful === undefined ? [] : [`unhelpful ${unhelpful}`]),
  ];
  return `[${[state, ...more].join(', ')}${ends === '' ? '' : `; ${ends}`}]`;
}

/** Rows of `rules | record | event | what is decided`. */
const table = readFileSync(new URL('./fixtures/decisions.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(' | '));

describe('the decisions about a takeover', () => {
  for (const [situation, rows] of Map.groupBy(table, ([name, record]) => `${name} | ${record}`)) {
    it(`are those of the table: ${situation}, ${rows.length} rows`, () => {
      const decided = rows.map(([name = '', record = '', event = '']) => {
        const [r, s, e] = [variants[name], records[record], events[event]];
        if (r === undefined || s === undefined || e === undefined) throw new Error(`${name} ${record} ${event}`);
        return [name, record, event, summary(decide(r, s, e, now))].join(' | ');
      });
      expect(decided.join('\n')).to.equal(rows.map((row) => row.join(' | ')).join('\n'));
    });
  }

  /** Each event in each situation, also where it cannot happen. */
  const all = once(() =>
    Object.entries(variants).flatMap(([r, variant]) =>
      Object.entries(records).flatMap(([s, record]) =>
        Object.entries(events).map(
          ([e, event]) => [`${r} | ${s} | ${e}`, record, event, decide(variant, record, event, now)] as const,
        ),
      ),
    ),
  );

  const rowsThat = (isWrong: (situation: ReturnType<typeof all>[number]) => boolean): string[] =>
    all()
      .filter(isWrong)
      .map(([row]) => row);

  it('say nothing over a person: what is said stands behind a take, or the thread has come back', () => {
    const wrong = rowsThat(([, record, event, { actions }]) => {
      const kinds = actions.map((action) => action.do);
      const mayNot = record.open?.state === 'person' && !isResult(event) && event.kind !== 'threadGained';
      return kinds.includes('say') && ((mayNot && !kinds.includes('resume')) || kinds.includes('take'));
    });
    expect(wrong).to.deep.equal([]);
  });

  it('say what is to be said before they pass, and set at most one timer, as the last thing', () => {
    const wrong = rowsThat(([, , , { actions }]) => {
      const kinds = actions.map((action) => action.do);
      const passes = kinds.indexOf('pass');
      return (passes !== -1 && kinds.lastIndexOf('say') > passes) || kinds.slice(0, -1).includes('wake');
    });
    expect(wrong).to.deep.equal([]);
  });

  it('tell one hook of each handover that ends, so that every figure counts it', () => {
    const wrong = rowsThat(([, before, , { record, actions }]) => {
      const ended = record.past.filter((one) => !before.past.includes(one));
      const told = actions.flatMap((action) =>
        action.do === 'tell' && (action.hook === 'handedBack' || action.hook === 'declined') ? [action.handover] : [],
      );
      return !isDeepStrictEqual(told, ended);
    });
    expect(wrong).to.deep.equal([]);
  });

  it('forget no handover: one that is open stays so, or is a past one then', () => {
    const wrong = rowsThat(([, { open }, , { record }]) => {
      const left = [...record.past, ...(record.open === undefined ? [] : [record.open])];
      const isKept = open?.state === 'waiting' || open?.state === 'person';
      return isKept && !left.some(({ id }) => id === open.id);
    });
    expect(wrong.join('\n')).to.equal('');
  });

  it('set no timer for later than timers can be set, whatever the rules say', () => {
    const monday = (week: number) => new Date(now + week * 7 * 24 * hour).toISOString().slice(0, 10);
    const holidays = Array.from({ length: 6 * 53 }, (_, week) => monday(week)).join('; ');
    const rare = openingHours({ timeZone: 'UTC', week: 'Mo 12:00-17:00', holidays });
    const { actions } = decide({ ...closed, hours: rare, outsideHours: 'keep' }, noRecord, says('agent'), now);
    const [wake] = actions.flatMap((action) => (action.do === 'wake' ? [action.at] : []));
    expect(wake).to.equal(now + 366 * 24 * hour);
    for (const name of ['silenceMs', 'hardLimitMs', 'noticeMs', 'unhelpfulAnswers'] as const) {
      for (const value of [Infinity, NaN, 0, -1]) {
        expect(() => takeoverRules({ [name]: value }), `${name} ${value}`).to.throw(RangeError);
      }
    }
  });

  it('change nothing of what they were given, and give records that survive the store', () => {
    const before = JSON.stringify(records);
    const wrong = rowsThat(([, , , { record }]) => {
      const text = JSON.stringify(readThreadRecord(JSON.parse(JSON.stringify(record))));
      return record.open?.state === 'ended' || !isDeepStrictEqual(JSON.parse(text), record);
    });
    expect(wrong).to.deep.equal([]);
    expect(JSON.stringify(records)).to.equal(before);
  });
});

function isResult({ kind }: TakeoverEvent): boolean {
  return ['suppressed', 'passed', 'passRefused', 'taken', 'takeRefused', 'owner', 'lastWord'].includes(kind);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
