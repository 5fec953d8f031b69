import { expect } from 'chai';
import type { Effect } from '../../turns/journal/effect.ts';
import { createMemoryStore } from '../../store/memory/memoryStore.ts';
import type { InboxEvent, JournalEntry, Store, UnknownEffects } from '../../store/store.ts';
import type { TurnJournalOptions } from '../../turns/journal/turnJournal.ts';
import { claimOne, event } from '../contracts/storeContract.ts';
import { createFakePlatform, createTurnStage, type TurnStage, type TurnStageOptions } from '../support/turnStage.ts';

const conversation = 'facebook 1 7004';

let tellKilled: () => void = () => undefined;

/** Never answers: the process is killed in it. */
function never(): Promise<never> {
  tellKilled();
  return new Promise<never>(() => undefined);
}

/** One act of another kind than a message, whose platform counts how often it is done. */
interface FakeAct {
  done: number;
  outcome: 'done' | 'absent' | 'unknown';
  /** As a process does at its start. */
  know: (stage: TurnStage) => void;
  perform: (stage: TurnStage, kill?: 'before' | 'after') => Promise<unknown>;
}

function fakeAct(kind = 'pass_thread_control'): FakeAct {
  const reconcile: Effect<undefined>['reconcile'] = () =>
    Promise.resolve(act.outcome === 'done' ? { state: 'done', result: undefined } : { state: act.outcome });
  const act: FakeAct = {
    done: 0,
    outcome: 'done',
    know: (stage) => stage.journal.reconciles?.(kind, { reconcile }),
    perform: (stage, kill) => {
      return stage.journal.perform<undefined>({
        ...{ kind, args: {}, to: '7004', repetition: 'never', whenUnknown: 'tell', reconcile },
        perform: async () => {
          if (kill === 'before') return never();
          act.done += 1;
          return kill === 'after' ? never() : undefined;
        },
        read: () => undefined,
        failureOf: () => 'unknown',
      });
    },
  };
  return act;
}

/** Says something; the process is killed before or after the platform has it. */
function sayAndDie(stage: TurnStage, text: string, kill: 'before' | 'after'): Promise<unknown> {
  return stage.send({ content: { type: 'message', text }, text, duplicate: 'visible' }, async () => {
    if (kill === 'after') await stage.platformSend(text);
    return never();
  });
}

interface Play extends Partial<TurnStageOptions> {
  /** One for each run. A run that never ends is killed, one that throws is tried again. */
  runs: ((stage: TurnStage, event: InboxEvent) => Promise<unknown>)[];
  divergedTurns?: TurnJournalOptions['divergedTurns'];
}

/** Runs of one turn, each in a process of its own. */
async function play({ runs, ...options }: Play) {
  const store = options.store ?? createMemoryStore();
  const platform = createFakePlatform();
  await store.accept([event('1', conversation)]);
  let ran = 0;
  const process = () =>
    createTurnStage({
      store,
      platform,
      ...options,
      run: async (one, event) => {
        await runs[ran++]?.(one, event);
      },
    });
  let stage = process();
  for (;;) {
    const killed = new Promise<string>((resolve) => (tellKilled = () => resolve('killed')));
    if ((await Promise.race([stage.runner.settled(), killed])) === undefined) break;
    stage.runner.stop();
    await store.retry(1, 0);
    stage = process();
  }
  const letters = await store.deadLetters.list();
  const texts = () => platform.sent.map(({ text }) => text);
  /** Puts the dead letter back to work, and tells what became of it. */
  const replay = async (unknown: UnknownEffects, run: Play['runs'][number]) => {
    const again = createTurnStage({
      store,
      platform,
      ...options,
      run: async (one, event) => {
        await run(one, event);
      },
    });
    await store.deadLetters.replay(letters[0]!.id, unknown);
    await again.runner.settled();
    return (await store.deadLetters.list()).map(({ reason }) => reason);
  };
  return { store, platform, stage, letters, texts, replay, reasons: letters.map(({ reason }) => reason) };
}

