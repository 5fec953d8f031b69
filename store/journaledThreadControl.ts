import { setTimeout as delay } from 'node:timers/promises';
import type { Effect, EffectJournal, Reconciling, RecordedEffect, Settled } from '../helpers/effects.ts';
import type { SecondaryReceiver, ThreadControl, ThreadOwner } from '../helpers/facebookThreadControlHelper.ts';
import { isArray, readId, readInteger, readText } from '../models/readJson.ts';
import { failureOfCall } from './definiteFailure.ts';
import { msUntilBelievable, type LateEffectOptions } from './lateEffect.ts';

export interface JournaledThreadControlOptions extends LateEffectOptions {
  journal: EffectJournal;
  /** This app's own id. Without it less can be found out after a crash. */
  appId?: string | undefined;
  /** The kinds of the events about this customer that were accepted at or after a time. Default: none are known. */
  heardSince?: (userId: string, at: number) => Promise<readonly string[]>;
  sleep?: (ms: number) => Promise<unknown>;
}

/**
 * Thread control whose calls are written down in the turn's journal: a turn that runs again passes nothing twice.
 *
 * What became of a call whose answer is missing is asked of the thread's owner: once, and when nothing seems to have happened once more
 * after a while, because the call may still be on its way. A thread that is this app's own was given back when an event says so that came
 * after the call was begun. What stays unknown in a running turn is told to the bot, as always.
 */
export function journaledThreadControl(inner: ThreadControl, options: JournaledThreadControlOptions): ThreadControl {
  const { journal, appId, heardSince = () => Promise.resolve([]), sleep = delay } = options;

  async function command(
    kind: ThreadCommand,
    args: { userId: string; targetAppId?: string; metadata?: string; seconds?: number },
    perform: () => Promise<void>,
    repetition: 'safe' | 'never' = 'never',
  ): Promise<void> {
    await journal.perform<undefined>({
      kind,
      args,
      to: args.userId,
      perform: async () => {
        await perform();
        return undefined;
      },
      read: () => undefined,
      failureOf: failureOfCall,
      repetition,
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

  const isOurs = (now: ThreadOwner) => now.owner === 'app' && appId !== undefined && now.appId === appId;

  /** @param ifOthers what it tells when the thread is not, or not surely, this app's own */
  const settledBy = (ifOthers: (now: ThreadOwner, args: unknown) => 'done' | 'unknown'): Reconciling<undefined> => {
    const ask = async ({ at, args }: RecordedEffect): Promise<Settled<undefined>['state']> => {
      const userId = readId(args, 'userId') ?? '';
      const now = await inner.getThreadOwner(userId);
      if (!isOurs(now)) return ifOthers(now, args);
      return (await heardSince(userId, at)).includes('pass_thread_control') ? 'done' : 'absent';
    };
    return {
      settle: async (begun): Promise<Settled<undefined>> => {
        let state = await ask(begun);
        const waitMs = msUntilBelievable(begun.at, options);
        if (state === 'absent' && waitMs > 0) {
          await sleep(waitMs);
          state = await ask(begun);
        }
        return state === 'done' ? { state, result: undefined } : { state };
      },
    };
  };

  const reconciling: Record<ThreadCommand, Reconciling<undefined>> = {
    pass_thread_control: settledBy((now, args) => {
      if (now.owner === 'app') {
        // Without an id of its own this app may be the owner that is named.
        const targetAppId = readId(args, 'targetAppId');
        const isPassed = targetAppId === undefined ? appId !== undefined : now.appId === targetAppId;
        return isPassed ? 'done' : 'unknown';
      }
      // Somebody else owns it whose name only the owner is told; before the pass that was this app.
      return now.owner === 'other' ? 'done' : 'unknown';
    }),
    // Without an id of its own it cannot tell itself from others.
    release_thread_control: settledBy((now) => (now.owner === 'app' && appId === undefined ? 'unknown' : 'done')),
    take_thread_control: {
      settle: async ({ args }) => {
        const now = await inner.getThreadOwner(readId(args, 'userId') ?? '');
        return isOurs(now) ? { state: 'done', result: undefined } : { state: 'unknown' };
      },
    },
    // The thread stays whose it is, however long.
    extend_thread_control: { settle: () => Promise.resolve({ state: 'done', result: undefined }) },
    request_thread_control: {},
  };
  for (const [kind, how] of Object.entries(reconciling)) journal.reconciles?.(kind, { ...how, sent: undefined });

  return {
    passThreadControl: (userId, targetAppId, metadata) =>
      command('pass_thread_control', { userId, targetAppId, metadata }, () =>
        inner.passThreadControl(userId, targetAppId, metadata),
      ),
    // Taking what one has already is no error, so it may be done again.
    takeThreadControl: (userId, metadata) =>
      command('take_thread_control', { userId, metadata }, () => inner.takeThreadControl(userId, metadata), 'safe'),
    requestThreadControl: (userId, metadata) =>
      command('request_thread_control', { userId, metadata }, () => inner.requestThreadControl(userId, metadata)),
    releaseThreadControl: (userId, metadata) =>
      command('release_thread_control', { userId, metadata }, () => inner.releaseThreadControl(userId, metadata)),
    extendThreadControl: (userId, seconds) =>
      command('extend_thread_control', { userId, seconds }, () => inner.extendThreadControl(userId, seconds), 'safe'),
    getThreadOwner: (userId) => question('thread_owner', { userId }, () => inner.getThreadOwner(userId), ownerFrom),
    getSecondaryReceivers: () =>
      question('secondary_receivers', {}, () => inner.getSecondaryReceivers(), receiversFrom),
  };
}

type ThreadCommand =
  | 'pass_thread_control'
  | 'take_thread_control'
  | 'request_thread_control'
  | 'release_thread_control'
  | 'extend_thread_control';

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
