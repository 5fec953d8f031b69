import { createPublicKey, type KeyObject } from 'node:crypto';
import { readLimitedBody } from '../../helpers/limitedBody.ts';

/** A published key with which Microsoft signs tokens. */
export interface SigningKey {
  key: KeyObject;
  /** The channels that the key vouches for. Undefined: it is not restricted. */
  endorsements: readonly string[] | undefined;
}

/** No key could be fetched and none is known from before, so nothing can be said about any token. */
export class SigningKeysUnavailableError extends Error {
  constructor() {
    super('The keys to verify tokens with could not be fetched.');
    this.name = 'SigningKeysUnavailable';
  }
}

export interface SigningKeySourceOptions {
  /** Address of the OpenID metadata document. */
  metadataUrl: string;
  fetch?: typeof fetch;
  /** The time in milliseconds. */
  now?: () => number;
  /** How long fetching both documents may take, in milliseconds. */
  timeoutMs?: number;
  /** A signal that aborts after so many milliseconds. */
  deadline?: (ms: number) => AbortSignal;
}

export interface SigningKeySource {
  /**
   * The key of this id, or undefined when there is none.
   *
   * @throws {SigningKeysUnavailableError} only when there are no keys at all
   */
  find(keyId: string): Promise<SigningKey | undefined>;
}

/** Keys are fetched anew once they are this old. Source: Microsoft asks for 24 hours in the article below. */
const freshMs = 24 * 60 * 60 * 1000;
/** After an attempt the next one waits this long: with keys at hand, and without any. */
const pauseMs = 5 * 60 * 1000;
const pauseWithoutKeysMs = 1_000;
/** More keys than this are no key document. Microsoft publishes about five. */
const maxKeys = 100;
/** More bytes than this are no key document either. Microsoft's has about 20,000. */
const maxDocumentBytes = 1024 * 1024;

/**
 * Microsoft's signing keys, fetched once for all who wait. Keys once fetched serve on while the key server is down or does not
 * answer; an unknown key id asks anew, but however many unknown ids come, only once in five minutes.
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
      // Whatever it was, the keys at hand serve on; without any, find says so.
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
  // Whoever asks by https must not be sent on without it.
  if (url.protocol !== new URL(metadataUrl).protocol) throw new Error('another protocol');
  return url.href;
}

/** One key that is not understood does not cost the others. */
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

/** An empty list restricts nothing, as in the SDK; anything that is no list vouches for nothing. */
function endorsementsFrom(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return [''];
  return value.length === 0 ? undefined : value.filter((channel) => typeof channel === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
