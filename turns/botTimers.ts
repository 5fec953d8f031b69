import { randomUUID } from 'node:crypto';
import type { BotTimers, ConversationTarget } from '../helpers/botTimers.ts';
import { dueTimeOf, timerDataOf } from './timerArguments.ts';
import { ownEventNames } from '../models/ownEvents.ts';
import type { Store, TimerChange } from '../store/store.ts';
import type { OwnTurns } from './ownTurns.ts';
import type { TurnScopes } from './turnScope.ts';

export interface BotTimersOptions {
  store: Pick<Store, 'timers'>;
  scopes: TurnScopes;
  ownTurns: OwnTurns;
  /** The wall clock, in milliseconds since 1970. */
  now: () => number;
  /** Called when a timer was committed that no turn's end commits. */
  changed: () => void;
}

const longestName = 100;

/** A bot's timers: a turn's changes are committed with its end, others at once. */
export function createBotTimers({ store, scopes, ownTurns, now, changed }: BotTimersOptions): BotTimers {
  async function change(make: () => Promise<TimerChange>): Promise<void> {
    const scope = scopes.current();
    if (scope === undefined) {
      await store.timers.change([await make()]);
      changed();
      return;
    }
    scope.refuseWhenCutOff();
    // Tracked, so that a missing await loses nothing.
    await scope.track(make().then((made) => scope.changeTimer(made)));
  }

  async function schedule(
    target: ConversationTarget,
    name: string,
    when: Parameters<BotTimers['schedule']>[2],
    data?: unknown,
  ): Promise<void> {
    if (name === '' || name.length > longestName) {
      throw new RangeError(`The name of a timer must have 1 to ${longestName} characters.`);
    }
    const setAt = now();
    const dueAt = dueTimeOf(when, setAt);
    const value = { name, data: timerDataOf(name, data), setAt, dueAt };
    const id = randomUUID();
    const event = { name: ownEventNames.timer, id: `timer-${id}`, value };
    await change(async () => {
      const conversation = await ownTurns.conversationOf(target);
      const inboxEvent = await ownTurns.inboxEventFor(conversation, { key: `timer ${id}`, kind: 'timer', event });
      return { conversation, name, set: { dueAt, event: inboxEvent } };
    });
  }

  return {
    schedule,
    cancel: async (target, name) => {
      await change(async () => ({ conversation: await ownTurns.conversationOf(target), name, set: undefined }));
    },
  };
}
