import type { Claim, InboxEvent, Store } from '../../store/store.ts';
import { deadLetterContract } from './store/deadLetterContract.ts';
import { inboxContract } from './store/inboxContract.ts';
import { journalContract } from './store/journalContract.ts';
import { orderContract } from './store/orderContract.ts';
import { quarantineContract } from './store/quarantineContract.ts';
import { retryContract } from './store/retryContract.ts';
import { stateContract } from './store/stateContract.ts';
import { timerContract } from './store/timerContract.ts';

export function event(key: string, conversation = 'a'): InboxEvent {
  return { key, conversation, kind: 'message', via: 'messaging', endpoint: 'azure', payload: JSON.stringify({ key }) };
}

/** How an engine is opened for a test. The clocks stand until the test moves them. */
export interface OpenForTest {
  now: () => number;
  monotonicNow: () => number;
  maxWaiting?: number;
}

/** A store on a stage: `next` hands out the key and id of a claim. */
export interface StoreStage {
  store: Store;
  /** Moves both clocks. */
  pass(ms: number): void;
  /** Sets the wall clock alone, as an administrator may. */
  setWallClock(ms: number): void;
}

export type OpenStore = (options: OpenForTest) => Store | Promise<Store>;

export function useStore(open: OpenStore, options: { maxWaiting?: number } = {}): StoreStage {
  let now = 1_700_000_000_000;
  let monotonic = 5_000;
  const stage: StoreStage = {
    store: undefined as unknown as Store,
    pass: (ms) => {
      now += ms;
      monotonic += ms;
    },
    setWallClock: (ms) => {
      now = ms;
    },
  };
  beforeEach(async () => {
    now = 1_700_000_000_000;
    stage.store = await open({ now: () => now, monotonicNow: () => monotonic, ...options });
  });
  afterEach(() => stage.store.close());
  return stage;
}

/** Claims everything that may be claimed now, without ending any of it. */
export async function claimKeys(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for (let claim = await store.claim(); claim !== undefined; claim = await store.claim()) keys.push(claim.event.key);
  return keys;
}

export async function claimOne(store: Store): Promise<Claim> {
  const claim = await store.claim();
  if (claim === undefined) throw new Error('There is nothing to claim.');
  return claim;
}

/** The error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => undefined,
    (err: unknown) => err,
  );
  if (!(error instanceof Error)) throw new Error('It did not reject.');
  return error;
}

/** What every store engine promises. `open` gives an empty store whose clocks stand where they are told. */
export function storeContract(open: OpenStore): void {
  describe('inbox', () => inboxContract(open));
  describe('order', () => orderContract(open));
  describe('retries and pauses', () => retryContract(open));
  describe('turn journal', () => journalContract(open));
  describe('state of the bot', () => stateContract(open));
  describe('dead letters', () => deadLetterContract(open));
  describe('quarantine', () => quarantineContract(open));
  describe('timers', () => timerContract(open));
}
