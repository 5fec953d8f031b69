import { expect } from 'chai';
import {
  afterNews,
  readOwnershipNote,
  spanOfEvent,
  type OwnershipNews,
  type OwnershipNote,
} from '../../bots/ownershipNote.ts';
import { seededRandom, type SeededRandom } from '../support/seededRandom.ts';

/** Something that happened, when it was so, and when the bot came to know it. */
interface Fact {
  news: OwnershipNews;
  at: number;
  knownAt: number;
}

type Told = Pick<OwnershipNews, 'owner' | 'by'>;

const events: readonly Told[] = [
  { owner: 'this', by: 'event' },
  { owner: 'other', by: 'event' },
];
const calls: readonly Told[] = [
  { owner: 'this', by: 'call' },
  { owner: 'other', by: 'call' },
];
const passes: readonly Told[] = [{ owner: 'other', by: 'pass' }];

/** Facts about one thread, a second or more apart. Clocks differ by up to `offMs`; an event is on its way for any time. */
function factsOf(random: SeededRandom, offMs: number, kinds: readonly Told[]): Fact[] {
  const facts: Fact[] = [];
  for (let at = 1_000_500, left = 1 + random.below(6); left > 0; left -= 1, at += 1000 + random.below(5000)) {
    const told = random.pick(kinds);
    const [isEvent, off] = told.by === 'event' ? [true, 0] : [false, offMs];
    const span = { earliest: at - random.below(off + 1), latest: at + random.below(off + 1) };
    facts.push({ news: { ...told, at: span }, at, knownAt: isEvent ? at + random.below(20_000) : at });
  }
  return facts;
}

function known(facts: readonly Fact[]): OwnershipNote | undefined {
  const inOrder = facts.toSorted((one, other) => one.knownAt - other.knownAt);
  return inOrder.reduce<OwnershipNote | undefined>((note, { news }) => afterNews(note, news), undefined);
}

describe('What is known of the owner of a thread', () => {
  it('is what was so last, however long the events were on their way', () => {
    const random = seededRandom(20);
    for (let round = 0; round < 5000; round += 1) {
      const facts = factsOf(random, 0, [...events, ...calls, ...passes]);
      expect(known(facts)?.owner, JSON.stringify(facts)).to.equal(facts.at(-1)?.news.owner);
    }
  });

  for (const [offMs, kinds] of [
    [3000, [...events, ...calls]],
    [999, [...events, ...calls, ...passes]],
  ] as const) {
    it(`is never that the thread is this app's if it is not, though clocks differ by ${offMs} ms`, () => {
      const random = seededRandom(21);
      let [right, all] = [0, 0];
      for (let round = 0; round < 5000; round += 1) {
        const facts = factsOf(random, offMs, kinds);
        const [is, was] = [known(facts)?.owner, facts.at(-1)?.news.owner];
        if (was === 'other') expect(is, JSON.stringify(facts)).to.equal('other');
        if (was === 'this') [right, all] = [right + Number(is === 'this'), all + 1];
      }
      expect(right / all, 'and seldom the other way round').to.be.above(0.7);
    });
  }

  it('is the same in whatever order the same events come, and however often', () => {
    const random = seededRandom(22);
    const orders = <T>(list: readonly T[]): T[][] =>
      list.length < 2
        ? [[...list]]
        : list.flatMap((one, index) => orders(list.toSpliced(index, 1)).map((rest) => [one, ...rest]));
    for (let round = 0; round < 50; round += 1) {
      // Some of them at the same time.
      const told = Array.from({ length: 4 }, (): OwnershipNews => {
        const at = 1_000_001 + random.below(4);
        return { owner: random.pick(['this', 'other']), by: 'event', at: { earliest: at, latest: at } };
      });
      const outcomes = orders([...told, ...told.slice(0, 1)]).map((order) =>
        order.reduce<OwnershipNote | undefined>(afterNews, undefined),
      );
      const newest = Math.max(...told.map(({ at }) => at.latest));
      const owner = told.some((one) => one.at.latest === newest && one.owner === 'other') ? 'other' : 'this';
      for (const outcome of outcomes) expect(outcome).to.deep.equal({ owner, toldAt: newest });
    }
  });

  it('takes an event in whole seconds for one of any time in that second, and one without a time for an old one', () => {
    const event = { kind: 'take_thread_control', via: 'messaging' } as const;
    const told = (raw: object, timestamp?: number) => spanOfEvent({ ...event, raw, ...(timestamp && { timestamp }) });
    expect(told({ timestamp: 1_700_000_000 }, 1_700_000_000_000)).to.deep.equal({
      ...{ earliest: 1_700_000_000_000, latest: 1_700_000_000_999 },
    });
    expect(told({ timestamp: 1_700_000_000_001 })).to.deep.equal({
      ...{ earliest: 1_700_000_000_001, latest: 1_700_000_000_001 },
    });
    expect(told({}, 1_700_000_000_001), 'the time of an activity').to.deep.equal({
      ...{ earliest: -Infinity, latest: 1_700_000_000_001 },
    });
  });

  it('can be what an earlier version noted without a time, which any event is newer than', () => {
    const at = { earliest: 1, latest: 1 };
    for (const json of ['passed', 'kept', { owner: 'other' }, { owner: 'other', isPaused: true, roles: 0 }]) {
      expect(afterNews(readOwnershipNote(json), { owner: 'this', by: 'event', at })).to.deep.equal({
        ...{ owner: 'this', toldAt: 1 },
      });
    }
    expect(
      afterNews(readOwnershipNote({ owner: 'other', toldAt: 2 }), { owner: 'this', by: 'event', at }).owner,
    ).to.equal('other');
  });
});
