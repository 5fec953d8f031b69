import { randomUUID } from 'node:crypto';
import type { AdvanceableClock } from './clock.ts';
import type { Command } from '../core/commands.ts';
import type { Result } from '../core/effects.ts';
import { inboxMeanings } from '../core/inboxMeaning.ts';
import { roleOf } from '../core/rules.ts';
import { firstOwner, type MessengerState } from '../core/state.ts';
import type { Receiver, WebhookDelivery } from '../delivery/webhookDelivery.ts';
import type {
  CustomerControls,
  EmulatedApp,
  Emulator,
  EmulatorState,
  InboxControls,
  MetaAiControls,
} from '../emulator.ts';
import type { InjectedFaults } from '../faults/injectedFaults.ts';
import type { FileStore } from '../files/fileStore.ts';
import type { AppAccounts } from '../graph/appAccounts.ts';
import type { EmulatorHooks } from './hooks.ts';
import type { Messenger } from './messenger.ts';
import type { AppSeed, Seed } from '../seed.ts';
import type { Tour } from '../tour.ts';
import type { TraceLog } from '../trace/traceLog.ts';
import { EmulatorUsageError } from '../usageError.ts';

export interface ControlParts {
  readonly seed: Seed;
  readonly beginning: MessengerState;
  readonly messenger: Messenger;
  readonly clock: AdvanceableClock;
  readonly trace: TraceLog;
  readonly faults: InjectedFaults;
  readonly delivery: WebhookDelivery;
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly tour?: Tour;
  readonly accounts: AppAccounts;
  readonly files: FileStore;
}

/** What a person or a test does with the emulator, as far as it needs no server. */
export type Controls = Omit<
  Emulator,
  keyof EmulatorHooks | 'url' | 'port' | 'pageId' | 'keepFile' | 'settled' | 'close'
>;

