import { subscribedFields, usualFields } from './core/subscribedFields.ts';
import {
  defaultSwitches,
  type EntryPoints,
  type MessengerState,
  type MetaAi,
  type Mode,
  type RuleSwitches,
} from './core/state.ts';

/** An app of the Page with what only the app and Meta know. All values here are made up. */
export interface AppSeed {
  /** Digits, at most 2^53 - 1: Meta sends app ids as JSON numbers. */
  readonly id: string;
  readonly name: string;
  readonly pageToken: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  /** `routing`: whether it may take conversations of other apps. The primary app may anyway. Default `no`. */
  readonly mayTakeControl?: 'yes' | 'no';
}

export interface Seed {
  readonly page: { readonly id: string; readonly name: string };
  readonly apps: readonly AppSeed[];
  /** The primary receiver or default app. */
  readonly primaryAppId: string;
  readonly customers: readonly { readonly psid: string; readonly name: string }[];
  /** Whether Meta's AI takes part. Default `off`. */
  readonly metaAi?: MetaAi;
  /** The ways into a conversation that have an owner of their own. Default: none. */
  readonly entryPoints?: EntryPoints;
  /**
   * A short word in the ids of messages. With it they are the same from run to run, as all other ids are anyway; a bot that remembers
   * them takes new messages for old ones then. Default: the time of the start.
   */
  readonly ids?: string;
}

/** The default seed: always the same ids, and tokens that nobody can mistake for real ones. */
export const defaultSeed: Seed = {
  page: { id: '108400000000001', name: 'Emulated Page' },
  apps: [
    {
      id: '1284000000000001',
      name: 'primary',
      pageToken: 'emulated-page-token-of-primary',
      appSecret: 'emulated-app-secret-of-primary',
      verifyToken: 'emulated-verify-token-of-primary',
    },
    {
      id: '1284000000000002',
      name: 'secondary',
      pageToken: 'emulated-page-token-of-secondary',
      appSecret: 'emulated-app-secret-of-secondary',
      verifyToken: 'emulated-verify-token-of-secondary',
    },
  ],
  primaryAppId: '1284000000000001',
  customers: [{ psid: '7004000000000001', name: 'Carla Customer' }],
};

/** Whether ids can have this word in them. */
export const isIdWord = (word: string): boolean => /^[\w-]{1,64}$/.test(word);

/** How a Page begins, beside what the seed says; the options of an emulator. */
export interface Beginning {
  readonly mode?: Mode;
  readonly switches?: Partial<RuleSwitches>;
  readonly fields?: 'all' | readonly string[];
}

/**
 * The initial state, also after a reset. Throws a RangeError that says what is wrong with the seed.
 *
 * @param now milliseconds since 1970, so that the message ids differ from those of earlier runs if the seed says nothing about them
 */
export function stateFromSeed(seed: Seed, { mode, switches, fields }: Beginning, now: number): MessengerState {
  for (const { id, name } of seed.apps) {
    if (!/^[1-9]\d*$/.test(id) || !Number.isSafeInteger(Number(id))) {
      throw new RangeError(`The app id of ${name} has to be a whole number below 2^53.`);
    }
  }
  if (!seed.apps.some(({ id }) => id === seed.primaryAppId)) {
    throw new RangeError('primaryAppId has to be the id of one of the apps.');
  }
  for (const secret of ['pageToken', 'appSecret'] as const) {
    if (new Set(seed.apps.map((app) => app[secret])).size < seed.apps.length) {
      throw new RangeError(`Every app needs a ${secret} of its own.`);
    }
  }
  if (seed.ids !== undefined && !isIdWord(seed.ids)) {
    throw new RangeError('ids has to be a word of at most 64 letters, digits, _ and -.');
  }
  return {
    mode: mode ?? 'routing',
    page: seed.page,
    primaryAppId: seed.primaryAppId,
    metaAi: seed.metaAi ?? 'off',
    entryPoints: seed.entryPoints ?? {},
    apps: seed.apps.map(({ id, name, mayTakeControl }) => ({
      id,
      name,
      mayTakeControl: mayTakeControl === 'yes',
      subscribedFields: fields === 'all' ? subscribedFields : (fields ?? usualFields),
      profile: {},
    })),
    customers: seed.customers,
    personas: [],
    assets: [],
    messageTemplates: [],
    threads: {},
    switches: { ...defaultSwitches, ...switches },
    epoch: seed.ids ?? now.toString(36),
    messageCount: 0,
    nodeCount: 0,
    customerCount: seed.customers.length,
    lastTimestamp: 0,
  };
}
