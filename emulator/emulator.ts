import type { InboxMeanings } from './core/inboxMeaning.ts';
import type { BotReport, BotState } from './botReports.ts';
import type { EntryPoints, MessengerProfile, MessengerState, MetaAi, Mode, RuleSwitches } from './core/state.ts';
import type { Channel, WebhookKind } from './core/webhookKinds.ts';
import type { Batching } from './delivery/webhookEntries.ts';
import type { ArmedFault, FaultSpec, WebhookFaultSpec } from './faults/faultSpec.ts';
import type { StoredFile, NewFile } from './files/fileStore.ts';
import type { FileKind } from './files/fileTypes.ts';
import type { TokenKind, TokenLife } from './graph/accessTokens.ts';
import type { AccountChange, AppAccount } from './graph/appAccounts.ts';
import type { IfTaken } from './http/listen.ts';
import type { Clock, EmulatorHooks } from './runtime/hooks.ts';
import type { AppSeed, Seed } from './seed.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import type { EmulatorEvent } from './trace/emulatorEvent.ts';
import type { SetUpBots, Tour, TourStep } from './tour.ts';
import type { Listener } from './trace/traceLog.ts';

export interface EmulatorOptions {
  /** 0 is any free port, the default. Only 127.0.0.1 is bound. */
  readonly port?: number;
  /** What to do when the port is taken. Default `reject`: the start fails. */
  readonly portTaken?: IfTaken;
  /** Default: `routing`, the rules of Pages today. */
  readonly mode?: Mode;
  /** Ids, tokens and customers that replace those of the default seed. */
  readonly seed?: Partial<Seed>;
  /**
   * The fields of the Page that every app is subscribed to in the beginning. Default: those of events that a bot answers. `all` adds
   * echoes, reads and deliveries.
   */
  readonly fields?: 'all' | readonly string[];
  /** Switches undocumented behaviour to the other guess. */
  readonly switches?: Partial<RuleSwitches>;
  /** An exported state to go on from, or its text. Default: the seed. */
  readonly state?: unknown;
  /** How webhooks of one app that wait at the same time are posted. Default `none`: one POST each. */
  readonly batching?: Batching;
  /** Whether Graph calls need an `appsecret_proof`. Default `optional`. */
  readonly appSecretProof?: 'optional' | 'required';
  /** The clock behind the emulator's, in ms since 1970. Default: the machine's. */
  readonly clock?: Clock;
  /** The tour that the page offers. Default: none. */
  readonly tour?: Tour;
  /** Called before each step that the page plays. Default: the bots stay as they are. */
  readonly setUpBots?: SetUpBots;
  /** How webhooks are posted. Default: the global `fetch`. */
  readonly request?: typeof fetch;
}

export interface EmulatedApp extends Required<AppSeed> {
  /** `primary` is the primary receiver or the default app, which a Page in `open` does not have. */
  readonly role: 'primary' | 'secondary';
}

export { fileKinds, type FileKind } from './files/fileTypes.ts';

/** Acts as a customer. Throws an `EmulatorUsageError` if something cannot be done. */
export interface CustomerControls {
  readonly psid: string;
  /** Returns the mid of the message, as the others do. */
  say(text: string, about?: { readonly replyTo?: string }): string;
  /** Taps a quick reply that is currently offered. */
  tap(title: string): string;
  /** Taps a button that was sent or, with a payload, one that `appId` put somewhere else. */
  postback(button: { readonly title: string; readonly payload?: string; readonly appId?: string }): string;
  /** Sends a file, by its address. */
  sendAttachment(attachment: { readonly type: FileKind; readonly url: string }): string;
  /** Taps Get Started, which an app must have set in its Messenger Profile. */
  getStarted(): string;
  /** Reacts to the Page's last message, or to the one with this mid, with one of Meta's words such as `love`. */
  react(reaction: string, about?: { readonly mid?: string; readonly action?: 'react' | 'unreact' }): void;
  /** Follows an m.me link that carries `ref`. For a new customer, the apps learn of it with the first message. */
  follow(ref: string): void;
  /** Follows an ad; otherwise like `follow`. */
  followAd(adId: string, about?: { readonly ref?: string }): void;
  /** Sends something that the platform does not pass on: apps learn only that it happened. */
  sendUnsupported(): string;
  /** Opts in to marketing messages that were offered with this payload. */
  optIn(offer: { readonly payload: string; readonly title?: string }): void;
  /** Reads the Page's last message. Does nothing if it was read before. */
  read(): void;
  /** The phone receives the Page's last message. Does nothing if it was received before. */
  receive(): void;
}

