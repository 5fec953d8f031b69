import type { Effect, EffectJournal, Settled } from '../helpers/effects.ts';
import type { SecondaryReceiver, ThreadControl, ThreadOwner } from '../helpers/facebookThreadControlHelper.ts';
import { isArray, readId, readInteger, readText } from '../models/readJson.ts';
import { failureOfCall } from './definiteFailure.ts';

export interface JournaledThreadControlOptions {
  journal: EffectJournal;
  /** This app's own id. Without it less can be found out after a crash. */
  appId?: string | undefined;
}

/**
 * Thread control whose calls are written down in the turn's journal: a turn that runs again passes nothing twice.
 *
 * After a crash in the middle of a call the owner of the thread is asked. A call of unknown outcome in a running turn is told to the bot,
 * as always.
 */
export function journaledThreadControl(inner: ThreadControl, options: JournaledThreadControlOptions): ThreadControl {
  const { journal, appId } = options;

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

  const settledBy = (userId: string, judge: (now: ThreadOwner) => Settled<undefined>['state']) => ({
    settle: async (): Promise<Settled<undefined>> => {
      const state = judge(await inner.getThreadOwner(userId));
      return state === 'done' ? { state, result: undefined } : { state };
    },
  });
  const isOurs = (now: ThreadOwner) => now.owner === 'app' && now.appId === appId;

  return {
    passThreadControl: (userId, targetAppId, metadata) =>
      command(
        'pass_thread_control',
        { userId, targetAppId, metadata },
        () => inner.passThreadControl(userId, targetAppId, metadata),
        settledBy(userId, (now) => {
          if (appId !== undefined && isOurs(now)) return 'absent';
          if (now.owner === 'app') return now.appId === (targetAppId ?? now.appId) ? 'done' : 'unknown';
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
        settledBy(userId, (now) => (appId !== undefined && isOurs(now) ? 'absent' : 'done')),
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
