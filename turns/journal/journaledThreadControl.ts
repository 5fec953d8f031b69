import { setTimeout as delay } from 'node:timers/promises';
import type { Effect, EffectJournal, Reconciling, RecordedEffect, Reconciliation } from './effect.ts';
import type { SecondaryReceiver, ThreadControl, ThreadOwner } from '../../helpers/facebookThreadControlHelper.ts';
import { createPlatformClock, type PlatformClock } from '../../helpers/graph/platformClock.ts';
import { isArray, readId, readInteger, readText } from '../../models/readJson.ts';
import { outcomeOfFailedCall } from '../callOutcome.ts';
import { createAskPlatform, type AskPlatform } from '../reconcile/askPlatform.ts';
import { conservativeNow, anyClockMs, createGrace, type GraceOptions } from '../reconcile/grace.ts';
import { judgeControl, type ControlCommand, type ControlVerdict } from '../reconcile/judgeControl.ts';
import type { ThreadNote } from '../../store/store.ts';

export interface JournaledThreadControlOptions extends GraceOptions {
  journal: EffectJournal;
  /** This app's id. Without it, less can be found out after a crash. */
  appId?: string | undefined;
  /** What was accepted about this customer from a time on. Default: nothing is known. */
  heardSince?: (userId: string, at: number) => Promise<HeardOfThread>;
  clock?: PlatformClock;
  ask?: AskPlatform;
  sleep?: (ms: number) => Promise<unknown>;
}

type HeardAt = Pick<ThreadNote, 'at' | 'notedAt'>;

export interface HeardOfThread {
  handovers: readonly ThreadNote[];
  /** What people or other apps said for the Page. */
  othersSpoke: readonly HeardAt[];
}

/**
 * Thread control that records its calls in the turn's journal: a turn that runs again passes nothing twice.
 *
 * If a call's answer was lost, it asks who owns the thread. If nothing explains the answer, it asks again after a while, because the call, or an
 * event about it, may still be on its way. See {@link judgeControl}. If the outcome stays unknown in a running turn, the bot gets the error.
 */
