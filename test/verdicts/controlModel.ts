import type { ThreadControl, ThreadOwner } from '../../helpers/facebookThreadControlHelper.ts';
import { createPlatformClock } from '../../helpers/graph/platformClock.ts';
import { GraphTransportError } from '../../helpers/graph/graphErrors.ts';
import type { Effect, EffectJournal } from '../../turns/journal/effect.ts';
import { JournaledThreadControl } from '../../turns/journal/journaledThreadControl.ts';
import type { ThreadNote } from '../../store/store.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { createVirtualTime } from './virtualTime.ts';

/** What happens in the histories of a scenario. */
export interface ControlScenario {
  command: 'pass' | 'take' | 'release';
  /** How many histories in which others move the thread, too. */
  othersShare: number;
  crashShare: number;
  /** How far the own clock may be off, in milliseconds. */
  clockMs: number;
  /** How much this app is told of other owners: their names, or that there is one. */
  sees: 'names' | 'others';
}

export interface ControlTally {
  asked: number;
  unknown: number;
  wrongDone: number;
  wrongAbsent: number;
}

const [self, target, stranger] = ['1000', '2000', '3000'] as const;
type Owner = typeof self | typeof target | typeof stranger | undefined;

/** What is promised: an event is heard within the grace, counted from when the thread moved or from the start of the process. */
const latestEventMs = 4_000;