/** Acts as an agent in the Page Inbox. */
export interface InboxControls {
  reply(text: string): string;
  markAsDone(): void;
  moveToMain(): void;
  /** Opens the conversation, which marks it as read. */
  open(): void;
}

/** Acts as Meta's AI, which must be switched on. */
export interface MetaAiControls {
  /** Takes the conversation, whoever owns it. */
  take(): void;
  /** Answers the customer. It must own the conversation. Returns the mid of the message. */
  answer(text: string): string;
  /**
   * Gives the conversation back: to the default app, or to the app or inbox with this id. With `event: 'none'` the new owner
   * only gets a notice, as was often recorded.
   */
  handBack(how?: {
    readonly to?: string;
    readonly event?: 'pass' | 'none';
    /** Sent in the event. */
    readonly note?: string;
    readonly notice?: string;
  }): void;
  /** Messenger puts a notice into the conversation. This also works without its AI. */
  notice(text: string, about?: { readonly from?: 'customer' | 'page' }): void;
}

/** Rules by which calls and webhooks go wrong: always, the next few, or one in so many. */
export interface FaultControls {
  /** Makes calls of Graph or of the emulated Azure fail. Returns the id of the fault. Throws a RangeError when it would never hit. */
  ofCalls(spec: FaultSpec): number;
  /** Makes webhooks go wrong, or the attempts to post them. */
  ofWebhooks(spec: WebhookFaultSpec): number;
  /** The faults that are armed, the oldest first, with how often each has hit. */
  armed(): readonly ArmedFault[];
  /** Takes back one. Throws an `EmulatorUsageError` when none with this id is armed. */
  disarm(faultId: number): void;
  disarmAll(): void;
}

/** A POST of one or more webhooks to an app's callback. */
export interface MadeDelivery {
  /** As in the event stream. */
  readonly deliveryId: number;
  /** When it was made, in ms since 1970. */
  readonly at: number;
  readonly appId: string;
  readonly webhooks: readonly {
    readonly channel: Channel;
    readonly kind: WebhookKind;
    readonly psid?: string;
    readonly timestamp: number;
  }[];
}

/** What `state()` returns. It contains no tokens and no secrets. */
export interface EmulatorState extends Omit<
  MessengerState,
  'apps' | 'assets' | 'messageTemplates' | 'epoch' | 'messageCount' | 'nodeCount' | 'customerCount' | 'lastTimestamp'
> {
  /** Changes with every start, because event ids begin again. */
  readonly instance: string;
  /** The emulator's time, in ms since 1970. */
  readonly now: number;
  /** The owner of a conversation without any event yet. `null` is idle. */
  readonly newThreadOwner: string | null;
  readonly apps: readonly {
    readonly id: string;
    readonly name: string;
    readonly role: 'primary' | 'secondary';
    readonly mayTakeControl: boolean;
    readonly subscribedFields: readonly string[] | null;
    readonly profile: MessengerProfile;
    /** Until when its tokens work. The tokens themselves are not in it. */
    readonly tokens: Readonly<Record<TokenKind, TokenLife>>;
    readonly callbackUrl?: string;
    /** Whether its bot runs; absent until somebody has told. */
    readonly bot?: BotState;
  }[];
  /** The faults of calls and webhooks that are armed, the oldest first. */
  readonly armedFaults: readonly ArmedFault[];
}

/** A running emulator of Messenger for one Page. */
export interface Emulator extends EmulatorHooks {
  /** `http://127.0.0.1:<port>`, of Graph and, with `/_emulator` behind it, of control. */
  readonly url: string;
  readonly port: number;
  readonly pageId: string;
  /** The apps in the order of the seed, with their current roles. */
  readonly apps: readonly EmulatedApp[];
  /** The page-scoped ids of the current customers. */
  readonly customers: readonly string[];

