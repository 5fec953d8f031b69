import { filesPrefix } from '../files/fileStore.ts';
import type { EmulatorParts } from '../runtime/emulatorParts.ts';
import { EmulatorUsageError } from '../usageError.ts';
import { isSnapshot, readSnapshot } from './readSnapshot.ts';
import { snapshotFormat, snapshotVersion, type Snapshot } from './snapshot.ts';

/** Stands in a snapshot for where the files of the emulator are, which may be elsewhere when it is read. */
const filesAnywhere = `emulator:${filesPrefix}`;

/**
 * Everything that the emulator goes on with, as JSON of its own.
 *
 * @param url where the emulator is
 */
export function takeSnapshot(parts: EmulatorParts, url: string): Snapshot {
  const { clock, messenger, accounts, faults, delivery, files, receivers } = parts;
  const snapshot: Snapshot = {
    format: snapshotFormat,
    version: snapshotVersion,
    now: clock.now(),
    messenger: messenger.state(),
    accounts: accounts.all(),
    callbacks: [...receivers].map(([appId, { callbackUrl }]) => ({ appId, callbackUrl })),
    faults: faults.armed(),
    deliveries: delivery.pending(),
    files: files.all(),
  };
  const copy: unknown = JSON.parse(JSON.stringify(snapshot).replaceAll(`${url}${filesPrefix}`, filesAnywhere));
  return isSnapshot(copy) ? copy : snapshot;
}

/**
 * Puts a snapshot in the place of everything there is. An app that has a callback keeps it. Throws an `EmulatorUsageError`, with nothing
 * changed, when it cannot be used.
 *
 * @param state a snapshot or its text
 * @param url where the emulator is
 */
export function restoreSnapshot(parts: EmulatorParts, state: unknown, url: string): void {
  const { clock, messenger, accounts, faults, delivery, files, receivers, seed, trace } = parts;
  const snapshot = readSnapshot(textOf(state, url), messenger.state());
  clock.continueFrom(snapshot.now);
  messenger.restore(snapshot.messenger);
  accounts.restore(
    snapshot.accounts.map((account) => {
      const callbackUrl = receivers.get(account.appId)?.callbackUrl;
      if (callbackUrl === undefined || account.webhook === null) return account;
      return { ...account, webhook: { ...account.webhook, callbackUrl } };
    }),
  );
  for (const { appId, callbackUrl } of snapshot.callbacks) {
    const appSecret = seed.apps.find(({ id }) => id === appId)?.appSecret;
    if (appSecret !== undefined && !receivers.has(appId)) receivers.set(appId, { callbackUrl, appSecret });
  }
  faults.restore(snapshot.faults);
  files.restore(snapshot.files);
  const { mode, primaryAppId, threads } = snapshot.messenger;
  const owners = Object.fromEntries(Object.values(threads).map(({ psid, owner }) => [psid, owner]));
  trace.add({ type: 'stateImported', mode, primaryAppId, owners });
  delivery.restore(snapshot.deliveries);
}

/** Its text, with the addresses of files that it has here. */
function textOf(state: unknown, url: string): string {
  try {
    if (typeof state === 'string' || typeof state === 'object') {
      const text = typeof state === 'string' ? state : JSON.stringify(state);
      return text.replaceAll(filesAnywhere, `${url}${filesPrefix}`);
    }
  } catch {
    // A circle, for one, has no text.
  }
  throw new EmulatorUsageError('This is not the exported state of an emulator.');
}
