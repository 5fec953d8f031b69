import { setTimeout as delay } from 'node:timers/promises';
import type { BegunEffect, Effect, EffectJournal, Settled } from '../helpers/effects.ts';
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
    kind: string,
    args: unknown,
    perform: () => Promise<void>,
    rest: Partial<Effect<undefined>>,
  ): Promise<void> {
    await journal.perform<undefined>({
      kind,
      args,
      perform: async () => {
        await perform();
        return undefined;
      },
      read: () => undefined,
      failureOf: failureOfCall,
      repetition: 'never',
      whenUnknown: 'tell',
      ...rest,
    });
  }

  function question<T>(kind: string, args: unknown, perform: () => Promise<T>, read: (json: unknown) => T): Promise<T> {
    const effect: Effect<T> = {
      kind,
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
  const settledBy = (userId: string, ifOthers: (now: ThreadOwner) => 'done' | 'unknown') => {
    const ask = async ({ at }: BegunEffect): Promise<Settled<undefined>['state']> => {
      const now = await inner.getThreadOwner(userId);
      if (!isOurs(now)) return ifOthers(now);
      return (await heardSince(userId, at)).includes('pass_thread_control') ? 'done' : 'absent';
    };
    return {
      settle: async (begun: BegunEffect): Promise<Settled<undefined>> => {
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

  return {
    passThreadControl: (userId, targetAppId, metadata) =>
      command(
        'pass_thread_control',
        { userId, targetAppId, metadata },
        () => inner.passThreadControl(userId, targetAppId, metadata),
        settledBy(userId, (now) => {
          if (now.owner === 'app') {
            // Without an id of its own this app may be the owner that is named.
            const isPassed = targetAppId === undefined ? appId !== undefined : now.appId === targetAppId;
            return isPassed ? 'done' : 'unknown';
          }
          // Somebody else owns it whose name only the owner is told; before the pass that was this app.
          return now.owner === 'other' ? 'done' : 'unknown';
        }),
      ),
    // Taking what one has already is no error, so it may be done again.
    takeThreadControl: (userId, metadata) =>
      command('take_thread_control', { userId, metadata }, () => inner.takeThreadControl(userId, metadata), {
        repetition: 'safe',
      }),
    requestThreadControl: (userId, metadata) =>
      command('request_thread_control', { userId, metadata }, () => inner.requestThreadControl(userId, metadata), {}),
    releaseThreadControl: (userId, metadata) =>
      command(
        'release_thread_control',
        { userId, metadata },
        () => inner.releaseThreadControl(userId, metadata),
        // Without an id of its own it cannot tell itself from others.
        settledBy(userId, (now) => (now.owner === 'app' && appId === undefined ? 'unknown' : 'done')),
      ),
    extendThreadControl: (userId, seconds) =>
      command('extend_thread_control', { userId, seconds }, () => inner.extendThreadControl(userId, seconds), {
        repetition: 'safe',
      }),
    getThreadOwner: (userId) => question('thread_owner', { userId }, () => inner.getThreadOwner(userId), ownerFrom),
    getSecondaryReceivers: () =>
      question('secondary_receivers', {}, () => inner.getSecondaryReceivers(), receiversFrom),
  };
}

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
