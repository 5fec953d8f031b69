import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { restore, stub } from 'sinon';
import { readSettings, secretsOf } from '../../../helpers/settings/settings.ts';
import { settingDefinitions } from '../../../helpers/settings/schema.ts';
import type { Settings } from '../../../helpers/settings/types.ts';
import { loopbackEndpoints, read, refusal, refused, singleTenant } from '../../support/settingsReader.ts';

const day = 86_400_000;

const facebook = {
  FacebookPageToken: 'fake-page-token',
  FacebookAppId: '1234567890123456',
  FacebookAppSecret: 'fake-app-secret',
  FacebookVerifyToken: 'fake verify token',
};

describe('how long data of customers is kept', () => {
  it('is set as a duration, each kind by itself', () => {
    const set = { KeepCustomerState: '52w', KeepConversations: '12h', KeepDeadLetters: '7d' };
    expect(read(set).store).to.include({
      keepCustomerStateMs: 364 * day,
      keepConversationsMs: day / 2,
      keepDeadLettersMs: 7 * day,
    });
    expect(read({}).store).not.to.have.property('keepCustomerStateMs');
  });
});

describe('readSettings', () => {
  it('has a default for everything and starts without credentials', () => {
    expect(read({})).to.deep.equal({
      production: false,
      role: 'primary',
      host: '127.0.0.1',
      port: 3978,
      metricsHost: '127.0.0.1',
      turnTimeoutMs: 120_000,
      listenSocket: 'own',
      logLevel: 'info',
      logFormat: 'auto',
      bot: { authentication: 'none' },
      facebook: {},
      eventTimes: 'checked',
      graph: { baseUrl: 'https://graph.facebook.com', version: 'v27.0' },
      store: {
        path: 'data/primary.db',
        maxWaiting: 100_000,
        keepConversationsMs: 60 * day,
        keepDeadLettersMs: 30 * day,
        unknownSendOutcome: 'deadLetter',
        divergedTurns: 'goOn',
      },
      liveChat: { takeBackAfterMs: 86_400_000 },
      primary: { pageInboxMoveToMain: 'grant', notOwnerRequest: 'decline' },
      own: { values: {}, secrets: [] },
    });
  });

  it('groups what was set', () => {
    const settings = read({
      ...singleTenant,
      ...facebook,
      BotRole: 'secondary',
      Port: '0',
      Host: '::',
      LogLevel: 'silent',
      NODE_ENV: 'production',
      GraphApiBaseUrl: 'https://graph.example/base//',
      GraphApiVersion: 'v25.0',
      PageInboxMoveToMain: 'ignore',
      NotOwnerRequest: 'takeThenPass',
    });
    expect(settings).to.deep.include({ production: true, role: 'secondary', host: '::', port: 0, logLevel: 'silent' });
    expect(settings.graph).to.deep.equal({ baseUrl: 'https://graph.example/base', version: 'v25.0' });
    expect(settings.primary).to.deep.equal({ pageInboxMoveToMain: 'ignore', notOwnerRequest: 'takeThenPass' });
    expect(settings.facebook.appId).to.equal(facebook.FacebookAppId);
    expect(secretsOf(settings).map((secret) => secret.reveal())).to.deep.equal([
      singleTenant.MicrosoftAppPassword,
      facebook.FacebookPageToken,
      facebook.FacebookAppSecret,
      facebook.FacebookVerifyToken,
    ]);
  });

  it('has no secrets to keep when none is set', () => {
    expect(secretsOf(read({}))).to.deep.equal([]);
  });

  it('cannot be changed afterwards, not even deep down', () => {
    const settings = read({ ...singleTenant, ...facebook, ...loopbackEndpoints });
    const parts = [
      settings,
      settings.bot,
      settings.facebook,
      settings.facebook.pageToken,
      settings.graph,
      settings.primary,
    ];
    if (settings.bot.authentication === 'none') throw new Error('expected credentials');
    for (const part of [...parts, settings.bot.endpoints]) expect(Object.isFrozen(part)).to.equal(true);
  });

  it('does not show a secret when it is printed', () => {
    const settings = read({ ...singleTenant, ...facebook });
    for (const text of [inspect(settings, { depth: null, showHidden: true }), JSON.stringify(settings)]) {
      expect(text).to.contain('[redacted]');
      expect(text).not.to.match(/fake-app-password|fake-page-token|fake-app-secret|fake verify token/);
    }
  });

  describe('takes the strongest place', () => {
    const files = {
      '.env': 'LogLevel=warn\nBotRole=secondary\n',
      'appsettings.json': '{"LogLevel":"error","BotRole":"primary","Port":4000}',
    };

    it('the environment before .env before appsettings.json', () => {
      const settings = read({ LogLevel: 'debug' }, files);
      expect(settings).to.include({ logLevel: 'debug', role: 'secondary', port: 4000 });
    });

    it('and passes over blank values', () => {
      expect(read({ LogLevel: ' ', BotRole: '' }, files)).to.include({ logLevel: 'warn', role: 'secondary' });
      expect(read({}, { 'appsettings.json': '{"LogLevel":"","MicrosoftAppId":" ","BotRole":null}' })).to.deep.equal(
        read({}),
      );
    });

    it('from real files, and prints nothing about it', () => {
      const directory = mkdtempSync(join(tmpdir(), 'settings-'));
      try {
        writeFileSync(join(directory, 'appsettings.json'), '\uFEFF{ "Port": 4100 }');
        writeFileSync(join(directory, '.env'), '# local\r\nexport BotRole="secondary"\r\n');
        const written = [stub(process.stdout, 'write'), stub(process.stderr, 'write')];
        let settings: Settings;
        try {
          settings = readSettings({ env: {}, directory });
        } finally {
          restore();
        }
        expect(settings).to.include({ port: 4100, role: 'secondary' });
        for (const write of written) expect(write.callCount).to.equal(0);
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
  });

  it('refuses production without a check of certificates', () => {
    const env = { ...singleTenant, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    expect(refusal({ ...env, NODE_ENV: 'production' }).message).to.contain('NODE_TLS_REJECT_UNAUTHORIZED=0');
    expect(read(env).production).to.equal(false);
    expect(read({ ...env, NODE_ENV: 'production', NODE_TLS_REJECT_UNAUTHORIZED: '1' }).production).to.equal(true);
  });

  describe('understands what earlier versions called a setting and its values', () => {
    const told = (rest: string) => [`UnknownSendOutcome ${rest}`];

    for (const [before, now] of [
      ['park', 'deadLetter'],
      ['again', 'resend'],
      ['assumeDone', 'assumeSent'],
    ] as const) {
      it(`${before}, now ${now}, by the old name and by the new one`, () => {
        for (const env of [{ UnknownSends: before }, { UnknownSends: now }, { UnknownSendOutcome: before }]) {
          const { store, outdated } = read(env);
          expect(store.unknownSendOutcome, Object.keys(env)[0]).to.equal(now);
          const as = 'UnknownSends' in env ? '(as UnknownSends in the environment)' : 'in the environment';
          expect(outdated).to.deep.equal(
            told(`${as} is written as in an earlier version. Write UnknownSendOutcome=${now}.`),
          );
        }
        const current = read({ UnknownSendOutcome: now });
        expect([current.store.unknownSendOutcome, current.outdated]).to.deep.equal([now, undefined]);
      });
    }

    it('in appsettings.json too, and when both names mean the same', () => {
      const files = { 'appsettings.json': '{"UnknownSends":"again"}', '.env': 'UnknownSendOutcome=resend' };
      expect(read({}, files)).to.deep.equal(read({ UnknownSendOutcome: 'resend' }));
      expect(read({}, { 'appsettings.json': files['appsettings.json'] }).outdated).to.deep.equal(
        told(
          '(as UnknownSends in appsettings.json) is written as in an earlier version. Write UnknownSendOutcome=resend.',
        ),
      );
    });

    it('but not two names that mean different things, nor a value that neither version has', () => {
      expect(refused({ UnknownSends: 'park', UnknownSendOutcome: 'resend' })).to.deep.equal(['UnknownSendOutcome']);
      expect(refused({ UnknownSends: 'toString' })).to.deep.equal(['UnknownSendOutcome']);
    });
  });

  describe('understands second names', () => {
    it("the tutorial's names for the page token and the verify token", () => {
      const { facebook: read1 } = read(
        {},
        {
          '.env':
            'PAGE_ACCESS_TOKEN=fake-page-token\nVERIFY_TOKEN=fake-verify\nFacebookAppId=1\nFacebookAppSecret=fake-secret',
        },
      );
      expect(read1.pageToken?.reveal()).to.equal('fake-page-token');
      expect(read1.verifyToken?.reveal()).to.equal('fake-verify');
    });

    it('and accepts both names with the same value', () => {
      const settings = read({
        PAGE_ACCESS_TOKEN: 'fake-page-token',
        FacebookPageToken: 'fake-page-token',
        FacebookAppId: '1',
      });
      expect(settings.facebook.pageToken?.reveal()).to.equal('fake-page-token');
    });

    it('but refuses different values, also when they stand in different places', () => {
      expect(
        refused({ PAGE_ACCESS_TOKEN: 'fake-one', FacebookPageToken: 'fake-two', FacebookAppId: '1' }),
      ).to.deep.equal(['FacebookPageToken']);
      const { FacebookVerifyToken: _, ...rest } = facebook;
      expect(refused({ ...rest, FacebookVerifyToken: 'fake-one' }, { '.env': 'VERIFY_TOKEN=fake-two' })).to.deep.equal([
        'FacebookVerifyToken',
      ]);
    });

    it('PORT, which a host sets and which beats the file', () => {
      expect(read({ PORT: '8080' }, { 'appsettings.json': '{"Port":3978}' }).port).to.equal(8080);
      expect(refused({ PORT: '8080', Port: '3978' })).to.deep.equal(['Port']);
    });
  });

  describe('has metrics on a port of their own', () => {
    it('only when it is set', () => {
      expect(read({})).to.not.have.property('metricsPort');
      expect(read({ MetricsPort: '9464' }).metricsPort).to.equal(9464);
      expect(read({}, { 'appsettings.json': '{"MetricsPort":0}' }).metricsPort).to.equal(0);
    });

    it('and never on that of the bot, however that is set', () => {
      expect(refused({ MetricsPort: '3978' })).to.deep.equal(['MetricsPort']);
      expect(refused({ MetricsPort: '8080', PORT: '8080' })).to.deep.equal(['MetricsPort']);
      expect(read({ MetricsPort: '0', Port: '0' })).to.include({ port: 0, metricsPort: 0 });
    });
  });

  describe('reads appsettings.json', () => {
    it('with app ids as numbers, as long as JSON can carry them', () => {
      const file = (id: string): string => `{"FacebookAppId":${id}}`;
      expect(read({}, { 'appsettings.json': file('9007199254740991') }).facebook.appId).to.equal('9007199254740991');
      const { problems } = refusal({}, { 'appsettings.json': file('9007199254740993') });
      expect(problems).to.have.length(1);
      expect(problems[0]).to.deep.include({ setting: 'FacebookAppId', fix: 'Put it in quotes.' });
      expect(refused({}, { 'appsettings.json': file('1.5') })).to.deep.equal(['FacebookAppId']);
    });

    it('and refuses other types and nesting', () => {
      const file = '{"BotRole":{"name":"primary"},"LogLevel":["info"],"FacebookVerifyToken":123456789,"Host":true}';
      expect(refused({}, { 'appsettings.json': file })).to.deep.equal([
        'BotRole',
        'LogLevel',
        'FacebookVerifyToken',
        'Host',
      ]);
      expect(refused({}, { 'appsettings.json': '{"Facebook":{"FacebookPageToken":"fake-page-token"}}' })).to.deep.equal(
        ['Facebook'],
      );
    });

    it('and says that nothing is nested, and which values a choice has', () => {
      const file = '{"Facebook":{"PageToken":"fake-page-token"},"Port":{"Http":1},"BotRole":1,"LogLevel":["info"]}';
      const fixes = refusal({}, { 'appsettings.json': file }).problems.map(({ setting, fix }) => `${setting}: ${fix}`);
      expect(fixes).to.have.length(4);
      expect(fixes.find((fix) => fix.startsWith('Facebook:'))).to.contain('Nothing but My is nested here');
      expect(fixes.find((fix) => fix.startsWith('Port:'))).to.contain('nothing is nested here');
      expect(fixes).to.include('BotRole: Write one of "primary", "secondary", "liveChat".');
      expect(fixes.find((fix) => fix.startsWith('LogLevel:'))).to.match(
        /"trace", .* "silent"; nothing is nested here\.$/,
      );
    });

    it('and tells line and column of a mistake, without quoting the text', () => {
      const error = refusal({}, { 'appsettings.json': '{\n  "FacebookPageToken": "fake-page-token" "Port": 1\n}' });
      expect(error.problems).to.have.length(1);
      expect(error.message).to.contain('line 2, column 42').and.not.contain('fake');
    });

    it('and refuses a list or a bare text, but takes an empty file as no file', () => {
      expect(refused({}, { 'appsettings.json': '[]' })).to.deep.equal(['appsettings.json']);
      expect(refused({}, { 'appsettings.json': '"fake-page-token"' })).to.deep.equal(['appsettings.json']);
      expect(read({}, { 'appsettings.json': '\n' })).to.deep.equal(read({}));
    });

    it('and asks for nothing that may stand in a file it cannot read', () => {
      expect(refused({ ...singleTenant, MicrosoftAppPassword: '' }, { 'appsettings.json': '{' })).to.deep.equal([
        'appsettings.json',
      ]);
    });

    it('and says so when it is there but cannot be read, without its path', () => {
      const directory = mkdtempSync(join(tmpdir(), 'settings-'));
      try {
        mkdirSync(join(directory, 'appsettings.json'));
        expect(() => readSettings({ env: {}, directory }))
          .to.throw('appsettings.json is there but cannot be read')
          .with.property('message')
          .that.does.not.contain(directory);
      } finally {
        rmSync(directory, { recursive: true });
      }
    });

    it('with a __proto__ key as one more unknown name', () => {
      expect(refused({}, { 'appsettings.json': '{"__proto__":{"MicrosoftAppId":"x","polluted":1}}' })).to.deep.equal([
        '__proto__',
      ]);
      expect({}).not.to.have.property('polluted');
    });
  });

  it('tells all problems of all kinds in one error, each with a fix', () => {
    const error = refusal(
      {
        FACEBOOK_PAGE_TOKEN: 'fake-one',
        MicrosoftAppType: 'SingelTenant',
        MicrosoftAppPassword: 'fake-password',
        Port: '70000',
        GraphApiVersion: '26',
      },
      {
        '.env': 'VERIFY_TOKEN=short',
        'appsettings.json': '{"Loglevel":"info","BotRole":1,"GraphApiBaseUrl":"http://graph.example"}',
      },
    );
    expect(error.problems.map(({ setting }) => setting)).to.have.members([
      'BotRole',
      'FACEBOOK_PAGE_TOKEN',
      'Loglevel',
      'MicrosoftAppType',
      'FacebookVerifyToken',
      'Port',
      'GraphApiVersion',
      'MicrosoftAppId',
      'GraphApiBaseUrl',
    ]);
    for (const { problem, fix } of error.problems) {
      expect(error.message).to.contain(`${problem}. ${fix}`);
      expect(fix).to.match(/[.]$/);
    }
    expect(error.message.split('\n')).to.have.length(10);
    expect(error.name).to.equal('SettingsError');
  });

  it('repeats no value in a problem, not even in part, in whatever setting it stands', () => {
    const planted = 'pl\u00e4nted value 4711'; // fits no format at all
    const takesAnyText = ['Bot', 'FacebookVerifyToken', 'MicrosoftAppPassword', 'StorePath'];
    for (const { name } of settingDefinitions) {
      const errors = [
        ...(takesAnyText.includes(name) ? [] : [refusal({ [name]: planted })]),
        refusal({ [name]: ` ${planted}` }),
        refusal({}, { 'appsettings.json': JSON.stringify({ [name]: [planted] }) }),
        refusal({}, { 'appsettings.json': `{"${name}": "${planted}",}` }),
        refusal({}, { 'appsettings.json': `{"${name}": ${planted}}` }),
      ];
      for (const error of errors) {
        const shown = `${error.message} ${error.stack ?? ''} ${JSON.stringify(error)} ${inspect(error, { depth: null })}`;
        expect(shown, name).not.to.match(/pl.nted|4711/);
        expect(error.cause, name).to.equal(undefined);
      }
    }
  });
});