/** One history of a call that moves a thread, told by its seed. `done` is right when the thread was where the call was to bring it. */
export async function playControlHistory(scenario: ControlScenario, seed: number): Promise<ControlTally> {
  const { command, othersShare, crashShare, clockMs, sees } = scenario;
  const { next, below, pick } = seededRandom(seed);
  const chance = (share: number) => share > 0 && next() < share;
  const time = createVirtualTime(1_700_000_000_000 + below(100_000));
  const aheadMs = clockMs === 0 ? 0 : below(2 * clockMs) - clockMs;
  const now = () => time.now() + aheadMs;
  const clock = createPlatformClock(now);
  const learn = () => clock.learn(new Date(time.now()).toUTCString(), now());
  learn();

  let owner: Owner = command === 'take' ? pick([target, stranger]) : self;
  let [wasThere, downUntil] = [false, 0];
  const handovers: (ThreadNote & { notedAt: number })[] = [];
  const othersSpoke: { at: number; notedAt: number }[] = [];

  function hear(note: ThreadNote): void {
    const dueAt = Math.max(time.now(), downUntil) + below(latestEventMs);
    time.at(dueAt, () => {
      const late = Math.max(dueAt, downUntil > dueAt ? downUntil + below(latestEventMs) : dueAt);
      time.at(late, () => handovers.push({ ...note, notedAt: now() }));
    });
  }
  function move(to: Owner, how: 'call' | 'pass' | 'take'): void {
    const from = owner;
    if (from === to) return;
    owner = to;
    const ownersOf = {
      ...(to === undefined ? {} : { newOwner: to }),
      ...(from === undefined ? {} : { previousOwner: from }),
    };
    if (to === self && how === 'pass') hear({ kind: 'pass_thread_control', at: time.now(), ...ownersOf });
    if (from === self && how === 'take') hear({ kind: 'take_thread_control', at: time.now(), ...ownersOf });
  }
  const isGoal = () =>
    command === 'take' ? owner === self : command === 'release' ? owner !== self : owner === target;

  // What came just before the call tells nothing of it.
  if (chance(0.3)) handovers.push({ kind: 'pass_thread_control', at: time.now() - below(500), notedAt: now() - 1 });

  if (chance(0.3)) othersSpoke.push({ at: time.now() - 60_000, notedAt: now() - 59_000 });

  function takesEffect(): void {
    if (command === 'take') move(self, 'call');
    else if (owner === self) move(command === 'pass' ? target : undefined, 'call');
    wasThere ||= isGoal();
  }

  const tookEffect = chance(0.5);
  const isLate = tookEffect && chance(0.2);
  const isCrash = chance(crashShare);
  const unused = () => Promise.reject(new Error('This is not part of the play.'));
  const inner: ThreadControl = {
    ...{ passThreadControl: unused, takeThreadControl: unused, releaseThreadControl: unused },
    ...{ requestThreadControl: unused, extendThreadControl: unused, getSecondaryReceivers: unused },
    getThreadOwner: async (): Promise<ThreadOwner> => {
      await time.sleep(20 + below(300));
      learn();
      if (chance(0.1)) throw new GraphTransportError('timeout');
      if (owner === undefined) return { owner: 'idle' };
      return owner === self || sees === 'names' ? { owner: 'app', appId: owner } : { owner: 'other' };
    },
  };

  let state = '';
  const journal: EffectJournal = {
    perform: async <T>(effect: Effect<T>): Promise<T> => {
      const at = now();
      const { about, args } = effect;
      if (tookEffect && !isLate) {
        await time.sleep(20 + below(800));
        takesEffect();
      }
      await time.sleep(below(10_000));
      if (isLate) time.at(time.now() + below(4_500), takesEffect);
      const endedAt = now();
      if (isCrash) {
        downUntil = time.now() + below(30_000);
        await time.sleep(downUntil - time.now());
      }
      const begun = { correlationId: 'once-1', at, args, about, ...(isCrash ? {} : { endedAt }) };
      const { reconcile: settle } = isCrash ? await capture() : effect;
      for (;;) {
        try {
          state = (await settle?.(begun))?.state ?? 'unknown';
          return undefined as T;
        } catch {
          await time.sleep(500);
        }
      }
    },
  };

  function startProcess(through = journal): ThreadControl {
    return new JournaledThreadControl(inner, {
      ...{ journal: through, appId: self, clock, now, startedAt: now(), sleep: time.sleep },
      heardSince: (_user, at) =>
        Promise.resolve({ handovers: handovers.filter(({ notedAt }) => notedAt >= at), othersSpoke }),
    });
  }
  const call = (control: ThreadControl): Promise<void> => {
    if (command === 'pass') return control.passThreadControl('7', target);
    return command === 'take' ? control.takeThreadControl('7') : control.releaseThreadControl('7');
  };
  /** The effect as the next process would make it. */
  async function capture(): Promise<Effect<undefined>> {
    let captured: Effect<undefined> | undefined;
    const perform = (effect: unknown) => {
      captured = effect as Effect<undefined>;
      return Promise.resolve(undefined as never);
    };
    await call(startProcess({ perform }));
    if (captured === undefined) throw new Error('Nothing was asked for.');
    return captured;
  }

  const others = async () => {
    while (chance(othersShare)) {
      await time.sleep(below(8_000));
      if (owner === self) {
        if (chance(0.5)) move(stranger, 'take');
      } else if (owner !== undefined && chance(0.6)) move(pick([self, target, stranger]), 'pass');
      if (owner !== self && chance(0.3)) othersSpoke.push({ at: time.now(), notedAt: now() });
      wasThere ||= isGoal();
    }
  };
  await time.run([() => call(startProcess()), others]);
  return {
    asked: 1,
    unknown: state === 'unknown' ? 1 : 0,
    wrongDone: state === 'done' && !wasThere ? 1 : 0,
    wrongAbsent: state === 'absent' && tookEffect && wasThere ? 1 : 0,
  };
}

/** Each command, alone and beside others who move the thread, with and without crashes, for apps that are told names and that are not. */
export const controlScenarios: readonly (ControlScenario & { name: string })[] = (
  ['pass', 'take', 'release'] as const
).flatMap((command) =>
  [0, 0.6].flatMap((othersShare) =>
    [0, 0.5].flatMap((crashShare) =>
      (['names', 'others'] as const).map((sees) => ({
        ...{ command, othersShare, crashShare, sees, clockMs: 60 * 60 * 1000 },
        name: `${command}, ${othersShare > 0 ? 'beside others' : 'alone'}${crashShare > 0 ? ', crashes' : ''}, told ${sees}`,
      })),
    ),
  ),
);