export function journaledThreadControl(inner: ThreadControl, options: JournaledThreadControlOptions): ThreadControl {
  const { journal, appId, heardSince = () => Promise.resolve(nothing), sleep = delay } = options;
  const { now = () => conservativeNow(), clock = createPlatformClock(now), ask = createAskPlatform() } = options;
  const { lateMs = 5_000 } = options;
  const grace = createGrace(options);

  async function command(
    kind: ThreadCommand,
    args: { userId: string; targetAppId?: string; metadata?: string; seconds?: number },
    perform: () => Promise<void>,
  ): Promise<void> {
    await journal.perform<undefined>({
      kind,
      args,
      to: args.userId,
      about: between(now()),
      perform: async () => {
        await perform();
        return undefined;
      },
      read: () => undefined,
      failureOf: outcomeOfFailedCall,
      // Extending twice does no harm.
      repetition: kind === 'extend_thread_control' ? 'safe' : 'never',
      whenUnknown: 'tell',
      ...reconciling[kind],
    });
  }

  function question<T>(kind: string, args: unknown, perform: () => Promise<T>, read: (json: unknown) => T): Promise<T> {
    const effect: Effect<T> = {
      kind,
      role: 'question',
      args,
      perform,
      read,
      failureOf: () => 'refused',
      repetition: 'safe',
      whenUnknown: 'tell',
    };
    return journal.perform(effect);
  }

  /** When a call was begun by the platform's clock. */
  const between = (at: number) => {
    const { min, max } = clock.offset(at);
    return { earliest: at + min, latest: at + max };
  };
  const begunBetween = (begun: RecordedEffect) => {
    // If another process began it, nothing is known of its clock but what it recorded.
    if (grace.knowsEndOf(begun)) return between(begun.at);
    const [earliest, latest] = [readInteger(begun.about, 'earliest'), readInteger(begun.about, 'latest')];
    return { earliest: earliest ?? begun.at - anyClockMs, latest: latest ?? begun.at + anyClockMs };
  };

  const reconcile = (command: ControlCommand): Reconciling<undefined> => {
    const judge = async (begun: RecordedEffect, owner: ThreadOwner, moreMayCome: 'still' | 'no') => {
      const { earliest, latest } = begunBetween(begun);
      const { handovers, othersSpoke } = await heardSince(userIdOf(begun), begun.at - anyClockMs);
      // Events from before the call prove nothing. Our own clock may have been set between two processes, the platform's was not.
      const isSince = ({ notedAt = Infinity, at }: HeardAt) => notedAt >= begun.at || at >= latest;
      const question = { command, targetAppId: readId(begun.args, 'targetAppId'), earliest, latest };
      return judgeControl(question, {
        ...{ appId, owner, moreMayCome },
        heardUntil: now() + clock.offset().min - lateMs,
        handovers: handovers.filter(isSince),
        othersSpokeAt: othersSpoke.filter(isSince).map(({ at }) => at),
      });
    };
    const find = async (begun: RecordedEffect): Promise<ControlVerdict> => {
      const askOwner = () => ask(begun.correlationId, () => inner.getThreadOwner(userIdOf(begun)));
      let owner = await askOwner();
      if (owner === undefined) return 'unknown';
      const first = await judge(begun, owner, 'still');
      if (first !== 'listen') return first;
      const waitMs = grace.msLeft(begun);
      if (waitMs > 0) {
        await sleep(waitMs);
        owner = await askOwner();
        if (owner === undefined) return 'unknown';
        const again = await judge(begun, owner, 'still');
        if (again !== 'listen') return again;
      }
      // Events about what moved the thread just before may still be on their way.
      await sleep(lateMs);
      return judge(begun, owner, 'no');
    };
    return {
      reconcile: async (begun): Promise<Reconciliation<undefined>> => {
        const state = await find(begun);
        if (state === 'done') return { state, result: undefined, by: 'owner' };
        return state === 'absent' ? { state, by: 'owner' } : { state: 'unknown', by: 'owner' };
      },
    };
  };

  const reconciling: Record<ThreadCommand, Reconciling<undefined>> = {
    pass_thread_control: reconcile('pass_thread_control'),
    take_thread_control: reconcile('take_thread_control'),
    release_thread_control: reconcile('release_thread_control'),
    // Extending does not change the owner.
    extend_thread_control: { reconcile: () => Promise.resolve({ state: 'done', result: undefined }) },
    request_thread_control: {},
  };
  for (const [kind, how] of Object.entries(reconciling)) journal.reconciles?.(kind, { ...how, sent: undefined });

  return {
    passThreadControl: (userId, targetAppId, metadata) =>
      command('pass_thread_control', { userId, targetAppId, metadata }, () =>
        inner.passThreadControl(userId, targetAppId, metadata),
      ),
    takeThreadControl: (userId, metadata) =>
      command('take_thread_control', { userId, metadata }, () => inner.takeThreadControl(userId, metadata)),
    requestThreadControl: (userId, metadata) =>
      command('request_thread_control', { userId, metadata }, () => inner.requestThreadControl(userId, metadata)),
    releaseThreadControl: (userId, metadata) =>
      command('release_thread_control', { userId, metadata }, () => inner.releaseThreadControl(userId, metadata)),
    extendThreadControl: (userId, seconds) =>
      command('extend_thread_control', { userId, seconds }, () => inner.extendThreadControl(userId, seconds)),
    getThreadOwner: (userId) => question('thread_owner', { userId }, () => inner.getThreadOwner(userId), ownerFrom),
    getSecondaryReceivers: () =>
      question('secondary_receivers', {}, () => inner.getSecondaryReceivers(), receiversFrom),
  };
}

type ThreadCommand = ControlCommand | 'request_thread_control' | 'extend_thread_control';

function userIdOf({ args }: RecordedEffect): string {
  return readId(args, 'userId') ?? '';
}

const nothing: HeardOfThread = { handovers: [], othersSpoke: [] };

function ownerFrom(json: unknown): ThreadOwner {
  const [owner, appId] = [readText(json, 'owner'), readId(json, 'appId')];
  const expiration = readInteger(json, 'expiresAt');
  const expiresAt = expiration === undefined ? {} : { expiresAt: expiration };
  if (owner === 'app' && appId !== undefined) return { owner, appId, ...expiresAt };
  return owner === 'other' ? { owner, ...expiresAt } : { owner: 'idle' };
}

function receiversFrom(json: unknown): SecondaryReceiver[] {
  if (!isArray(json)) return [];
  return json.flatMap((item) => {
    const [id, name, link] = [readId(item, 'id'), readText(item, 'name'), readText(item, 'link')];
    if (id === undefined) return [];
    return [{ id, ...(name === undefined ? {} : { name }), ...(link === undefined ? {} : { link }) }];
  });
}
