import axios from 'axios';
import { AppCredentials, ServiceClientCredentialsFactory } from 'botframework-connector';
import type { CallLimits } from './connectorClients.ts';

/** The fields of the token endpoint's response that are used here. Source: Microsoft, OAuth 2.0 client credentials flow. */
interface TokenAnswer {
  access_token: string;
  /** Seconds. */
  expires_in: number;
}

/** How long before a token expires the next one is requested, in milliseconds. */
const renewBeforeMs = 5 * 60 * 1000;

/**
 * Gets the bot's tokens from a token endpoint on this machine. Microsoft's login library refuses plain HTTP and asks
 * login.microsoftonline.com about every login host first, so it cannot be pointed at an emulator. This class replaces it for loopback
 * login URLs only.
 */
class LoopbackAppCredentials extends AppCredentials {
  readonly #loginUrl: string;
  readonly #password: string;
  readonly #limits: CallLimits;
  /**
   * The base class shares one map of tokens across the process, which would mix up several emulators. `renewAt` is on the monotonic
   * clock.
   */
  #token: { text: string; renewAt: number } | undefined;
  #pending: Promise<string> | undefined;

  constructor(appId: string, password: string, audience: string, loginUrl: string, limits: CallLimits) {
    super(appId, undefined, audience);
    this.#loginUrl = loginUrl;
    this.#password = password;
    this.#limits = limits;
  }

  override async getToken(forceRefresh = false): Promise<string> {
    if (!forceRefresh && this.#token !== undefined && this.#token.renewAt > performance.now()) return this.#token.text;
    this.#pending ??= this.#fetchToken().finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  /** Never called: `getToken` above bypasses the base class's cache. */
  protected override refreshToken(): never {
    throw new Error('LoopbackAppCredentials fetches its token itself.');
  }

  async #fetchToken(): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: this.appId,
      client_secret: this.#password,
      scope: `${this.oAuthScope}/.default`,
    });
    const response = await axios
      .post<unknown>(`${this.#loginUrl}/oauth2/v2.0/token`, form, {
        // The client's own limit counts silence only, so a response that trickles in would never reach it.
        signal: this.#limits.deadline(this.#limits.timeoutMs),
        maxContentLength: 100_000,
        maxRedirects: 0,
        proxy: false,
        validateStatus: () => true,
      })
      .catch(() => undefined);
    // An axios error holds the form, and so the password: neither it nor the response text leaves this method.
    if (response === undefined) throw new Error('The token endpoint did not answer.');
    if (response.status !== 200 || !isTokenAnswer(response.data)) {
      throw new Error(`The token endpoint gave no token: status ${response.status}.`);
    }
    const { access_token: text, expires_in: seconds } = response.data;
    this.#limits.gotToken?.(text);
    this.#token = { text, renewAt: performance.now() + seconds * 1000 - renewBeforeMs };
    return text;
  }
}

function isTokenAnswer(data: unknown): data is TokenAnswer {
  if (typeof data !== 'object' || data === null) return false;
  const answer = data as Partial<Record<keyof TokenAnswer, unknown>>;
  return typeof answer.access_token === 'string' && typeof answer.expires_in === 'number';
}

/** Gives the SDK {@link LoopbackAppCredentials}; its own password factory would use Microsoft's login library. */
export class LoopbackCredentialsFactory extends ServiceClientCredentialsFactory {
  readonly #appId: string;
  readonly #password: string;
  readonly #limits: CallLimits;
  readonly #byAudience = new Map<string, LoopbackAppCredentials>();

  constructor(appId: string, password: string, limits: CallLimits) {
    super();
    this.#appId = appId;
    this.#password = password;
    this.#limits = limits;
  }

  override isValidAppId(appId: string): Promise<boolean> {
    return Promise.resolve(appId === this.#appId);
  }

  override isAuthenticationDisabled(): Promise<boolean> {
    return Promise.resolve(false);
  }

  override createCredentials(appId: string, audience: string, loginUrl: string): Promise<LoopbackAppCredentials> {
    const key = JSON.stringify([appId, audience, loginUrl]);
    const credentials =
      this.#byAudience.get(key) ?? new LoopbackAppCredentials(appId, this.#password, audience, loginUrl, this.#limits);
    this.#byAudience.set(key, credentials);
    return Promise.resolve(credentials);
  }
}
