import type { SecondaryReceiver, ThreadControl, ThreadOwner } from '../../helpers/facebookThreadControlHelper.ts';
import { isArray, readId, readInteger, readText } from '../../models/readJson.ts';
import { outcomeOfFailedCall } from '../callOutcome.ts';
import { conservativeNow } from '../reconcile/grace.ts';
import type { ControlCommand } from '../reconcile/judgeControl.ts';
import { ControlReconciler, type ReconcileControlOptions } from '../reconcile/reconcileControl.ts';
import type { EffectJournal, Reconciling } from './effect.ts';

export interface JournaledThreadControlOptions extends Omit<ReconcileControlOptions, 'threadControl'> {
  journal: EffectJournal;
}

/**
 * Thread control that records its calls in the turn's journal: a turn that runs again passes nothing twice.
 *
 * If a call's answer was lost, a {@link ControlReconciler} finds out whether it took effect. If the outcome stays unknown in a running turn, the
 * bot gets the error.
 */
export class JournaledThreadControl implements ThreadControl {
  readonly #calls: ThreadControl;
  readonly #journal: EffectJournal;
  readonly #now: () => number;
  readonly #reconciler: ControlReconciler;
  readonly #reconciling: Readonly<Record<ThreadCommand, Reconciling<undefined>>>;

  constructor(calls: ThreadControl, { journal, ...options }: JournaledThreadControlOptions) {
    this.#calls = calls;
    this.#journal = journal;
    this.#now = options.now ?? (() => conservativeNow());
    this.#reconciler = new ControlReconciler({ ...options, threadControl: calls });
    this.#reconciling = {
      pass_thread_control: this.#byOwner('pass_thread_control'),
      take_thread_control: this.#byOwner('take_thread_control'),
      release_thread_control: this.#byOwner('release_thread_control'),
      // Extending does not change the owner.
      extend_thread_control: { reconcile: () => Promise.resolve({ state: 'done', result: undefined }) },
      request_thread_control: {},
    };
    for (const [kind, how] of Object.entries(this.#reconciling)) {
      journal.reconciles?.(kind, { ...how, sent: undefined });
    }
  }

  passThreadControl(userId: string, targetAppId?: string, metadata?: string): Promise<void> {
    const call = () => this.#calls.passThreadControl(userId, targetAppId, metadata);
    return this.#command('pass_thread_control', { userId, targetAppId, metadata }, call);
  }

  takeThreadControl(userId: string, metadata?: string): Promise<void> {
    const call = () => this.#calls.takeThreadControl(userId, metadata);
    return this.#command('take_thread_control', { userId, metadata }, call);
  }

  requestThreadControl(userId: string, metadata?: string): Promise<void> {
    const call = () => this.#calls.requestThreadControl(userId, metadata);
    return this.#command('request_thread_control', { userId, metadata }, call);
  }

  releaseThreadControl(userId: string, metadata?: string): Promise<void> {
    const call = () => this.#calls.releaseThreadControl(userId, metadata);
    return this.#command('release_thread_control', { userId, metadata }, call);
  }

  extendThreadControl(userId: string, seconds: number): Promise<void> {
    const call = () => this.#calls.extendThreadControl(userId, seconds);
    return this.#command('extend_thread_control', { userId, seconds }, call);
  }

  getThreadOwner(userId: string): Promise<ThreadOwner> {
    return this.#question('thread_owner', { userId }, () => this.#calls.getThreadOwner(userId), ownerFrom);
  }

  getSecondaryReceivers(): Promise<SecondaryReceiver[]> {
    return this.#question('secondary_receivers', {}, () => this.#calls.getSecondaryReceivers(), receiversFrom);
  }

  async #command(kind: ThreadCommand, args: CommandArguments, perform: () => Promise<void>): Promise<void> {
    await this.#journal.perform<undefined>({
      kind,
      args,
      to: args.userId,
      about: this.#reconciler.span(this.#now()),
      perform: async () => {
        await perform();
        return undefined;
      },
      read: () => undefined,
      failureOf: outcomeOfFailedCall,
      // Extending twice does no harm.
      repetition: kind === 'extend_thread_control' ? 'safe' : 'never',
      whenUnknown: 'tell',
      ...this.#reconciling[kind],
    });
  }

  #question<T>(kind: string, args: unknown, perform: () => Promise<T>, read: (json: unknown) => T): Promise<T> {
    return this.#journal.perform<T>({
      kind,
      role: 'question',
      args,
      perform,
      read,
      failureOf: () => 'refused',
      repetition: 'safe',
      whenUnknown: 'tell',
    });
  }

  #byOwner(command: ControlCommand): Reconciling<undefined> {
    return { reconcile: (begun) => this.#reconciler.reconcile(command, begun) };
  }
}

interface CommandArguments {
  userId: string;
  targetAppId?: string | undefined;
  metadata?: string | undefined;
  seconds?: number;
}

type ThreadCommand = ControlCommand | 'request_thread_control' | 'extend_thread_control';

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
