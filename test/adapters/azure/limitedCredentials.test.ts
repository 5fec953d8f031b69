import { AppCredentials, ServiceClientCredentialsFactory } from 'botframework-connector';
import { expect } from 'chai';
import { LimitedCredentialsFactory } from '../../../adapters/azure/limitedCredentials.ts';

/** Credentials whose login answers as it is told. */
class ScriptedCredentials extends AppCredentials {
  readonly #login: () => Promise<string>;

  constructor(login: () => Promise<string>) {
    super('a-fake-app-id');
    this.#login = login;
  }

  override getToken(): Promise<string> {
    return this.#login();
  }

  protected override refreshToken(): never {
    throw new Error('not reached');
  }
}

class ScriptedFactory extends ServiceClientCredentialsFactory {
  readonly #login: () => Promise<string>;

  constructor(login: () => Promise<string>) {
    super();
    this.#login = login;
  }

  override isValidAppId(appId: string): Promise<boolean> {
    return Promise.resolve(appId === 'a-fake-app-id');
  }

  override isAuthenticationDisabled(): Promise<boolean> {
    return Promise.resolve(false);
  }

  override createCredentials(): Promise<AppCredentials> {
    return Promise.resolve(new ScriptedCredentials(this.#login));
  }
}

async function tokenOf(login: () => Promise<string>, signal: AbortSignal): Promise<unknown> {
  const factory = new LimitedCredentialsFactory(new ScriptedFactory(login), {
    timeoutMs: 1234,
    deadline: () => signal,
  });
  const credentials = await factory.createCredentials('a-fake-app-id', 'audience', 'https://login.example', true);
  if (!(credentials instanceof AppCredentials)) throw new TypeError('These are other credentials.');
  return credentials.getToken().catch((error: unknown) => error);
}

describe("The time limit of Microsoft's login", () => {
  it('ends the wait for a login that never answers, and says what it was', async () => {
    const time = new AbortController();
    const login = (): Promise<string> => {
      queueMicrotask(() => time.abort());
      return new Promise(() => undefined);
    };
    expect(await tokenOf(login, time.signal))
      .to.be.instanceOf(Error)
      .with.property('message', 'The login gave no token within 1234 milliseconds.');
  });

  it('hands on the token, and the error of the login', async () => {
    const { signal } = new AbortController();
    expect(await tokenOf(() => Promise.resolve('a-fake-token'), signal)).to.equal('a-fake-token');
    const refused = new Error('refused');
    expect(await tokenOf(() => Promise.reject(refused), signal)).to.equal(refused);
  });

  it('asks the factory behind it everything else', async () => {
    const limits = { timeoutMs: 1, deadline: () => new AbortController().signal };
    const factory = new LimitedCredentialsFactory(new ScriptedFactory(() => Promise.resolve('')), limits);
    expect(await factory.isValidAppId('a-fake-app-id')).to.equal(true);
    expect(await factory.isValidAppId('another')).to.equal(false);
    expect(await factory.isAuthenticationDisabled()).to.equal(false);
  });
});
