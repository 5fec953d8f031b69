import { AppCredentials, ServiceClientCredentialsFactory } from 'botframework-connector';
import type { CallLimits } from './connectorClients.ts';

type Credentials = Awaited<ReturnType<ServiceClientCredentialsFactory['createCredentials']>>;

/** What the SDK's factories have in common; not all of them extend its base class. */
type CredentialsSource = Pick<
  ServiceClientCredentialsFactory,
  'isValidAppId' | 'isAuthenticationDisabled' | 'createCredentials'
>;

/**
 * Wraps another factory's credentials with a time limit for their tokens. Microsoft's login library has none, so a login that never
 * answers would block the turn, and with it the conversation, for ever.
 */
export class LimitedCredentialsFactory extends ServiceClientCredentialsFactory {
  readonly inner: CredentialsSource;
  readonly #limits: CallLimits;

  constructor(inner: CredentialsSource, limits: CallLimits) {
    super();
    this.inner = inner;
    this.#limits = limits;
  }

  override isValidAppId(appId: string): Promise<boolean> {
    return this.inner.isValidAppId(appId);
  }

  override isAuthenticationDisabled(): Promise<boolean> {
    return this.inner.isAuthenticationDisabled();
  }

  override async createCredentials(...args: Parameters<ServiceClientCredentialsFactory['createCredentials']>) {
    const credentials = await this.inner.createCredentials(...args);
    limitToken(credentials, this.#limits);
    return credentials;
  }
}

/** The login itself cannot be cancelled; the bot just stops waiting for it. */
function limitToken(credentials: Credentials, { timeoutMs, deadline, gotToken }: CallLimits): void {
  if (!(credentials instanceof AppCredentials)) return;
  const fetchToken = credentials.getToken.bind(credentials);
  credentials.getToken = async (forceRefresh) => {
    const signal = deadline(timeoutMs);
    const tooLate = new Promise<never>((_resolve, reject) => {
      const giveUp = (): void => reject(new Error(`The login gave no token within ${timeoutMs} milliseconds.`));
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
    const token = await Promise.race([fetchToken(forceRefresh), tooLate]);
    gotToken?.(token);
    return token;
  };
}
