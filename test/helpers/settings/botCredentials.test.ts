import { expect } from 'chai';
import { endpointSettings } from '../../../helpers/settings/schema.ts';
import { loopbackEndpoints, read, refusal, refused, singleTenant } from '../../support/settingsReader.ts';

const production = { NODE_ENV: 'production' };
const { MicrosoftAppId, MicrosoftAppPassword, MicrosoftAppTenantId } = singleTenant;

const publicEndpoints = {
  ...loopbackEndpoints,
  ToChannelFromBotLoginUrl: 'https://login.example/tenant',
  ToBotFromChannelOpenIdMetadataUrl: 'https://login.example/openid',
  ToBotFromEmulatorOpenIdMetadataUrl: 'https://login.example/openid',
  OAuthUrl: 'https://oauth.example',
};

describe('The credentials of the bot', () => {
  describe('when there are none', () => {
    it('leave the bot open on this machine only', () => {
      expect(read({})).to.deep.include({ host: '127.0.0.1', bot: { authentication: 'none' } });
      for (const Host of ['localhost', '127.0.0.2', '::1']) expect(read({ Host }).host).to.equal(Host);
      for (const Host of ['0.0.0.0', '::', '192.0.2.1', 'bot.example', '127.0.0.1.example']) {
        expect(refused({ Host }), Host).to.deep.equal(['Host']);
      }
    });

    it('stop the start under NODE_ENV=production', () => {
      const error = refusal(production);
      expect(error.problems.map(({ setting }) => setting)).to.deep.equal(['MicrosoftAppId']);
      expect(error.message).to.contain('anyone could speak to the bot').and.contain('NODE_ENV=production');
    });

    it('are no problem when the app type alone stands there, as in the example file', () => {
      expect(read({ MicrosoftAppType: 'SingleTenant' }).bot).to.deep.equal({ authentication: 'none' });
    });
  });

  describe('without an app id are refused, for the bot would be open', () => {
    const others: Record<string, string> = {
      MicrosoftAppPassword,
      MicrosoftAppTenantId,
      MicrosoftAppType: 'UserAssignedMSI',
    };
    for (const [name, value] of Object.entries(others)) {
      it(`when ${name} is set`, () => {
        const { problems } = refusal({ [name]: value });
        expect(problems).to.have.length(1);
        expect(problems[0]?.setting).to.equal('MicrosoftAppId');
        expect(problems[0]?.problem).to.contain(name).and.contain('open to everyone');
      });
    }

    it('when the endpoints are set', () => {
      expect(refused(loopbackEndpoints)).to.deep.equal(['MicrosoftAppId']);
    });

    it('also when the app id is misspelt', () => {
      expect(refused({ ...singleTenant, MicrosoftAppId: '', MicrosoftAppID: MicrosoftAppId })).to.deep.equal([
        'MicrosoftAppID',
        'MicrosoftAppId',
      ]);
    });
  });

  describe('of a SingleTenant bot', () => {
    it('are id, password and tenant, and SingleTenant is the default', () => {
      const { bot, host } = read(singleTenant);
      expect(bot).to.deep.include({
        authentication: 'password',
        appType: 'SingleTenant',
        appId: MicrosoftAppId,
        tenantId: MicrosoftAppTenantId,
      });
      expect(bot.authentication === 'password' && bot.password.reveal()).to.equal(MicrosoftAppPassword);
      expect(host).to.equal('0.0.0.0');
    });

    it('are incomplete without password or tenant', () => {
      expect(refused({ MicrosoftAppId })).to.deep.equal(['MicrosoftAppPassword', 'MicrosoftAppTenantId']);
      expect(refused({ MicrosoftAppId, MicrosoftAppPassword })).to.deep.equal(['MicrosoftAppTenantId']);
    });

    it('suffice under NODE_ENV=production', () => {
      expect(read({ ...singleTenant, ...production }).production).to.equal(true);
    });
  });

  describe('of a UserAssignedMSI bot', () => {
    const identity = { MicrosoftAppType: 'UserAssignedMSI', MicrosoftAppId, MicrosoftAppTenantId };

    it('are id and tenant', () => {
      expect(read(identity).bot).to.deep.equal({
        authentication: 'managedIdentity',
        appType: 'UserAssignedMSI',
        appId: MicrosoftAppId,
        tenantId: MicrosoftAppTenantId,
      });
      expect(refused({ ...identity, MicrosoftAppTenantId: '' })).to.deep.equal(['MicrosoftAppTenantId']);
    });

    it('have no password', () => {
      expect(refused({ ...identity, MicrosoftAppPassword })).to.deep.equal(['MicrosoftAppPassword']);
    });
  });

  describe('of a MultiTenant bot', () => {
    const multi = { MicrosoftAppType: 'MultiTenant', MicrosoftAppId };

    it('are id and password', () => {
      const { bot } = read({ ...multi, MicrosoftAppPassword });
      expect(bot).to.deep.include({ authentication: 'password', appType: 'MultiTenant', appId: MicrosoftAppId });
      expect(refused(multi)).to.deep.equal(['MicrosoftAppPassword']);
    });
  });

  it('of a misspelt type are refused for the type, without guesses about what it needs', () => {
    for (const MicrosoftAppType of ['SingelTenant', 'singletenant', 'MultiTenant ']) {
      const { problems } = refusal({ MicrosoftAppId, MicrosoftAppType });
      expect(problems.map(({ setting }) => setting)).to.deep.equal(['MicrosoftAppType']);
      expect(problems[0]?.fix).to.contain('SingleTenant, UserAssignedMSI, MultiTenant');
    }
  });
});