export function createControls(parts: ControlParts): Controls {
  const { seed, messenger, clock, trace, faults, delivery, receivers, tour } = parts;
  const instance = randomUUID();

  const execute = (command: Command): Extract<Result, { type: 'done' }> => {
    const result = messenger.execute(command);
    if (result.type === 'done') return result;
    throw new EmulatorUsageError('because' in result ? result.because : 'The command has no answer of this kind.');
  };
  const midOf = (command: Command): string => execute(command).mid ?? '';
  const appRole = (appId: string): 'primary' | 'secondary' => roleIn(messenger.state(), appId);
  const emulated = (app: AppSeed): EmulatedApp => ({
    ...app,
    mayTakeControl: messenger.state().apps.some(({ id, mayTakeControl }) => id === app.id && mayTakeControl)
      ? 'yes'
      : 'no',
    role: appRole(app.id),
  });
  const appOf = (appId: string): EmulatedApp => {
    const found = seed.apps.find(({ id }) => id === appId);
    if (found === undefined) throw new EmulatorUsageError(`There is no app ${appId}.`);
    return emulated(found);
  };
  const firstCustomer = (): string => messenger.state().customers[0]?.psid ?? '';

  return {
    get apps() {
      return seed.apps.map(emulated);
    },
    get customers() {
      return messenger.state().customers.map(({ psid }) => psid);
    },
    app: appOf,
    customer: (psid = firstCustomer()): CustomerControls => ({
      psid,
      say: (text) => midOf({ type: 'say', psid, text }),
      tap: (title) => midOf({ type: 'tap', psid, title }),
      postback: (button) => midOf({ type: 'postback', psid, ...button }),
      sendAttachment: (attachment) =>
        midOf({
          type: 'say',
          psid,
          text: '',
          attachments: [{ type: attachment.type, payload: { url: attachment.url } }],
        }),
      getStarted: () => midOf({ type: 'getStarted', psid }),
      react: (reaction, { mid, action = 'react' } = {}) =>
        void execute({ type: 'react', psid, reaction, action, ...(mid === undefined ? {} : { mid }) }),
      follow: (ref) => void execute({ type: 'follow', psid, ref }),
      followAd: (adId, { ref } = {}) =>
        void execute({ type: 'follow', psid, adId, ...(ref === undefined ? {} : { ref }) }),
      sendUnsupported: () => midOf({ type: 'sendUnsupported', psid }),
      optIn: ({ payload, title = 'Get messages' }) => void execute({ type: 'optIn', psid, payload, title }),
      read: () => void execute({ type: 'read', psid }),
      receive: () => void execute({ type: 'receive', psid }),
    }),
    inbox: (psid = firstCustomer()): InboxControls => ({
      reply: (text) => midOf({ type: 'reply', psid, text }),
      markAsDone: () => void execute({ type: 'markAsDone', psid }),
      moveToMain: () => void execute({ type: 'moveToMain', psid }),
      open: () => void execute({ type: 'openConversation', psid }),
    }),
    metaAi: (psid = firstCustomer()): MetaAiControls => ({
      take: () => void execute({ type: 'aiTake', psid }),
      answer: (text) => midOf({ type: 'aiAnswer', psid, text }),
      handBack: ({ event = 'pass', ...more } = {}) => void execute({ type: 'aiHandBack', psid, event, ...more }),
      notice: (text, { from = 'customer' } = {}) => void execute({ type: 'notice', psid, text, from }),
    }),
    setMetaAi: (metaAi) => void execute({ type: 'setMetaAi', metaAi }),
    setEntryPoints: (entryPoints) => void execute({ type: 'setEntryPoints', entryPoints }),
    addCustomer: ({ name = 'Customer', psid } = {}) =>
      execute({ type: 'addCustomer', name, ...(psid === undefined ? {} : { psid }) }).psid ?? '',
    advanceClock(ms) {
      clock.advance(ms);
      trace.add({ type: 'clockAdvanced', ms });
      execute({ type: 'expire' });
    },
    setMode: (mode) => void execute({ type: 'setMode', mode }),
    setRoles({ primaryAppId, mayTakeControl }) {
      if (primaryAppId !== undefined) execute({ type: 'setPrimary', appId: primaryAppId });
      if (mayTakeControl === undefined) return;
      for (const appId of mayTakeControl) appOf(appId);
      for (const { id } of seed.apps) {
        execute({ type: 'setMayTakeControl', appId: id, allowed: mayTakeControl.includes(id) ? 'yes' : 'no' });
      }
    },
    account: (appId) => parts.accounts.of(appOf(appId).id),
    changeAccount: (appId, change) => parts.accounts.change(appOf(appId).id, change),
    setSwitches: (switches) => void execute({ type: 'setSwitches', switches }),
    setBatching: (batching) => delivery.setBatching(batching),
    injectFault: (spec) => faults.add(spec),
    injectWebhookFault: (spec) => faults.addForWebhooks(spec),
    holdWebhooks: (appId) => delivery.hold(appOf(appId).id),
    releaseWebhooks: (appId) => delivery.release(appOf(appId).id),
    events: (after = 0) => trace.after(after),
    on: (listener) => trace.listen(listener),
    state: () => ({ instance, ...visibleState(messenger.state(), clock.now(), receivers) }),
    inboxMeanings(psid) {
      const state = messenger.state();
      if (!state.customers.some((customer) => customer.psid === psid)) {
        throw new EmulatorUsageError(`There is no customer ${psid}.`);
      }
      return inboxMeanings(state, psid);
    },
    tour: () => tour?.[messenger.state().mode] ?? [],
    reset() {
      faults.clear();
      delivery.forget();
      parts.files.clear();
      parts.accounts.reset();
      messenger.reset(parts.beginning);
    },
  };
}

const roleIn = (state: MessengerState, appId: string): 'primary' | 'secondary' =>
  roleOf(state, appId) === 'primary' ? 'primary' : 'secondary';

function visibleState(
  state: MessengerState,
  now: number,
  receivers: ReadonlyMap<string, Receiver>,
): Omit<EmulatorState, 'instance'> {
  const { mode, page, primaryAppId, metaAi, entryPoints, customers, threads, switches } = state;
  return {
    now,
    newThreadOwner: firstOwner(state),
    mode,
    page,
    primaryAppId,
    metaAi,
    entryPoints,
    apps: state.apps.map((app) => {
      const callbackUrl = receivers.get(app.id)?.callbackUrl;
      return { ...app, role: roleIn(state, app.id), ...(callbackUrl === undefined ? {} : { callbackUrl }) };
    }),
    customers,
    threads,
    switches,
  };
}
