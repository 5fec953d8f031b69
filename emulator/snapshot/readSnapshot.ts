import { z } from 'zod';
import { metaAiAppId, pageInboxAppId, type MessengerState } from '../core/state.ts';
import { filesPrefix, type KeptFile } from '../files/fileStore.ts';
import type { AppWebhook, StoredAccount, TokenFacts } from '../graph/appAccounts.ts';
import { isJsonObject, parseJson } from '../json.ts';
import { EmulatorUsageError } from '../usageError.ts';
import { messengerSchema } from './messengerSchema.ts';
import { armedSchema, pendingSchema } from './pendingSchema.ts';
import { allOf, digits, exactly, time, whole } from './pieces.ts';
import { snapshotFormat, snapshotVersion, type Snapshot } from './snapshot.ts';

/** The longest snapshot, in characters. Files are the most of it: 50 MB, which base64 makes a third longer. */
export const longestSnapshot = 80_000_000;

const token = allOf<TokenFacts>({
  type: z.enum(['PAGE', 'USER', 'APP']),
  scopes: z.array(z.string()),
  issuedAt: time,
  expiresAt: time,
  dataAccessExpiresAt: time,
  invalidated: z.enum(['no', 'passwordChanged']),
});

const snapshotSchema = allOf<Snapshot>({
  format: z.literal(snapshotFormat),
  version: z.literal(snapshotVersion),
  now: whole,
  messenger: messengerSchema,
  accounts: z.array(
    allOf<StoredAccount>({
      appId: digits,
      token,
      userToken: token,
      appToken: token,
      webhook: allOf<AppWebhook>({
        callbackUrl: z.string().url(),
        fields: z.array(z.string()),
        active: z.boolean(),
      }).nullable(),
    }),
  ),
  callbacks: z.array(
    exactly({
      appId: digits,
      callbackUrl: z
        .string()
        .url()
        .regex(/^https?:/i, 'has to be an http or https address'),
    }),
  ),
  faults: armedSchema,
  deliveries: pendingSchema,
  files: z.array(
    allOf<KeptFile>({
      path: z.string().regex(new RegExp(`^${filesPrefix}[\\w-]+/[^/]+$`), 'has to be an address of a file'),
      name: z.string(),
      contentType: z.string(),
      base64: z.string().base64(),
    }),
  ),
});

/**
 * Reads the text of a snapshot. Throws an `EmulatorUsageError` that says what is wrong when it is none, is of another version, or is of
 * another Page or other apps than this emulator has.
 */
export function readSnapshot(text: string, own: Pick<MessengerState, 'page' | 'apps'>): Snapshot {
  if (text.length > longestSnapshot) throw new EmulatorUsageError(`A state has at most ${longestSnapshot} characters.`);
  const value = parseJson(text);
  if (!isJsonObject(value) || value['format'] !== snapshotFormat) {
    throw new EmulatorUsageError('This is not the exported state of an emulator.');
  }
  if (value['version'] !== snapshotVersion) {
    const version = typeof value['version'] === 'number' ? ` ${value['version']}` : '';
    throw new EmulatorUsageError(
      `The state was exported in another version${version}; this emulator reads version ${snapshotVersion}.`,
    );
  }
  const checked = snapshotSchema.safeParse(value);
  if (!checked.success) throw new EmulatorUsageError(`The state cannot be used: ${firstProblem(checked.error)}.`);
  // What was read keeps the order of its fields, so the value itself is taken, not the copy of the check.
  if (!isSnapshot(value)) throw new EmulatorUsageError('The state cannot be used.');
  const problem = disagreement(value, own);
  if (problem !== undefined) throw new EmulatorUsageError(`The state cannot be used: ${problem}.`);
  return value;
}

/** Whether it calls itself a snapshot; that it is one has been checked before, or it was written here. */
export const isSnapshot = (value: unknown): value is Snapshot =>
  isJsonObject(value) && value['format'] === snapshotFormat && value['version'] === snapshotVersion;

function firstProblem({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'something is wrong with it';
  const path = issue.path.join('.').slice(0, 200);
  return `${path === '' ? 'it' : path}: ${issue.message.slice(0, 200).replace(/\.$/, '')}`;
}

/** What of a snapshot does not go together, or not with this emulator. */
function disagreement(
  { messenger, accounts, callbacks, faults, deliveries }: Snapshot,
  own: Pick<MessengerState, 'page' | 'apps'>,
): string | undefined {
  const ids = messenger.apps.map(({ id }) => id);
  const wanted = own.apps.map(({ id }) => id);
  if (messenger.page.id !== own.page.id) return `it is of the Page ${messenger.page.id}, and this is ${own.page.id}`;
  if (ids.join() !== wanted.join()) return `it has the apps ${ids.join(', ')}, and here are ${wanted.join(', ')}`;
  if (accounts.map(({ appId }) => appId).join() !== ids.join()) return 'accounts has to have every app once';

  const receivers = new Set([...ids, pageInboxAppId, metaAiAppId]);
  const inboxIsPrimary = messenger.primaryAppId === pageInboxAppId;
  if (!(ids.includes(messenger.primaryAppId) || (inboxIsPrimary && messenger.mode !== 'classic'))) {
    return 'primaryAppId is no app that can be the first';
  }
  const psids = new Set(messenger.customers.map(({ psid }) => psid));
  if (psids.size < messenger.customers.length) return 'two customers have the same psid';
  const threads = Object.entries(messenger.threads);
  if (threads.some(([key, { psid }]) => key !== psid || !psids.has(psid))) return 'a thread is of no customer';
  if (threads.some(([, { owner }]) => owner !== null && !receivers.has(owner))) return 'a thread is owned by no app';

  const mids = threads.flatMap(([, { messages }]) => messages.map(({ mid }) => mid));
  if (new Set(mids).size < mids.length) return 'two messages have the same mid';
  const begin = `m_emulated${messenger.epoch}`;
  const counts = mids.map((mid) => (mid.startsWith(begin) ? Number(mid.slice(begin.length)) : 0));
  if (counts.some((count) => count > messenger.messageCount)) return 'messageCount is less than there were messages';

  const faultIds = new Set(faults.map(({ faultId }) => faultId));
  if (faultIds.size < faults.length) return 'two faults have the same id';
  const endless = faults.find(
    ({ mode, timesLeft }) => (typeof mode === 'object' && 'next' in mode) === (timesLeft === undefined),
  );
  if (endless !== undefined) return `fault ${endless.faultId} needs timesLeft if and only if it hits the next few`;

  const { waiting, held, heldByFault, delayed, retries, failing } = deliveries;
  const webhooks = [...waiting, ...heldByFault, ...delayed].map(({ webhook }) => webhook);
  const all = [
    ...callbacks,
    ...webhooks,
    ...[...held, ...retries].flatMap((one) => [one, ...one.webhooks]),
    ...failing,
  ];
  if (all.some(({ appId }) => !ids.includes(appId))) return 'a delivery or a callback is for no app';
  return undefined;
}
