import type { InboxMeanings } from './core/inboxMeaning.ts';
import type { EntryPoints, MessengerProfile, MessengerState, MetaAi, Mode, RuleSwitches } from './core/state.ts';
import type { Batching } from './delivery/webhookEntries.ts';
import type { FaultSpec, WebhookFaultSpec } from './faults/injectedFaults.ts';
import type { StoredFile, NewFile } from './files/fileStore.ts';
import type { FileKind } from './files/fileTypes.ts';
import type { AccountChange, AppAccount } from './graph/appAccounts.ts';
import type { IfTaken } from './http/listen.ts';
import type { Clock, EmulatorHooks } from './runtime/hooks.ts';
import type { AppSeed, Seed } from './seed.ts';
import type { EmulatorEvent } from './trace/emulatorEvent.ts';
import type { Tour, TourStep } from './tour.ts';
import type { Listener } from './trace/traceLog.ts';

export interface EmulatorOptions {
  /** 0 is any free port, the default. Only 127.0.0.1 is bound. */
  readonly port?: number;
  /** What becomes of a port that is taken. Default `reject`: the start fails. */
  readonly portTaken?: IfTaken;
  /** Default `routing`, which Pages have today. */
  readonly mode?: Mode;
  /** Other ids, tokens or customers than the default seed's. */
  readonly seed?: Partial<Seed>;
  /** Guesses to be turned into the other guess. */
  readonly switches?: Partial<RuleSwitches>;
  /** How several webhooks of one app that wait at the same time go out. Default `none`: one POST each. */
  readonly batching?: Batching;
  /** Whether Graph calls need an `appsecret_proof`. Default `optional`. */
  readonly appSecretProof?: 'optional' | 'required';
  /** The time the emulator's clock runs with, in ms since 1970. Default: the machine's. */
  readonly clock?: Clock;
  /** What the page can play. Default: nothing. */
  readonly tour?: Tour;
  /** How webhooks are posted. Default: the global `fetch`. */
  readonly request?: typeof fetch;
}

export interface EmulatedApp extends Required<AppSeed> {
  /** `primary` is the primary receiver or the default app, which a Page in `open` does not have. */
  readonly role: 'primary' | 'secondary';
}

export { fileKinds, type FileKind } from './files/fileTypes.ts';

/** Be a customer. What cannot be done throws an `EmulatorUsageError`. */
export interface CustomerControls {
  readonly psid: string;
  /** The answer is the message's mid, as with the others. */
  say(text: string): string;
  /** Taps a quick reply that is offered now. */
  tap(title: string): string;
  /** Taps a button that was sent or, with a payload, one from elsewhere, which came from `appId`. */
  postback(button: { readonly title: string; readonly payload?: string; readonly appId?: string }): string;
  /** Sends a file, by its address. */
  sendAttachment(attachment: { readonly type: FileKind; readonly url: string }): string;
  /** Taps Get Started, which an app has to have set in its Messenger Profile. */
  getStarted(): string;
  /** Reacts to the Page's last message, or to the one with this mid, by one of Meta's words such as `love`. */
  react(reaction: string, about?: { readonly mid?: string; readonly action?: 'react' | 'unreact' }): void;
  /** Follows an m.me link that carries `ref`. Whoever has not written yet is told of with the first thing that they do. */
  follow(ref: string): void;
  /** Follows an ad, likewise. */
  followAd(adId: string, about?: { readonly ref?: string }): void;
  /** Sends something that the platform does not pass on: the event says only that. */
  sendUnsupported(): string;
  /** Agrees to marketing messages that were offered with this payload. */
  optIn(offer: { readonly payload: string; readonly title?: string }): void;
  /** Reads the Page's last message. Nothing happens when it has been read. */
  read(): void;
  /** The phone receives the Page's last message. Nothing happens when it has it. */
  receive(): void;
}

/** Be an agent in the Page Inbox. */
export interface InboxControls {
  reply(text: string): string;
  markAsDone(): void;
  moveToMain(): void;
  /** Looks at the conversation: nothing in it is unread any more. */
  open(): void;
}

/** Be Meta's AI, which has to be on. */
export interface MetaAiControls {
  /** Takes the conversation, whoever owns it. */
  take(): void;
  /** Answers the customer; it has to own the conversation. The answer is the message's mid. */
  answer(text: string): string;
  /**
   * Gives the conversation back: to the default app, or to the app or inbox with this id. With `event: 'none'` the new owner hears
   * of it by a notice alone, which often was so.
   */
  handBack(how?: {
    readonly to?: string;
    readonly event?: 'pass' | 'none';
    /** Goes along in the event. */
    readonly note?: string;
    readonly notice?: string;
  }): void;
  /** Messenger notes something in the conversation, as it does also without its AI. */
  notice(text: string, about?: { readonly from?: 'customer' | 'page' }): void;
}