describe('a turn that runs again', () => {
  describe('with other words', () => {
    it('does not send again what was sent, and goes on behind it', async () => {
      const { texts, reasons } = await play({
        runs: [
          async (stage) => {
            await stage.say('hello, it is nine');
            throw new Error('the bot broke');
          },
          async (stage) => {
            await stage.say('hello, it is ten');
            await stage.say('good bye');
          },
        ],
      });
      expect(texts()).to.deep.equal(['hello, it is nine', 'good bye']);
      expect(reasons).to.deep.equal([]);
    });

    it('gets the result of what was sent', async () => {
      const ids: string[] = [];
      await play({
        runs: [
          async (stage) => {
            ids.push(await stage.say('one'));
            throw new Error('the bot broke');
          },
          async (stage) => void ids.push(await stage.say('other words')),
        ],
      });
      expect(ids).to.deep.equal(['m_1', 'm_1']);
    });

    it('looks for the words that were on their way, and sends the new ones only when those never came', async () => {
      for (const [kill, seen] of [
        ['after', ['it is nine']],
        ['before', ['it is ten']],
      ] as const) {
        const { texts, reasons } = await play({
          runs: [(stage) => sayAndDie(stage, 'it is nine', kill), (stage) => stage.say('it is ten')],
        });
        expect(texts(), kill).to.deep.equal(seen);
        expect(reasons, kill).to.deep.equal([]);
      }
    });

    it('prefers a message with the same words to one that comes first', async () => {
      const { texts } = await play({
        runs: [
          async (stage) => {
            await stage.say('a');
            await sayAndDie(stage, 'b', 'before');
          },
          async (stage) => {
            await stage.say('b');
            await stage.say('a');
          },
        ],
      });
      expect(texts()).to.deep.equal(['a', 'b']);
    });

    it('never takes a message to one customer for a message to another', async () => {
      const sayTo = (stage: TurnStage, id: string, text: string) =>
        stage.send({ content: { recipient: { id }, message: { text } }, text, duplicate: 'visible' }, () =>
          stage.platformSend(`${id}: ${text}`),
        );
      const { texts } = await play({
        runs: [
          async (stage) => {
            await sayTo(stage, '1', 'hello');
            throw new Error('the bot broke');
          },
          async (stage) => {
            await sayTo(stage, '2', 'hello you');
            await sayTo(stage, '1', 'hello there');
          },
        ],
      });
      expect(texts()).to.deep.equal(['1: hello', '2: hello you']);
    });
  });

  describe('in another order', () => {
    it('is done, whichever of two branches comes first', async () => {
      const act = fakeAct();
      const { texts, reasons } = await play({
        runs: [
          async (stage) => {
            await act.perform(stage);
            await stage.say('a');
            await sayAndDie(stage, 'b', 'after');
          },
          async (stage) => {
            await stage.say('b');
            await stage.say('a');
            await act.perform(stage);
            await stage.say('c');
          },
        ],
      });
      expect(texts()).to.deep.equal(['a', 'b', 'c']);
      expect(act.done).to.equal(1);
      expect(reasons).to.deep.equal([]);
    });

    for (const [first, second] of [
      ['with', 'without'],
      ['without', 'with'],
    ] as const) {
      it(`is done when it shows that it is typing, ${first} at first and ${second} it then`, async () => {
        const typing = (stage: TurnStage) =>
          stage.send({ content: { sender_action: 'typing_on' }, text: '', duplicate: 'harmless' }, async () => ({
            id: '',
          }));
        const { texts, reasons } = await play({
          runs: [
            async (stage) => {
              if (first === 'with') await typing(stage);
              await stage.say('a');
              throw new Error('the bot broke');
            },
            async (stage) => {
              if (second === 'with') await typing(stage);
              await stage.say('a');
              await stage.say('b');
            },
          ],
        });
        expect(texts()).to.deep.equal(['a', 'b']);
        expect(reasons).to.deep.equal([]);
      });
    }
  });

  describe('with questions', () => {
    const ask = async (stage: TurnStage, answer: string): Promise<string> =>
      stage.journal.perform<string>({
        ...{ kind: 'thread_owner', role: 'question', args: {}, repetition: 'safe', whenUnknown: 'tell' },
        perform: async () => answer,
        read: String,
        failureOf: () => 'refused',
      });

    it('asks one more, or one less, and nothing is shifted', async () => {
      const { texts, reasons } = await play({
        runs: [
          async (stage) => {
            await stage.say('a');
            await ask(stage, 'me');
            throw new Error('the bot broke');
          },
          async (stage) => {
            await ask(stage, 'me');
            await stage.say('a');
            throw new Error('the bot broke');
          },
          async (stage) => {
            await stage.say('a');
            await stage.say('b');
          },
        ],
      });
      expect(texts()).to.deep.equal(['a', 'b']);
      expect(reasons).to.deep.equal([]);
    });

    it('gets the answer that it got in the same place, and in another place a new one', async () => {
      const heard: string[] = [];
      await play({
        runs: [
          async (stage) => {
            heard.push(await ask(stage, 'me'));
            await stage.say('a');
            throw new Error('the bot broke');
          },
          async (stage) => {
            heard.push(await ask(stage, 'another'), await ask(stage, 'another'));
            await stage.say('a');
            heard.push(await ask(stage, 'another'));
          },
        ],
      });
      expect(heard).to.deep.equal(['me', 'me', 'me', 'another']);
    });

    it('asks anew when the turn ran again for something that was refused', async () => {
      const heard: string[] = [];
      let owner = 'me';
      await play({
        runs: [0, 1].map(() => async (stage: TurnStage) => {
          await stage.say('a');
          await stage.say('b').catch(() => undefined);
          heard.push(await ask(stage, owner));
          owner = 'another';
          if (heard.length === 1) throw new Error('the bot broke');
        }),
        platform: createFakePlatform(),
      });
      expect(heard).to.deep.equal(['me', 'me']);
    });
  });

  describe('and asks for less', () => {
    it('is done, with a line in the log, when what is left has happened', async () => {
      const act = fakeAct();
      const { texts, reasons, stage } = await play({
        runs: [
          async (one) => {
            await one.say('a');
            await one.say('b');
            await act.perform(one, 'after');
          },
          async (one) => {
            act.know(one);
            await one.say('a');
          },
        ],
      });
      expect(texts()).to.deep.equal(['a', 'b']);
      expect(act.done).to.equal(1);
      expect(reasons).to.deep.equal([]);
      const told = stage.logger.lines.filter(({ level }) => level === 'warn');
      expect(told.map(({ message }) => message)).to.include(
        'a turn ran again without asking for everything that it had done before',
      );
    });

    for (const asksFor of ['one', 'none'] as const) {
      it(`is told to a person when what is left never came, asking for ${asksFor}`, async () => {
        const { texts, letters, replay } = await play({
          runs: [
            async (stage) => {
              await stage.say('first');
              await sayAndDie(stage, 'second', 'before');
            },
            async (stage) => {
              if (asksFor === 'one') await stage.say('first');
            },
          ],
        });
        expect(texts()).to.deep.equal(['first']);
        expect(letters.map(({ reason }) => reason)).to.deep.equal(['diverged']);
        expect(letters[0]?.sentence).to.match(/had begun before and what never happened: send/);
        const both = async (stage: TurnStage) => {
          await stage.say('first');
          await stage.say('second');
        };
        expect(await replay('keep', both)).to.deep.equal([]);
        expect(texts()).to.deep.equal(['first', 'second']);
      });
    }

    it('is told to nobody when what was to be done is known no more', async () => {
      const { texts, letters } = await play({
        runs: [
          async (stage) => {
            await stage.say('first');
            await sayAndDie(stage, 'second', 'before');
          },
          async (stage) => stage.scopes.current()?.abandon(),
        ],
      });
      expect(texts()).to.deep.equal(['first']);
      expect(letters).to.deep.equal([]);
    });

    it('keeps what came after all, and what its words were', async () => {
      const { texts, reasons, store } = await play({
        runs: [(stage) => sayAndDie(stage, 'second', 'after'), async () => undefined],
      });
      expect(texts()).to.deep.equal(['second']);
      expect(reasons).to.deep.equal([]);
      expect(await store.journal.sentSince(conversation, 0)).to.have.length(1);
      expect((await store.journal.sentSince(conversation, 0))[0]).to.include({ text: 'second', mid: 'm_1' });
    });

    it('is told to a person when nothing is learnt of what is left', async () => {
      const act = fakeAct();
      act.outcome = 'unknown';
      const begin = (stage: TurnStage) => act.perform(stage, 'before');
      const silent = async (stage: TurnStage) => act.know(stage);
      const parked = await play({ runs: [begin, silent] });
      expect(parked.reasons).to.deep.equal(['unknownOutcome']);
      expect(await parked.replay('assumeDone', silent)).to.deep.equal([]);
      const assumed = await play({ runs: [begin, silent], onUnknownOutcome: 'assumeSent' });
      expect(assumed.reasons).to.deep.equal([]);
    });

    it('runs again later when it cannot be asked now', async () => {
      let asked = 0;
      const reconcile = async () => {
        asked += 1;
        if (asked === 1) throw new Error('Graph does not answer');
        return { state: 'done', result: undefined } as const;
      };
      const act = fakeAct();
      const silent = async (stage: TurnStage) => stage.journal.reconciles?.('pass_thread_control', { reconcile });
      const { reasons } = await play({ runs: [(stage) => act.perform(stage, 'before'), silent, silent] });
      expect(asked).to.equal(2);
      expect(reasons).to.deep.equal([]);
    });
  });

  describe('when a divergence is to be a dead letter', () => {
    it('stops before it does something of another kind', async () => {
      const act = fakeAct();
      const { texts, reasons, replay } = await play({
        divergedTurns: 'deadLetter',
        runs: [
          async (stage) => {
            await stage.say('a');
            throw new Error('the bot broke');
          },
          (stage) => act.perform(stage),
        ],
      });
      expect([texts(), act.done, reasons]).to.deep.equal([['a'], 0, ['diverged']]);
      expect(await replay('keep', (stage) => act.perform(stage))).to.deep.equal([]);
      expect(act.done).to.equal(1);
    });

    it('stops when it asks for less, and goes on once a person has put it back', async () => {
      for (const choice of ['keep', 'again', 'assumeDone'] as const) {
        const { texts, reasons, replay } = await play({
          divergedTurns: 'deadLetter',
          runs: [
            async (stage) => {
              await stage.say('a');
              throw new Error('the bot broke');
            },
            async () => undefined,
          ],
        });
        expect([texts(), reasons]).to.deep.equal([['a'], ['diverged']]);
        expect(await replay(choice, async () => undefined), choice).to.deep.equal([]);
      }
    });

    it('does not stop for other words or another order', async () => {
      const act = fakeAct();
      const { texts, reasons } = await play({
        divergedTurns: 'deadLetter',
        runs: [
          async (stage) => {
            await stage.say('a');
            await act.perform(stage);
            throw new Error('the bot broke');
          },
          async (stage) => {
            await act.perform(stage);
            await stage.say('other words');
            await stage.say('b');
          },
        ],
      });
      expect([texts(), act.done, reasons]).to.deep.equal([['a', 'b'], 1, []]);
    });
  });
});

