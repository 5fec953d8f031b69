import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { customerControls, faultControls, inboxControls, metaAiControls, type Execute } from './actors.ts';
import type { EmulatorParts } from './emulatorParts.ts';
import type { EmulatorHooks, ForcedFailure, OutsideCall, TraceRecord, WebhookCallback } from './hooks.ts';
import { emulatedApp, visibleState } from './visibleState.ts';
import { safeReport, type BotReport } from '../botReports.ts';
import { graphFault } from '../core/graphFaults.ts';
import { inboxMeanings, type InboxMeanings } from '../core/inboxMeaning.ts';
import type { EntryPoints, MetaAi, Mode, RuleSwitches } from '../core/state.ts';
import type { Batching } from '../delivery/webhookEntries.ts';
import type {
  CustomerControls,
  EmulatedApp,
  Emulator,
  EmulatorState,
  FaultControls,
  InboxControls,
  MadeDelivery,
  MetaAiControls,
} from '../emulator.ts';
import type { FaultSpec, WebhookFaultSpec } from '../faults/faultSpec.ts';
import type { NewFile, StoredFile } from '../files/fileStore.ts';
import type { AccountChange, AppAccount } from '../graph/appAccounts.ts';
import { restoreSnapshot, takeSnapshot } from '../snapshot/exportImport.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { TourStep } from '../tour.ts';
import type { EmulatorEvent } from '../trace/emulatorEvent.ts';
import type { Listener } from '../trace/traceLog.ts';
import { EmulatorUsageError } from '../usageError.ts';

/** The emulator as people, tests and Azure's channel use it. Its members are documented on `Emulator` and `EmulatorHooks`. */
export class RunningEmulator implements Emulator {
  readonly url: string;
  readonly port: number;
  readonly pageId: string;
  readonly graphBaseUrl: string;
  // Bound, since parts take these out of the object.
  readonly clock: EmulatorHooks['clock'];
  readonly trace: EmulatorHooks['trace'];
  readonly hideSecret: EmulatorHooks['hideSecret'];
  readonly addBusySource: EmulatorHooks['addBusySource'];
  readonly faults: FaultControls;
  readonly setUpBots: Emulator['setUpBots'];
  readonly #parts: EmulatorParts;
  readonly #instance = randomUUID();
  readonly #closeServer: () => Promise<void>;

  constructor(parts: EmulatorParts, port: number, closeServer: () => Promise<void>) {
    const { clock, trace, sources, seed } = parts;
    this.#parts = parts;
    this.#closeServer = closeServer;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.graphBaseUrl = this.url;
    this.pageId = seed.page.id;
    this.clock = clock.now;
    this.trace = (record: TraceRecord) => trace.addRecord(record);
    this.hideSecret = (value) => trace.hideSecret(value);
    this.addBusySource = sources.add;
    this.faults = faultControls(parts.faults);
    this.setUpBots = parts.setUpBots;
  }

  get apps(): readonly EmulatedApp[] {
    const { seed, messenger } = this.#parts;
    return seed.apps.map((app) => emulatedApp(messenger.state(), app));
  }

  get customers(): readonly string[] {
    return this.#parts.messenger.state().customers.map(({ psid }) => psid);
  }

  app(appId: string): EmulatedApp {
    const found = this.apps.find(({ id }) => id === appId);
    if (found === undefined) throw new EmulatorUsageError(`There is no app ${appId}.`);
    return found;
  }

