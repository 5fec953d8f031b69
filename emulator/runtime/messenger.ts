import { apply } from '../core/apply.ts';
import type { Command } from '../core/commands.ts';
import type { Effect, Result } from '../core/effects.ts';
import type { MessengerState } from '../core/state.ts';
import type { WebhookDelivery } from '../delivery/webhookDelivery.ts';
import type { Clock } from './hooks.ts';
import type { TraceLog } from '../trace/traceLog.ts';

const atOnce = Promise.resolve();

/** The only holder of the state: runs commands of the pure core and sends their effects out. */
export interface Messenger {
  state(): MessengerState;
  /** Runs a command and returns its effects, so that a Graph call can be recorded before what it caused. */
  run(command: Command): { readonly result: Result; readonly effects: readonly Effect[] };
  /** Records the effects, and sends the webhooks among them once `answered` has resolved. */
  dispatch(effects: readonly Effect[], answered?: Promise<void>): void;
  /** Runs a command and sends its effects out at once. */
  execute(command: Command): Result;
  /** Goes back to an initial state. Message ids and timestamps go on, so that nothing new looks like something old. */
  reset(state: MessengerState): void;
  /** Goes on from a state of another time or another emulator. New message ids still differ from those that there were here. */
  restore(state: MessengerState): void;
}

export function createMessenger(
  initial: MessengerState,
  clock: Clock,
  trace: TraceLog,
  delivery: WebhookDelivery,
): Messenger {
  let state = initial;
  /** How many messages there have been, by the part of their ids that tells runs apart. */
  const counts = new Map<string, number>();

  /** A state that was gone back to counts on from where it was left. */
  const counted = (): MessengerState => {
    const messageCount = Math.max(state.messageCount, counts.get(state.epoch) ?? 0);
    return messageCount === state.messageCount ? state : { ...state, messageCount };
  };
  const run = (command: Command): { result: Result; effects: readonly Effect[] } => {
    const applied = apply(counted(), command, clock());
    state = applied.state;
    return { result: applied.result, effects: applied.effects };
  };
  const dispatch = (effects: readonly Effect[], answered = atOnce): void => {
    for (const effect of effects) {
      if (effect.type === 'webhook') delivery.send(effect, answered);
      else trace.add(effect);
    }
  };
  return {
    state: () => state,
    run,
    dispatch: dispatch,
    execute(command) {
      const { result, effects } = run(command);
      dispatch(effects);
      return result;
    },
    restore(restored) {
      counts.set(state.epoch, counted().messageCount);
      state = restored;
    },
    reset(beginning) {
      const { messageCount, lastTimestamp } = counted();
      counts.set(state.epoch, messageCount);
      state = { ...beginning, messageCount, lastTimestamp };
      trace.add({ type: 'reset' });
    },
  };
}