/** What `state()` tells. No token and no secret is in it. */
export interface EmulatorState extends Omit<
  MessengerState,
  'apps' | 'epoch' | 'messageCount' | 'customerCount' | 'lastTimestamp'
> {
  /** Another one after every start: event ids begin again then. */
  readonly instance: string;
  /** The emulator's time, in ms since 1970. */
  readonly now: number;
  /** Who owns a conversation that never had an event. `null` is idle. */
  readonly newThreadOwner: string | null;
  readonly apps: readonly {
    readonly id: string;
    readonly name: string;
    readonly role: 'primary' | 'secondary';
    readonly mayTakeControl: boolean;
    readonly subscribedFields: readonly string[] | null;
    readonly profile: MessengerProfile;
    readonly callbackUrl?: string;
  }[];
}

/** A running emulator of Messenger for one Page. */
export interface Emulator extends EmulatorHooks {
  /** `http://127.0.0.1:<port>`, of Graph and, with `/_emulator` behind it, of control. */
  readonly url: string;
  readonly port: number;
  readonly pageId: string;
  /** The apps in the order of the seed, with their roles of this moment. */
  readonly apps: readonly EmulatedApp[];
  /** The page-scoped ids of the customers of this moment. */
  readonly customers: readonly string[];

  /** Throws an `EmulatorUsageError` when there is no such app. */
  app(appId: string): EmulatedApp;
  customer(psid?: string): CustomerControls;
  inbox(psid?: string): InboxControls;
  metaAi(psid?: string): MetaAiControls;
  /** What the AI owns when it is switched off belongs to nobody. */
  setMetaAi(metaAi: MetaAi): void;
  /** Replaces all. Each is an app, the Page Inbox or Meta's AI. */
  setEntryPoints(entryPoints: EntryPoints): void;
  /** The answer is the new customer's psid. */
  addCustomer(customer?: { readonly name?: string; readonly psid?: string }): string;
  /** Puts the clock forward by so many ms: ownership that is over ends, what waits for a time goes out. */
  advanceClock(ms: number): void;
  setMode(mode: Mode): void;
  setRoles(roles: { readonly primaryAppId?: string; readonly mayTakeControl?: readonly string[] }): void;
  /** What is set about an app in Meta's dashboard: its token's facts, what it is subscribed to, its webhook. */
  account(appId: string): AppAccount;
  /** Sets it otherwise. An ended token is refused, and webhooks follow `pageFields`; the rest is only told by Graph. */
  changeAccount(appId: string, change: AccountChange): void;
  /** Turns guesses into the other guess from now on. */
  setSwitches(switches: Partial<RuleSwitches>): void;
  /** How webhooks go out that wait at the same time. */
  setBatching(batching: Batching): void;
  /** The answer is the fault's id in the event stream. Also for the Connector and the token endpoint of an emulated Azure. */
  injectFault(spec: FaultSpec): number;
  /** Lets something happen to the next webhooks on their way. */
  injectWebhookFault(spec: WebhookFaultSpec): number;
  /** Holds the webhooks of an app until `releaseWebhooks`. `settled()` does not wait for held ones. */
  holdWebhooks(appId: string): void;
  releaseWebhooks(appId: string): void;
  /**
   * Resolves at a moment at which no webhook and no Graph call is under way and no added source is busy. A bot that answers a
   * webhook first and works afterwards is seen only when it is such a source; for one in another process `quietMs` waits until
   * nothing has happened for so long.
   */
  settled(options?: { readonly quietMs?: number }): Promise<void>;
  /** What happened after the event with this id; without one, everything. */
  events(after?: number): readonly EmulatorEvent[];
  /** Hears every event from now on; the answer ends it. */
  on(listener: Listener): () => void;
  state(): EmulatorState;
  /**
   * Keeps a file in memory and serves it to whoever has its address, until `reset()` or until younger files need its place. One that
   * is empty or too long is an `EmulatorUsageError`.
   */
  keepFile(file: NewFile): StoredFile;
  /** What each button of the Page Inbox does to this conversation now. */
  inboxMeanings(psid: string): InboxMeanings;
  /** What the page can play in the mode of this moment. */
  tour(): readonly TourStep[];
  /** Back to the beginning. Registered webhooks stay; ids of events and messages go on. */
  reset(): void;
  close(): Promise<void>;
}
