import { setTimeout as delay } from 'node:timers/promises';
import type { ThreadControl, ThreadOwner } from '../../helpers/facebookThreadControlHelper.ts';
import {
  createPlatformClock,
  platformSpan,
  type PlatformClock,
  type PlatformSpan,
} from '../../helpers/graph/platformClock.ts';
import { readId, readInteger } from '../../models/readJson.ts';
import type { ThreadNote } from '../../store/store.ts';
import type { RecordedEffect, Reconciliation } from '../journal/effect.ts';
import { createAskPlatform, type AskPlatform } from './askPlatform.ts';
import { anyClockMs, conservativeNow, createGrace, type Grace, type GraceOptions } from './grace.ts';
import { judgeControl, type ControlCommand, type ControlVerdict } from './judgeControl.ts';

export interface ReconcileControlOptions extends GraceOptions {
  threadControl: Pick<ThreadControl, 'getThreadOwner'>;
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
 * Finds out whether a call that moves a thread took effect, if its answer was lost.
 *
 * It asks who owns the thread. If nothing explains the answer, it asks again after a while, because the call, or an event about it, may still
 * be on its way. What the evidence says is decided by {@link judgeControl}; here it is gathered and waited for.
 */
export class ControlReconciler {
  readonly #options: ReconcileControlOptions;
  readonly #lateMs: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number) => Promise<unknown>;
  readonly #clock: PlatformClock;
  readonly #ask: AskPlatform;
  readonly #grace: Grace;

  constructor(options: ReconcileControlOptions) {
    const { now = () => conservativeNow(), clock = createPlatformClock(now), ask = createAskPlatform() } = options;
    this.#options = options;
    this.#lateMs = options.lateMs ?? 5_000;
    this.#now = now;
    this.#sleep = options.sleep ?? delay;
    this.#clock = clock;
    this.#ask = ask;
    this.#grace = createGrace(options);
  }

  async reconcile(command: ControlCommand, begun: RecordedEffect): Promise<Reconciliation<undefined>> {
    const state = await this.#find(command, begun);
    if (state === 'done') return { state, result: undefined, by: 'owner' };
    return state === 'absent' ? { state, by: 'owner' } : { state: 'unknown', by: 'owner' };
  }

  /** When a call that was begun at this time was begun by the platform's clock. */
  span(at: number): PlatformSpan {
    return platformSpan(this.#clock, at);
  }

  async #find(command: ControlCommand, begun: RecordedEffect): Promise<ControlVerdict> {
    let owner = await this.#ownerOf(begun);
    if (owner === undefined) return 'unknown';
    const first = await this.#judge(command, begun, owner, 'still');
    if (first !== 'listen') return first;
    const waitMs = this.#grace.msLeft(begun);
    if (waitMs > 0) {
      await this.#sleep(waitMs);
      owner = await this.#ownerOf(begun);
      if (owner === undefined) return 'unknown';
      const again = await this.#judge(command, begun, owner, 'still');
      if (again !== 'listen') return again;
    }
    // Events about what moved the thread just before may still be on their way.
    await this.#sleep(this.#lateMs);
    return this.#judge(command, begun, owner, 'no');
  }

  #ownerOf(begun: RecordedEffect): Promise<ThreadOwner | undefined> {
    return this.#ask(begun.correlationId, () => this.#options.threadControl.getThreadOwner(userIdOf(begun)));
  }

  async #judge(
    command: ControlCommand,
    begun: RecordedEffect,
    owner: ThreadOwner,
    moreMayCome: 'still' | 'no',
  ): Promise<ControlVerdict> {
    const { appId, heardSince = () => Promise.resolve(nothing) } = this.#options;
    const { earliest, latest } = this.#spanOf(begun);
    const { handovers, othersSpoke } = await heardSince(userIdOf(begun), begun.at - anyClockMs);
    // Events from before the call prove nothing. Our own clock may have been set between two processes, the platform's was not.
    const isSince = ({ notedAt = Infinity, at }: HeardAt) => notedAt >= begun.at || at >= latest;
    const question = { command, targetAppId: readId(begun.args, 'targetAppId'), earliest, latest };
    return judgeControl(question, {
      ...{ appId, owner, moreMayCome },
      heardUntil: this.#now() + this.#clock.offset().min - this.#lateMs,
      handovers: handovers.filter(isSince),
      othersSpokeAt: othersSpoke.filter(isSince).map(({ at }) => at),
    });
  }

  #spanOf(begun: RecordedEffect): PlatformSpan {
    // If another process began it, nothing is known of its clock but what it recorded.
    if (this.#grace.knowsEndOf(begun)) return this.span(begun.at);
    const [earliest, latest] = [readInteger(begun.about, 'earliest'), readInteger(begun.about, 'latest')];
    return { earliest: earliest ?? begun.at - anyClockMs, latest: latest ?? begun.at + anyClockMs };
  }
}

function userIdOf({ args }: RecordedEffect): string {
  return readId(args, 'userId') ?? '';
}

const nothing: HeardOfThread = { handovers: [], othersSpoke: [] };
