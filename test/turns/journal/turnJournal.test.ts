import { expect } from 'chai';
import { conservativeNow } from '../../../turns/reconcile/grace.ts';
import { createMemoryStore } from '../../../store/memory/memoryStore.ts';
import type { InboxEvent, Store } from '../../../store/store.ts';
import { event } from '../../contracts/storeContract.ts';
import { createFakePlatform, createTurnStage, type TurnStage, type TurnStageOptions } from '../../support/turnStage.ts';

const conversation = 'facebook 1 customer';

/** A turn that fails at the end of its first run. */
function failingOnce(turn: (stage: TurnStage, event: InboxEvent) => Promise<void>) {
  let runs = 0;
  return async (stage: TurnStage, one: InboxEvent) => {
    await turn(stage, one);
    runs += 1;
    if (runs === 1) throw new Error('the bot broke');
  };
}

async function play(
  run: TurnStageOptions['run'],
  options: Partial<TurnStageOptions> & { script?: ReturnType<typeof createFakePlatform>['script'] } = {},
) {
  const clock = { now: 1_700_000_000_000 };
  const store: Store = options.store ?? createMemoryStore({ now: () => clock.now, monotonicNow: () => clock.now });
  const platform = options.platform ?? createFakePlatform(() => clock.now);
  platform.script.push(...(options.script ?? []));
  const pass = (ms: number) => void (clock.now += ms);
  const stage = createTurnStage({ ...options, store, platform, run, now: () => clock.now, pass });
  await store.accept([event('1', conversation)]);
  await stage.runner.settled();
  const letters = await store.deadLetters.list();
  return { store, platform, stage, letters, texts: platform.sent.map(({ text }) => text) };
}

