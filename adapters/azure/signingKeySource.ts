import { createPublicKey, type KeyObject } from 'node:crypto';
import { readLimitedBody } from '../../helpers/limitedBody.ts';

/** A published key that Microsoft signs tokens with. */
export interface SigningKey {
  key: KeyObject;
  /** The channels that the key vouches for. Undefined if it is not restricted. */
  endorsements: readonly string[] | undefined;
}

/** No key could be fetched and none is cached, so no token can be checked. */
export class SigningKeysUnavailableError extends Error {
  constructor() {
    super('The keys that verify tokens could not be fetched.');
    this.name = 'SigningKeysUnavailable';
  }
}

export interface SigningKeySourceOptions {
  /** The address of the OpenID metadata document. */
  metadataUrl: string;
  fetch?: typeof fetch;
  /** The time in milliseconds. */
  now?: () => number;
  /** How long fetching both documents may take, in milliseconds. */
  timeoutMs?: number;
  /** Makes a signal that aborts after `ms`. */
  deadline?: (ms: number) => AbortSignal;
}

export interface SigningKeySource {
  /**
   * The key with this id, or undefined if there is none.
   *
   * @throws {SigningKeysUnavailableError} only if there are no keys at all
   */
  find(keyId: string): Promise<SigningKey | undefined>;
}

/** Keys older than this are fetched again. Source: Microsoft asks for 24 hours in the article below. */
const freshMs = 24 * 60 * 60 * 1000;
/** The shortest time between two attempts: with cached keys, and without. */
const pauseMs = 5 * 60 * 1000;
const pauseWithoutKeysMs = 1_000;
/** A key document has no more keys than this. Microsoft's has about five. */
const maxKeys = 100;
/** Nor more bytes than this. Microsoft's has about 20,000. */
const maxDocumentBytes = 1024 * 1024;

/**
 * Microsoft's signing keys, fetched once for all waiting requests. Cached keys stay in use while the key server is down or silent. An
 * unknown key id triggers a fetch, but at most one every five minutes.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
 */
export function createSigningKeySource(options: SigningKeySourceOptions): SigningKeySource {
  const {
    metadataUrl,
    now = () => performance.now(),
    timeoutMs = 5_000,
    deadline = (ms: number) => AbortSignal.timeout(ms),
  } = options;
  const get = options.fetch ?? fetch;
  let keys: ReadonlyMap<string, SigningKey> | undefined;
  let fetchedAt = -Infinity;
  let attemptedAt = -Infinity;
  let pending: Promise<void> | undefined;

  async function readJson(url: string, signal: AbortSignal): Promise<unknown> {
    const response = await get(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const { text, whole } = await readLimitedBody(response, maxDocumentBytes);
    if (!whole) throw new Error('too large');
    return JSON.parse(text);
  }

  async function refresh(): Promise<void> {
    try {
      const signal = deadline(timeoutMs);
      const metadata = await readJson(metadataUrl, signal);
      const fetched = keysFrom(await readJson(keysUrlFrom(metadata, metadataUrl), signal));
      if (fetched.size === 0) throw new Error('no keys');
      keys = fetched;
      fetchedAt = now();
    } catch {
      // Whatever failed, cached keys stay in use; without any, `find` throws.
    } finally {
      attemptedAt = now();
      pending = undefined;
    }
  }

  function mayAsk(): boolean {
    return now() - attemptedAt >= (keys === undefined ? pauseWithoutKeysMs : pauseMs);
  }

  return {
    async find(keyId) {
      const known = keys?.get(keyId);
      const stale = now() - fetchedAt >= freshMs;
      if (known !== undefined && !stale) return known;
      if (pending === undefined && mayAsk()) pending = refresh();
      if (known !== undefined) return known;
      await pending;
      if (keys === undefined) throw new SigningKeysUnavailableError();
      return keys.get(keyId);
    },
  };
}

function keysUrlFrom(metadata: unknown, metadataUrl: string): string {
  const url = isObject(metadata) && typeof metadata['jwks_uri'] === 'string' ? URL.parse(metadata['jwks_uri']) : null;
  if (url === null) throw new Error('no jwks_uri');
  // An https request must not be redirected to plain http.
  if (url.protocol !== new URL(metadataUrl).protocol) throw new Error('another protocol');
  return url.href;
}

/** A key that is not understood is skipped. */
function keysFrom(document: unknown): Map<string, SigningKey> {
  const found = new Map<string, SigningKey>();
  const list: unknown[] = isObject(document) && Array.isArray(document['keys']) ? document['keys'] : [];
  for (const jwk of list.slice(0, maxKeys)) {
    if (!isObject(jwk) || jwk['kty'] !== 'RSA' || typeof jwk['kid'] !== 'string' || found.has(jwk['kid'])) continue;
    if (jwk['use'] !== undefined && jwk['use'] !== 'sig') continue;
    const key = publicKeyFrom(jwk);
    if (key !== undefined) found.set(jwk['kid'], { key, endorsements: endorsementsFrom(jwk['endorsements']) });
  }
  return found;
}

function publicKeyFrom({ kty, n, e }: Record<string, unknown>): KeyObject | undefined {
  if (typeof kty !== 'string' || typeof n !== 'string' || typeof e !== 'string') return undefined;
  try {
    const key = createPublicKey({ format: 'jwk', key: { kty, n, e } });
    return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048 ? key : undefined;
  } catch {
    return undefined;
  }
}

/** An empty list restricts nothing, as in the SDK; anything but a list vouches for no channel. */
function endorsementsFrom(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return [''];
  return value.length === 0 ? undefined : value.filter((channel) => typeof channel === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