describe('a turn whose bot does not wait for what it does', () => {
  it('ends when that has ended, with all that follows from it', async () => {
    const { texts, reasons } = await play({
      runs: [
        async (stage) => {
          void (async () => {
            await stage.say('a');
            await stage.say('b');
          })();
          await Promise.resolve();
        },
      ],
    });
    expect(texts()).to.deep.equal(['a', 'b']);
    expect(reasons).to.deep.equal([]);
  });

  it('is not forgotten when the process ends meanwhile', async () => {
    const { texts, reasons } = await play({
      runs: [async (stage) => void sayAndDie(stage, 'a', 'before'), async (stage) => void stage.say('a')],
    });
    expect(texts()).to.deep.equal(['a']);
    expect(reasons).to.deep.equal([]);
  });

  it('does nothing more once the turn has failed, since it runs again', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const refusals: unknown[] = [];
    let late: Promise<void> = Promise.resolve();
    const { texts } = await play({
      runs: [
        async (stage) => {
          late = released
            .then(() => stage.say('late'))
            .then(
              () => undefined,
              (error: unknown) => void refusals.push(error),
            );
          throw new Error('the bot broke');
        },
        async (stage) => stage.say('a'),
      ],
    });
    release();
    await late;
    expect(texts()).to.deep.equal(['a']);
    expect(refusals.map(String)).to.deep.equal(['Error: the bot broke']);
  });
});