  /** Throws an `EmulatorUsageError` when there is no such app. */
  app(appId: string): EmulatedApp;
  customer(psid?: string): CustomerControls;
  inbox(psid?: string): InboxControls;
  metaAi(psid?: string): MetaAiControls;
  /** When the AI is switched off, the threads that it owns become idle. */
  setMetaAi(metaAi: MetaAi): void;
  /** Replaces all entry points. Each is an app, the Page Inbox or Meta's AI. */
  setEntryPoints(entryPoints: EntryPoints): void;
  /** Returns the PSID of the new customer. */
  addCustomer(customer?: { readonly name?: string; readonly psid?: string }): string;
  /** Advances the clock by this many ms: ownership expires, and whatever falls due is sent. */
  advanceClock(ms: number): void;
  /**
   * Calls once so many ms of the emulator's time have gone by: because they did, or because the clock was advanced. Call the answer to
   * call it off. It keeps no process running.
   */
  after(ms: number, call: () => void): () => void;
  /** The emulator's time at which something waits to happen next; undefined when nothing does. Ownership that expires is not counted. */
  nextDue(): number | undefined;
  setMode(mode: Mode): void;
  setRoles(roles: { readonly primaryAppId?: string; readonly mayTakeControl?: readonly string[] }): void;
  /** An app's settings in Meta's dashboard: its token, its subscriptions, its webhook. */
  account(appId: string): AppAccount;
  /** Changes them. A token that has expired or is invalidated is refused, and webhooks follow `pageFields`; the rest only shows in Graph. */
  changeAccount(appId: string, change: AccountChange): void;
  /** Switches undocumented behaviour to the other guess from now on. */
  setSwitches(switches: Partial<RuleSwitches>): void;
  /** How webhooks that wait at the same time are posted. */
  setBatching(batching: Batching): void;
  /** What goes wrong on purpose. */
  readonly faults: FaultControls;
  /** The same as `faults.ofCalls`. */
  injectFault(spec: FaultSpec): number;
  /** The same as `faults.ofWebhooks`. */
  injectWebhookFault(spec: WebhookFaultSpec): number;
  /** The same as `faults.disarm`. */
  disarmFault(faultId: number): void;
  /** Holds the webhooks of an app until `releaseWebhooks`. `settled()` does not wait for held ones. */
  holdWebhooks(appId: string): void;
  releaseWebhooks(appId: string): void;
  /** The latest POSTs to callbacks, the oldest first: at most 1000. Each can be sent again. */
  deliveries(): readonly MadeDelivery[];
  /**
   * Posts a delivery once more: the same bytes, the right signature, marked as `redelivery` in the event stream. Answers with the status
   * of the callback, which is absent when no answer came. A failure is not tried again. Rejects with an `EmulatorUsageError` when the
   * delivery is not known any more or its app has no callback.
   */
  redeliver(deliveryId: number): Promise<{ readonly status?: number }>;
  /** Records what happened inside an app's bot. The emulator itself sees only what passes over the network. */
  report(appId: string, report: BotReport): void;
  /**
   * Resolves when no webhook and no Graph call is under way and no added source is busy. A bot that answers a webhook first and
   * works afterwards must be such a source; for one in another process, `quietMs` waits until nothing has happened for that long.
   */
  settled(options?: { readonly quietMs?: number }): Promise<void>;
  /** The events after the one with this id; all of them without an id. */
  events(after?: number): readonly EmulatorEvent[];
  /** Calls the listener with every event from now on. Returns a function that stops it. */
  on(listener: Listener): () => void;
  state(): EmulatorState;
  /**
   * Keeps a file in memory and serves it at its address, until `reset()` or until newer files need the space. Throws an
   * `EmulatorUsageError` if it is empty or too long.
   */
  keepFile(file: NewFile): StoredFile;
  /** What each button of the Page Inbox would do to this conversation now. */
  inboxMeanings(psid: string): InboxMeanings;
  /** The tour of the current mode. */
  tour(): readonly TourStep[];
  /** Sets the bots up for a step of the tour, where the one who started the emulator can do that. */
  setUpBots: SetUpBots;
  /**
   * The whole state as plain JSON, to go on from later or in another emulator: conversations, owners, clock, tokens' ends, switches,
   * faults, files, and deliveries that are not over. It holds no token and no secret.
   */
  exportState(): Snapshot;
  /**
   * Goes on from an exported state, or from its text, in the place of everything there is. Registered webhooks stay; ids of events go on.
   * Throws an `EmulatorUsageError`, with nothing changed, when it is none, of another version, or of another Page or other apps.
   */
  importState(state: unknown): void;
  /** Goes back to the initial state. Registered webhooks stay; ids of events and messages continue. */
  reset(): void;
  close(): Promise<void>;
}