describe('The endpoints of the Bot Framework', () => {
  it('are taken over together', () => {
    const { bot } = read({ ...singleTenant, ...loopbackEndpoints });
    expect(bot.authentication !== 'none' && bot.endpoints).to.deep.equal({
      toChannelFromBotLoginUrl: loopbackEndpoints.ToChannelFromBotLoginUrl,
      toChannelFromBotOAuthScope: loopbackEndpoints.ToChannelFromBotOAuthScope,
      toBotFromChannelTokenIssuer: loopbackEndpoints.ToBotFromChannelTokenIssuer,
      toBotFromChannelOpenIdMetadataUrl: loopbackEndpoints.ToBotFromChannelOpenIdMetadataUrl,
      toBotFromEmulatorOpenIdMetadataUrl: loopbackEndpoints.ToBotFromEmulatorOpenIdMetadataUrl,
      oAuthUrl: loopbackEndpoints.OAuthUrl,
      callerId: loopbackEndpoints.CallerId,
    });
  });

  it('are absent when none is set', () => {
    expect(read(singleTenant).bot).not.to.have.property('endpoints');
  });

  for (const name of endpointSettings) {
    it(`are refused when only ${name} is set, or only it is missing`, () => {
      const onlyOne = refusal({ ...singleTenant, [name]: loopbackEndpoints[name] });
      expect(onlyOne.problems).to.have.length(1);
      expect(onlyOne.message).to.contain(`${name} is set, so the other six have to be set too, or remove it.`);
      for (const other of endpointSettings) expect(onlyOne.message).to.contain(other);
      expect(refused({ ...singleTenant, ...loopbackEndpoints, [name]: '' })).to.deep.equal([name]);
    });
  }

  it('may be plain http on this machine, not elsewhere', () => {
    for (const name of [
      'ToChannelFromBotLoginUrl',
      'ToBotFromChannelOpenIdMetadataUrl',
      'ToBotFromEmulatorOpenIdMetadataUrl',
      'OAuthUrl',
    ]) {
      expect(refused({ ...singleTenant, ...loopbackEndpoints, [name]: 'http://login.example/' })).to.deep.equal([name]);
      expect(
        refused({ ...singleTenant, ...publicEndpoints, ...production, [name]: 'HTTP://localhost:4000/' }),
      ).to.deep.equal([name]);
    }
  });

  it('may be public https addresses under NODE_ENV=production', () => {
    const { bot } = read({ ...singleTenant, ...publicEndpoints, ...production });
    expect(bot.authentication !== 'none' && bot.endpoints?.oAuthUrl).to.equal(publicEndpoints.OAuthUrl);
  });

  it('may not have the login on this machine under NODE_ENV=production, not even over https', () => {
    const ToChannelFromBotLoginUrl = 'https://[::1]:4000/login';
    expect(read({ ...singleTenant, ...publicEndpoints, ToChannelFromBotLoginUrl }).production).to.equal(false);
    expect(refused({ ...singleTenant, ...publicEndpoints, ...production, ToChannelFromBotLoginUrl })).to.deep.equal([
      'ToChannelFromBotLoginUrl',
    ]);
  });
});
