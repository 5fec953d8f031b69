import type { Command } from '../core/commands.ts';
import type { Result } from '../core/effects.ts';
import type { CustomerControls, FaultControls, InboxControls, MetaAiControls } from '../emulator.ts';
import type { InjectedFaults } from '../faults/injectedFaults.ts';
import { EmulatorUsageError } from '../usageError.ts';

/** Runs a command; throws an `EmulatorUsageError` if it is impossible. */
export type Execute = (command: Command) => Extract<Result, { type: 'done' }>;

const midOf = (execute: Execute, command: Command): string => execute(command).mid ?? '';

export function customerControls(execute: Execute, psid: string): CustomerControls {
  return {
    psid,
    say: (text, { replyTo } = {}) =>
      midOf(execute, { type: 'say', psid, text, ...(replyTo === undefined ? {} : { replyTo }) }),
    tap: (title) => midOf(execute, { type: 'tap', psid, title }),
    postback: (button) => midOf(execute, { type: 'postback', psid, ...button }),
    sendAttachment: ({ type, url }) =>
      midOf(execute, { type: 'say', psid, text: '', attachments: [{ type, payload: { url } }] }),
    getStarted: () => midOf(execute, { type: 'getStarted', psid }),
    react: (reaction, { mid, action = 'react' } = {}) =>
      void execute({ type: 'react', psid, reaction, action, ...(mid === undefined ? {} : { mid }) }),
    follow: (ref) => void execute({ type: 'follow', psid, ref }),
    followAd: (adId, { ref } = {}) =>
      void execute({ type: 'follow', psid, adId, ...(ref === undefined ? {} : { ref }) }),
    sendUnsupported: () => midOf(execute, { type: 'sendUnsupported', psid }),
    optIn: ({ payload, title = 'Get messages' }) => void execute({ type: 'optIn', psid, payload, title }),
    read: () => void execute({ type: 'read', psid }),
    receive: () => void execute({ type: 'receive', psid }),
  };
}

export function inboxControls(execute: Execute, psid: string): InboxControls {
  return {
    reply: (text) => midOf(execute, { type: 'reply', psid, text }),
    markAsDone: () => void execute({ type: 'markAsDone', psid }),
    moveToMain: () => void execute({ type: 'moveToMain', psid }),
    open: () => void execute({ type: 'openConversation', psid }),
  };
}

export function metaAiControls(execute: Execute, psid: string): MetaAiControls {
  return {
    take: () => void execute({ type: 'aiTake', psid }),
    answer: (text) => midOf(execute, { type: 'aiAnswer', psid, text }),
    handBack: ({ event = 'pass', ...more } = {}) => void execute({ type: 'aiHandBack', psid, event, ...more }),
    notice: (text, { from = 'customer' } = {}) => void execute({ type: 'notice', psid, text, from }),
  };
}

export function faultControls(faults: InjectedFaults): FaultControls {
  const disarm = (faultId: number): void => {
    if (!faults.disarm(faultId)) throw new EmulatorUsageError('No fault with this id is armed.');
  };
  return {
    ofCalls: (spec) => faults.add(spec),
    ofWebhooks: (spec) => faults.addForWebhooks(spec),
    armed: () => faults.armed(),
    disarm,
    disarmAll: () => {
      for (const { faultId } of faults.armed()) disarm(faultId);
    },
  };
}
