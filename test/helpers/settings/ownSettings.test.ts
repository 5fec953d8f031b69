import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { OwnSettings, OwnSettingsSchema } from '../../../helpers/settings/ownSettings.ts';
import { SettingsError } from '../../../helpers/settings/problems.ts';
import { openEnvironment, secretsOf } from '../../../helpers/settings/settings.ts';
import { read, type SettingsFiles } from '../../support/settingsReader.ts';

const schema = {
  MyApiKey: { secret: true, required: true },
  MyLimit: { type: 'number', default: 5 },
  MyShop: { type: 'url' },
  MyLoud: { type: 'boolean' },
  MyWords: { type: 'json' },
  MyTone: { choices: ['kind', 'curt'] },
} as const satisfies OwnSettingsSchema;

const file = (content: object): SettingsFiles => ({ 'appsettings.json': JSON.stringify(content) });
const valuesOf = (env: Record<string, string>, files: SettingsFiles = {}) =>
  read(env, files, { ownSettings: schema }).own.values;
function problemsOf(env: Record<string, string>, files: SettingsFiles = {}, ownSettings: unknown = schema): string {
  try {
    read(env, files, { ownSettings });
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return '';
}
const key = 'fake-key-of-a-shop';

describe('The own settings of a bot', () => {
  it('come from the environment, .env and the file, the strongest first, in the types of the schema', () => {
    const files = {
      '.env': 'MyLimit=7\nMyLoud=true\nMyWords=["a"]',
      ...file({ MyApiKey: 'fake-key-of-the-file', MyLimit: 9, MyShop: 'https://shop.example' }),
    };
    const values = valuesOf({ MyApiKey: key }, files);
    expect(values).to.deep.equal({
      ...{ MyApiKey: key, MyLimit: 7, MyShop: 'https://shop.example', MyLoud: true, MyWords: ['a'] },
    });
    const typed: Pick<OwnSettings<typeof schema>, 'MyApiKey' | 'MyLimit' | 'MyTone'> = {
      ...{ MyApiKey: 'text', MyLimit: 5, MyTone: undefined },
    };
    expect(typed.MyLimit.toFixed() + typed.MyApiKey.trim()).to.equal('5text');
  });

  it('may stand together in an object', () => {
    const together = { My: { ApiKey: key, limit: 2, MyTone: 'kind', Words: { a: [1] } } };
    const expected = { MyApiKey: key, MyLimit: 2, MyTone: 'kind', MyWords: { a: [1] } };
    expect(valuesOf({}, file(together))).to.deep.equal(expected);
    expect(valuesOf({ My: JSON.stringify(together.My) })).to.deep.equal(expected);
    expect(problemsOf({}, file({ My: 'all', MyApiKey: key }))).to.contain('- My in appsettings.json is not an object.');
    for (const My of ['all', '{"ApiKey":', '["a"]', '7']) {
      const told = (place: string) => `- My in ${place} is not the JSON of an object.`;
      expect(problemsOf({ My, MyApiKey: key }))
        .to.contain(told('the environment'))
        .and.not.to.contain(key);
      expect(problemsOf({ MyApiKey: key }, { '.env': `My='${My}'` })).to.contain(told('.env'));
    }
  });

  it('are told once where a name is nearly one of them, or nearly that of the object', () => {
    const nearly = problemsOf({ MyApiKey: key }, file({ myLimit: 3 }));
    expect(nearly.match(/myLimit/g)).to.have.length(1);
    expect(nearly).to.contain('Did you mean MyLimit?');
    expect(problemsOf({ MyApiKey: key }, file({ my: { Limit: 3 } }))).to.match(/- my in .* Did you mean My\?$/m);
  });

  it('are refused where the module describes one with what no setting has', () => {
    const problemOf = (definition: object): string => problemsOf({}, {}, { MyLimit: definition });
    expect(problemOf({ requierd: true })).to.contain(
      'MyLimit has requierd, which no setting has. Did you mean required?',
    );
    expect(problemOf({ colour: 1 })).to.contain('There are type, required, default, secret, choices.');
    for (const wrong of [{ required: 'yes' }, { secret: 1 }, { type: 'strin' }, 7])
      expect(problemOf(wrong as object)).to.contain('MyLimit is no description of a setting');
  });

  it('are as they stand there without a schema, and none is missing', () => {
    const files = {
      '.env': 'MyLimit=7',
      ...file({ MyLimit: 9, MyList: [1, { a: null }], MyNothing: null, MyBlank: '' }),
    };
    expect(read({ MyTone: 'kind' }, files).own.values).to.deep.equal({
      ...{ MyLimit: '7', MyList: [1, { a: null }], MyTone: 'kind' },
    });
  });

  it('are not set when they are blank, so that a weaker place counts', () => {
    expect(valuesOf({ MyApiKey: ' ' }, file({ MyApiKey: key }))).to.deep.equal({ MyApiKey: key, MyLimit: 5 });
  });

  it('have all their problems told at once, with those of the other settings, and no value of them', () => {
    const wrong = { MyLimit: 'plenty', MyShop: 'shop', MyLoud: 'yes', MyTone: 'rude', MyWords: '[' };
    const told = problemsOf({ ...wrong, Port: 'none' });
    expect(told).to.match(/^The settings have 7 problems:/);
    expect(told).to.contain('- MyApiKey is missing; the bot needs it. Set it in ');
    expect(told).to.contain('- MyLimit in the environment is not a number. ');
    expect(told).to.contain('- MyTone in the environment has a value that it cannot have. Write one of kind, curt.');
    expect(told).not.to.match(/plenty|rude/);
    expect(problemsOf({}, file({ MyApiKey: 12345678 }))).to.contain(
      '- MyApiKey in appsettings.json has a value that is not text',
    );
    expect(problemsOf({ MyApiKey: 'short' })).to.contain('is too short for a secret');
    expect(problemsOf({ MyApiKey: '@Microsoft.KeyVault(a)' })).to.contain('is a reference to Key Vault');
  });

  it('that nobody declared are refused where they can only be meant for the bot', () => {
    expect(problemsOf({ MyApiKey: key }, file({ MyLimt: 3 }))).to.match(
      /MyLimt in appsettings\.json .*Did you mean MyLimit\?/,
    );
    expect(problemsOf({ MyApiKey: key }, { '.env': 'MyOther=3' })).to.match(
      /MyOther in \.env is none of the bot's own/,
    );
    expect(problemsOf({ MY_API_KEY: key })).to.match(/MY_API_KEY in the environment .*Did you mean MyApiKey\?/);
    expect(problemsOf({ MyApiKey: key, MySqlHost: 'db' })).to.equal('');
  });

  it('are where an unknown name is told to belong', () => {
    for (const name of ['ApiKey', 'Portt', 'Nested']) {
      const told = problemsOf({ MyApiKey: key }, file({ [name]: name === 'Nested' ? {} : 1 }));
      expect(told, name).to.match(/is not a known name.* begin with My, as in MyApiKey/);
    }
  });

  it('that are secret are among the secrets of the settings, and without a schema those that are named like one', () => {
    const secretsIn = (ownSettings: unknown) =>
      secretsOf(read({ MyApiKey: key, MyTone: 'kind' }, {}, { ownSettings })).map((secret) => secret.reveal());
    expect(secretsIn(schema)).to.deep.equal([key]);
    expect(secretsIn(undefined)).to.deep.equal([key]);
    expect(secretsIn({ MyApiKey: {}, MyTone: {} })).to.deep.equal([]);
  });

  it('have a schema that is checked as well', () => {
    const wrong = { ApiKey: {}, MyA: { type: 'text' }, MyB: { type: 'number', default: 'many' }, MyC: 'string' };
    const told = problemsOf({}, {}, { ...wrong, MyD: { type: 'json', secret: true } });
    for (const name of [...Object.keys(wrong), 'MyD']) expect(told).to.contain(`- ownSettings.${name} `);
    expect(problemsOf({}, {}, ['MyA'])).to.contain('- ownSettings of the bot is no object.');
  });
});

describe('The roles of a bot', () => {
  it('are the choices of BotRole, and the first is the default where there is no primary', () => {
    const roleOf = (env: Record<string, string>, roles: string[]) => read(env, {}, { roles }).role;
    expect(roleOf({ BotRole: 'desk' }, ['primary', 'desk'])).to.equal('desk');
    expect(roleOf({}, ['desk', 'primary'])).to.equal('primary');
    expect(roleOf({}, ['desk', 'shop'])).to.equal('desk');
    expect(() => roleOf({ BotRole: 'primary' }, ['desk', 'shop'])).to.throw('Write one of desk, shop,');
    expect(() => roleOf({ BotRole: 'constructor' }, ['desk'])).to.throw('Write one of desk,');
  });

  it('may be any name for who does not know the bot, but no path', () => {
    expect(read({ BotRole: 'desk' }, {}, { roles: [] }).store.path).to.equal('data/desk.db');
    expect(() => read({ BotRole: '../desk' }, {}, { roles: [] })).to.throw('is not the name of a role');
  });
});

describe('The environment of a bot', () => {
  const directory = mkdtempSync(join(tmpdir(), 'environment-'));
  after(() => rmSync(directory, { recursive: true }));
  before(() => {
    writeFileSync(join(directory, '.env'), 'SHOP=here\nBLANK=now\nFacebookPageToken=fake-page-token\nBot=./shop.ts\n');
    writeFileSync(join(directory, 'appsettings.json'), '{"Bot":"./other.ts","Whatever":1}');
  });

  it('gets what .env has and it has not itself, and is remembered as it was', () => {
    const env: Record<string, string> = { SHOP: 'there', BLANK: ' ' };
    const place = openEnvironment({}, env, directory);
    expect(env).to.deep.equal({ SHOP: 'there', BLANK: 'now', FacebookPageToken: 'fake-page-token', Bot: './shop.ts' });
    expect(place.env).to.deep.equal({ SHOP: 'there', BLANK: ' ' });
    expect(place.botPath).to.equal('./shop.ts');
    expect(openEnvironment({ bot: './third.js' }, {}, directory).botPath).to.equal('./third.js');
  });

  it("gets nothing of the project's own settings where only those of the bot count", () => {
    const env: Record<string, string> = {};
    const place = openEnvironment({ files: 'own' }, env, directory);
    expect(env).to.deep.equal({ SHOP: 'here', BLANK: 'now' });
    expect(place.botPath).to.equal(undefined);
  });

  it('refuses production without a check of certificates, wherever that was switched off', () => {
    const production = { NODE_ENV: 'production' };
    expect(() => read(production, { '.env': 'NODE_TLS_REJECT_UNAUTHORIZED=0' })).to.throw('lets anybody pretend');
  });
});