describe('a dead letter of an earlier version', () => {
  const at = 1_700_000_000_000;
  const old = (ordinal: number, kind: string, more: Partial<JournalEntry>): JournalEntry => ({
    ...{ ordinal, kind, hash: `old ${ordinal}`, at, outcome: 'done', result: '{"id":"m_0"}' },
    detail: JSON.stringify({ mark: 'once-1', args: { type: 'message', text: 'goes to a person' } }),
    ...more,
  });

  async function letterWith(store: Store, journal: readonly JournalEntry[]): Promise<number> {
    await store.accept([event('1', conversation)]);
    const { id } = await claimOne(store);
    for (const entry of journal) {
      await store.journal.begin(id, entry);
      if (entry.outcome !== 'open') await store.journal.end(id, entry.ordinal, entry.outcome, entry.result);
    }
    const sentence =
      'The turn ran again and asked for something else: its effect 1 was send before and thread_owner now.';
    await store.fail(id, { reason: 'nondeterministic', sentence });
    return id;
  }

  for (const unknown of ['keep', 'again', 'assumeDone'] as const) {
    it(`is replayed to a good end with ${unknown}, whether the pass had been begun or not`, async () => {
      for (const passed of ['never begun', 'open', 'known'] as const) {
        const store = createMemoryStore();
        const platform = createFakePlatform();
        const act = fakeAct();
        act.outcome = 'absent';
        const pass = old(2, 'pass_thread_control', {
          detail: JSON.stringify({ mark: 'once-2', args: {} }),
          ...(passed === 'open' ? { outcome: 'open', result: '' } : { result: 'null' }),
        });
        const typing = old(0, 'send', {
          detail: JSON.stringify({ mark: 'once-0', args: { sender_action: 'typing_on' } }),
        });
        await letterWith(store, [typing, old(1, 'send', {}), ...(passed === 'never begun' ? [] : [pass])]);
        await store.deadLetters.replay(1, unknown);
        const stage = createTurnStage({
          store,
          platform,
          run: async (one) => {
            await one.journal.perform<string>({
              ...{ kind: 'thread_owner', role: 'question', args: {}, repetition: 'safe', whenUnknown: 'tell' },
              ...{ perform: async () => 'me', read: String, failureOf: () => 'refused' },
            });
            await one.say('goes to a person');
            await act.perform(one);
          },
        });
        await stage.runner.settled();
        expect(await store.deadLetters.list(), passed).to.deep.equal([]);
        expect(platform.sent, passed).to.deep.equal([]);
        const isAssumed = passed === 'known' || (passed === 'open' && unknown === 'assumeDone');
        expect(act.done, passed).to.equal(isAssumed ? 0 : 1);
      }
    });
  }
});