  customer(psid = this.#firstCustomer()): CustomerControls {
    return customerControls(this.#execute, psid);
  }

  inbox(psid = this.#firstCustomer()): InboxControls {
    return inboxControls(this.#execute, psid);
  }

  metaAi(psid = this.#firstCustomer()): MetaAiControls {
    return metaAiControls(this.#execute, psid);
  }

  setMetaAi(metaAi: MetaAi): void {
    this.#execute({ type: 'setMetaAi', metaAi });
  }

  setEntryPoints(entryPoints: EntryPoints): void {
    this.#execute({ type: 'setEntryPoints', entryPoints });
  }

  addCustomer({ name = 'Customer', psid }: { readonly name?: string; readonly psid?: string } = {}): string {
    return this.#execute({ type: 'addCustomer', name, ...(psid === undefined ? {} : { psid }) }).psid ?? '';
  }

  advanceClock(ms: number): void {
    const { clock, trace } = this.#parts;
    clock.advance(ms);
    trace.add({ type: 'clockAdvanced', ms });
    this.#execute({ type: 'expire' });
  }

  after(ms: number, call: () => void): () => void {
    return this.#parts.clock.after(ms, call);
  }

  nextDue(): number | undefined {
    return this.#parts.clock.nextDue();
  }

  setMode(mode: Mode): void {
    this.#execute({ type: 'setMode', mode });
  }

  setRoles(roles: { readonly primaryAppId?: string; readonly mayTakeControl?: readonly string[] }): void {
    const { primaryAppId, mayTakeControl } = roles;
    if (primaryAppId !== undefined) this.#execute({ type: 'setPrimary', appId: primaryAppId });
    if (mayTakeControl === undefined) return;
    for (const appId of mayTakeControl) this.app(appId);
    for (const { id } of this.#parts.seed.apps) {
      this.#execute({ type: 'setMayTakeControl', appId: id, allowed: mayTakeControl.includes(id) ? 'yes' : 'no' });
    }
  }

  account(appId: string): AppAccount {
    return this.#parts.accounts.of(this.app(appId).id);
  }

  changeAccount(appId: string, change: AccountChange): void {
    this.#parts.accounts.change(this.app(appId).id, change);
  }

  setSwitches(switches: Partial<RuleSwitches>): void {
    this.#execute({ type: 'setSwitches', switches });
  }

  setBatching(batching: Batching): void {
    this.#parts.delivery.setBatching(batching);
  }

  injectFault(spec: FaultSpec): number {
    return this.faults.ofCalls(spec);
  }

  injectWebhookFault(spec: WebhookFaultSpec): number {
    return this.faults.ofWebhooks(spec);
  }

  disarmFault(faultId: number): void {
    this.faults.disarm(faultId);
  }

  takeFault(call: OutsideCall): ForcedFailure | undefined {
    const { faults, clock, closing } = this.#parts;
    const spec = faults.take(call);
    if (spec === undefined) return undefined;
    const { when = 'before', effect, delayMs = 0, fault, connection, body } = spec;
    return {
      when,
      ...(effect === undefined ? {} : { effect }),
      ...(fault === undefined ? {} : { answer: typeof fault === 'string' ? graphFault(fault) : fault }),
      ...(connection === undefined ? {} : { connection }),
      ...(body === undefined ? {} : { body }),
      delay: () => clock.wait(delayMs, closing.signal),
      pace: (ms) => clock.wait(ms, closing.signal),
    };
  }

  deliveries(): readonly MadeDelivery[] {
    return this.#parts.delivery.deliveries().map(({ deliveryId, at, appId, webhooks }) => ({
      ...{ deliveryId, at, appId },
      webhooks: webhooks.map(({ channel, kind, psid, timestamp }) => ({
        ...{ channel, kind, ...(psid === undefined ? {} : { psid }) },
        timestamp,
      })),
    }));
  }

  async redeliver(deliveryId: number): Promise<{ readonly status?: number }> {
    const { status } = await this.#parts.delivery.redeliver(deliveryId);
    return status === undefined ? {} : { status };
  }

  report(appId: string, report: BotReport): void {
    const { trace, bots } = this.#parts;
    const { id } = this.app(appId);
    if (report.type === 'botState') bots.set(id, report.state);
    trace.add({ ...safeReport(report), appId: id });
  }

  holdWebhooks(appId: string): void {
    this.#parts.delivery.hold(this.app(appId).id);
  }

  releaseWebhooks(appId: string): void {
    this.#parts.delivery.release(this.app(appId).id);
  }

  async registerWebhook(appId: string, callback: WebhookCallback): Promise<void> {
    await this.#parts.webhooks.register(this.app(appId).id, callback);
  }

  async settled({ quietMs = 0 }: { readonly quietMs?: number } = {}): Promise<void> {
    const { sources, trace, closing } = this.#parts;
    for (;;) {
      await sources.settled();
      if (quietMs === 0) return;
      const lastId = trace.lastId();
      await wait(quietMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (trace.lastId() === lastId || closing.signal.aborted) return;
    }
  }

  events(after = 0): readonly EmulatorEvent[] {
    return this.#parts.trace.after(after);
  }

  on(listener: Listener): () => void {
    return this.#parts.trace.listen(listener);
  }

  state(): EmulatorState {
    const { messenger, clock, receivers, bots, faults, accounts } = this.#parts;
    const visible = visibleState(messenger.state(), clock.now(), receivers, bots, accounts);
    return { instance: this.#instance, ...visible, armedFaults: faults.armed() };
  }

  keepFile(file: NewFile): StoredFile {
    return this.#parts.files.add(file, this.url);
  }

  inboxMeanings(psid: string): InboxMeanings {
    const state = this.#parts.messenger.state();
    if (!state.customers.some((customer) => customer.psid === psid)) {
      throw new EmulatorUsageError(`There is no customer ${psid}.`);
    }
    return inboxMeanings(state, psid);
  }

  tour(): readonly TourStep[] {
    const { tour, messenger } = this.#parts;
    return tour[messenger.state().mode] ?? [];
  }

  exportState(): Snapshot {
    return takeSnapshot(this.#parts, this.url);
  }

  importState(state: unknown): void {
    restoreSnapshot(this.#parts, state, this.url);
  }

  reset(): void {
    const { faults, delivery, files, accounts, messenger, beginning } = this.#parts;
    faults.clear();
    delivery.forget();
    files.clear();
    accounts.reset();
    messenger.reset(beginning);
  }

  async close(): Promise<void> {
    this.#parts.closing.abort();
    this.#parts.delivery.close();
    await this.#closeServer();
  }

  readonly #execute: Execute = (command) => {
    const result = this.#parts.messenger.execute(command);
    if (result.type === 'done') return result;
    throw new EmulatorUsageError('because' in result ? result.because : 'The command has no answer of this kind.');
  };

  #firstCustomer(): string {
    return this.#parts.messenger.state().customers[0]?.psid ?? '';
  }
}