describe('the turn journal', () => {
  it('sends nothing twice when a turn runs again', async () => {
    const { texts, letters } = await play(
      failingOnce(async (stage) => {
        await stage.say('one');
        await stage.say('two');
      }),
    );
    expect(texts).to.deep.equal(['one', 'two']);
    expect(letters).to.deep.equal([]);
  });

  it('gives a turn that runs again what it was given before', async () => {
    const seen: string[] = [];
    await play(failingOnce(async (stage) => void seen.push(await stage.say('one'))));
    expect(seen).to.deep.equal(['m_1', 'm_1']);
  });

  it('tells a turn that runs again of the refusal that it went on after', async () => {
    const seen: string[] = [];
    const { texts } = await play(
      failingOnce(async (stage) => {
        await stage.say('one').catch((err: unknown) => seen.push(String((err as { statusCode: number }).statusCode)));
        await stage.say('two');
      }),
      { script: ['refuse'] },
    );
    expect(seen).to.deep.equal(['400', '400']);
    expect(texts).to.deep.equal(['two']);
  });

  it('tries again what was refused last, since that is why the turn runs again', async () => {
    let runs = 0;
    const { texts, letters } = await play(
      async (stage) => {
        runs += 1;
        await stage.say('one');
        await stage.say('two').catch(() => {
          throw new Error('the bot gives up');
        });
      },
      { script: ['work', 'refuse'] },
    );
    expect(runs).to.equal(2);
    expect(texts).to.deep.equal(['one', 'two']);
    expect(letters).to.deep.equal([]);
  });

  it('asks anew about what it could only tell the turn was unknown, when the turn failed for it', async () => {
    let [runs, asked] = [0, 0];
    const { letters } = await play(async (stage) => {
      runs += 1;
      await stage.journal.perform<undefined>({
        ...{ kind: 'pass', args: {}, read: () => undefined, repetition: 'never', whenUnknown: 'tell' },
        perform: () => Promise.reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })),
        failureOf: () => 'unknown',
        reconcile: async () => {
          asked += 1;
          return asked === 1 ? { state: 'unknown' } : { state: 'done', result: undefined };
        },
      });
    });
    expect([runs, asked]).to.deep.equal([2, 2]);
    expect(letters).to.deep.equal([]);
  });

  it('parks a turn that failed for something unknown which stays so, and does not try it for a day', async () => {
    let runs = 0;
    const { letters } = await play(async (stage) => {
      runs += 1;
      await stage.journal.perform<undefined>({
        ...{ kind: 'request', args: {}, read: () => undefined, repetition: 'never', whenUnknown: 'tell' },
        perform: () => Promise.reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })),
        failureOf: () => 'unknown',
      });
    });
    expect(runs).to.equal(2);
    expect(letters.map(({ reason }) => reason)).to.deep.equal(['unknownOutcome']);
  });

  it('tells a turn the same again that went on after something unknown', async () => {
    const told: string[] = [];
    const { texts } = await play(
      failingOnce(async (stage) => {
        await stage.journal
          .perform<undefined>({
            ...{ kind: 'request', args: {}, read: () => undefined, repetition: 'never', whenUnknown: 'tell' },
            perform: () => Promise.reject(new Error('socket hang up')),
            failureOf: () => 'unknown',
          })
          .catch((error: unknown) => told.push(String(error)));
        await stage.say('sorry');
      }),
    );
    expect(told).to.deep.equal(['Error: socket hang up', 'Error: socket hang up']);
    expect(texts).to.deep.equal(['sorry']);
  });

  it('does not mind in which order a bot writes the fields of a message', async () => {
    let runs = 0;
    const { letters, platform } = await play(async (stage) => {
      runs += 1;
      const content = runs === 1 ? { a: 1, b: { c: 2, d: 3 } } : { b: { d: 3, c: 2 }, a: 1 };
      await stage.send({ content, text: 'x', duplicate: 'visible' }, async () => ({ id: 'm_1' }));
      if (runs === 1) throw new Error('the bot broke');
    });
    expect(letters).to.deep.equal([]);
    expect(platform.sent).to.deep.equal([]);
  });

  it('keeps the effects of a turn apart that it asks for at the same time', async () => {
    const { texts } = await play(
      failingOnce(async (stage) => {
        await Promise.all(['a', 'b', 'c'].map((text) => stage.say(text)));
      }),
    );
    expect([...texts].sort()).to.deep.equal(['a', 'b', 'c']);
  });

  describe('with a message whose answer was lost', () => {
    const sayBoth: TurnStageOptions['run'] = async (stage) => {
      await stage.say('one');
      await stage.say('two');
    };

    it('finds it by reading the conversation back, and does not send it again', async () => {
      const { texts, letters } = await play(sayBoth, { script: ['loseAnswer'] });
      expect(texts).to.deep.equal(['one', 'two']);
      expect(letters).to.deep.equal([]);
    });

    it('sends it again when the conversation shows that it never arrived', async () => {
      const { texts } = await play(sayBoth, { script: ['loseRequest'] });
      expect(texts).to.deep.equal(['one', 'two']);
    });

    it('finds it by its echo, which needs no reading back', async () => {
      const store = createMemoryStore();
      const found: string[] = [];
      const { letters } = await play(
        async (stage, { kind }) => {
          if (kind === 'echo') return;
          const message = { content: 'x', text: 'one', duplicate: 'visible' } as const;
          const { id } = await stage.send(message, async (correlationId) => {
            const echo = { mid: 'm_echo', correlationId, at: 0 };
            await store.accept([{ ...event('echo', conversation), kind: 'echo', echo }]);
            throw new Error('socket hang up');
          });
          found.push(id);
        },
        { readBack: 'none', store },
      );
      expect(found).to.deep.equal(['m_echo']);
      expect(letters).to.deep.equal([]);
    });

    it('finds it by an echo with its words where the mark does not come back', async () => {
      const store = createMemoryStore();
      const { letters, texts } = await play(
        async (stage, { kind }) => {
          if (kind === 'echo') return;
          const message = { content: 'x', text: 'one', duplicate: 'visible' } as const;
          await stage.send(message, async () => {
            const echo = { mid: 'm_9', text: 'one', at: 1_700_000_000_500 };
            await store.accept([{ ...event('echo', conversation), kind: 'echo', echo }]);
            throw new Error('socket hang up');
          });
          await stage.say('two');
        },
        { readBack: 'none', store },
      );
      expect(letters).to.deep.equal([]);
      expect(texts).to.deep.equal(['two']);
    });

    it('parks the turn when nothing can be found out, and sends nothing again', async () => {
      for (const lost of ['loseAnswer', 'loseRequest'] as const) {
        const { texts, letters, store } = await play(sayBoth, { script: [lost], readBack: 'none' });
        expect(texts).to.deep.equal(lost === 'loseAnswer' ? ['one'] : []);
        expect(letters.map(({ reason }) => reason)).to.deep.equal(['unknownOutcome']);
        expect(letters[0]?.sentence).to.match(/it may have happened or not/);
        expect(await store.counts()).to.include({ waiting: 0, claimed: 0 });
      }
    });

    it('sends it again, or takes it as sent, when it is told to choose so', async () => {
      const again = await play(sayBoth, { script: ['loseAnswer'], readBack: 'none', onUnknownOutcome: 'resend' });
      expect(again.texts).to.deep.equal(['one', 'one', 'two']);
      const taken = await play(sayBoth, {
        script: ['loseRequest'],
        readBack: 'none',
        onUnknownOutcome: 'assumeSent',
      });
      expect(taken.texts).to.deep.equal(['two']);
    });

    for (const [jump, hours] of [
      ['back', -1],
      ['forward', 1],
    ] as const) {
      it(`finds it although the clock was set ${jump} an hour before, and not at the platform`, async () => {
        const start = 1_700_000_000_000;
        const wall = start + hours * 3_600_000;
        const { texts, letters } = await play(sayBoth, {
          script: ['loseAnswer'],
          journalNow: () =>
            conservativeNow(
              () => wall,
              () => start,
            ),
        });
        expect(texts).to.deep.equal(['one', 'two']);
        expect(letters).to.deep.equal([]);
      });
    }

    it('does not take an earlier message with the same words for it', async () => {
      const { texts, letters } = await play(
        async (stage) => {
          await stage.say('same');
          await stage.say('same');
        },
        { script: ['work', 'loseRequest'] },
      );
      expect(texts).to.deep.equal(['same', 'same']);
      expect(letters).to.deep.equal([]);
    });

    const saySameTwice: TurnStageOptions['run'] = async (stage) => {
      // The first answer names no message id, so the second one cannot be known from it.
      await stage.send({ content: 1, text: 'same', duplicate: 'visible' }, async () => {
        await stage.platformSend('same');
        return { id: '' };
      });
      await stage.say('same');
    };

    it('counts the messages with the same words when it cannot tell them apart', async () => {
      for (const lost of ['loseAnswer', 'loseRequest'] as const) {
        const { texts, letters } = await play(saySameTwice, { script: ['work', lost] });
        expect(texts, lost).to.deep.equal(['same', 'same']);
        expect(letters, lost).to.deep.equal([]);
      }
    });

    it('parks the turn when they cannot be counted', async () => {
      const { texts, letters } = await play(saySameTwice, { script: ['work', 'loseAnswer'], readBack: 'none' });
      expect(texts).to.deep.equal(['same', 'same']);
      expect(letters.map(({ reason }) => reason)).to.deep.equal(['unknownOutcome']);
    });
  });

  it('writes down nothing outside of a turn', async () => {
    const store = createMemoryStore();
    const platform = createFakePlatform();
    const stage = createTurnStage({ store, platform, run: async () => undefined });
    expect(await stage.say('proactive')).to.equal('m_1');
  });
});
