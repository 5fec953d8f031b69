import { expect } from 'chai';
import { read } from '../support/settingsReader.ts';
import { evaluateAll, idOf, type ArmScope, type ArmValue } from './armExpression.ts';
import { readTemplate, type ArmResource } from './armTemplate.ts';

const template = readTemplate('template-with-preexisting-rg.json');

interface Deployed {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** The resources whose state its own properties ask for. */
  readonly asksFor: readonly string[];
  readonly properties: Readonly<Record<string, ArmValue>>;
  readonly identity?: { readonly type: string; readonly userAssignedIdentities: Readonly<Record<string, ArmValue>> };
}

const secrets = {
  facebookAppSecret: 'fake-app-secret',
  facebookPageToken: 'fake-page-token',
  microsoftAppPassword: 'fake-app-password',
};

/** What Azure would be asked for with a file of parameters, as far as that can be told without Azure. */
function deployed(change: Readonly<Record<string, ArmValue>> = {}): Map<string, Deployed> {
  const file = readTemplate('primary.parameters.json') as unknown as {
    parameters: Record<string, { value: ArmValue }>;
  };
  const fromFile = Object.fromEntries(Object.entries(file.parameters).map(([name, { value }]) => [name, value]));
  const scope: ArmScope = { template, parameters: { ...fromFile, ...secrets, ...change } };
  const all = template.resources.flatMap((resource: ArmResource): Deployed[] => {
    const asksFor: string[] = [];
    const asked = evaluateAll(resource, {
      ...scope,
      onReference: (id) => asksFor.push(id),
    }) as unknown as ArmResource & {
      condition?: boolean;
    };
    if ((asked.condition as unknown) === false) return [];
    return [{ dependsOn: [], properties: {}, ...asked, id: idOf(asked), asksFor } as unknown as Deployed];
  });
  return new Map(all.map((resource) => [resource.id, resource]));
}

const only = (resources: ReadonlyMap<string, Deployed>, type: string): Deployed => {
  const found = [...resources.values()].filter((resource) => resource.type === type);
  expect(found, type).to.have.length(1);
  return found[0]!;
};
const settingsOf = (resources: ReadonlyMap<string, Deployed>): Record<string, ArmValue> => {
  const { siteConfig } = only(resources, 'Microsoft.Web/sites').properties as {
    siteConfig: { appSettings: { name: string; value: ArmValue }[] };
  };
  return Object.fromEntries(siteConfig.appSettings.map(({ name, value }) => [name, value]));
};

const ownBot = {
  botRole: 'helpDesk',
  ownSettings: '{"MyApiKey":"fake-key"}',
  moreSettings: [
    { name: 'Bot', value: './my/bot.ts' },
    { name: 'MyShopName', value: 'Tea & Co' },
  ],
};

const kinds: Readonly<Record<string, Readonly<Record<string, ArmValue>>>> = {
  'a managed identity': {},
  'an app registration': { microsoftAppType: 'SingleTenant', microsoftAppId: 'the-app' },
  "a bot of one's own": ownBot,
  'a plan that is there already': { appServicePlanId: '/subscriptions/the-subscription/other/plan' },
};

for (const [kind, change] of Object.entries(kinds)) {
  describe(`a deployment with ${kind}, worked out`, () => {
    const resources = deployed(change);

    it('makes nothing twice', () => {
      const leftOut = [kind !== 'an app registration', kind.includes('plan'), change !== ownBot].filter(Boolean);
      expect(resources.size).to.equal(template.resources.length - leftOut.length);
    });

    it('waits only for what there is, and Azure passes over what a condition leaves out', () => {
      const leftOut = template.resources.filter(({ condition }) => condition !== undefined).length;
      expect(leftOut).to.equal(3);
      for (const { id, dependsOn } of resources.values()) {
        const missing = dependsOn.filter(
          (needed) => !resources.has(needed) && !/serverfarms|MicrosoftAppPassword|secrets\/My$/.test(needed),
        );
        expect(missing, id).to.deep.equal([]);
      }
    });

    it('waits for everything whose state it asks for, and for no circle', () => {
      const reaches = (from: Deployed, seen = new Set<string>()): Set<string> => {
        for (const id of from.dependsOn) {
          if (seen.has(id)) continue;
          seen.add(id);
          const next = resources.get(id);
          if (next !== undefined) reaches(next, seen);
        }
        return seen;
      };
      for (const resource of resources.values()) {
        const before = reaches(resource);
        expect(before.has(resource.id), `${resource.id} waits for itself`).to.equal(false);
        for (const id of resource.asksFor) expect(before.has(id), `${resource.id} asks for ${id}`).to.equal(true);
      }
    });

    it('gives the role before the App Service reads the vault, and the secrets are there by then', () => {
      const { dependsOn } = only(resources, 'Microsoft.Web/sites');
      const assignment = only(resources, 'Microsoft.Authorization/roleAssignments');
      const vaultSecrets = [...resources.values()].filter(({ type }) => type === 'Microsoft.KeyVault/vaults/secrets');
      expect(dependsOn).to.include.members([assignment.id, ...vaultSecrets.map(({ id }) => id)]);
      expect(assignment.id).to.contain('/Microsoft.KeyVault/vaults/');
      expect(assignment.properties).to.include({
        principalId: '<principalId of id-my-handover-primary>',
        principalType: 'ServicePrincipal',
      });
    });

    it('refers to secrets that are in the vault, as the identity that the App Service has', () => {
      const vault = only(resources, 'Microsoft.KeyVault/vaults');
      const site = only(resources, 'Microsoft.Web/sites');
      const identity = only(resources, 'Microsoft.ManagedIdentity/userAssignedIdentities');
      expect(site.properties['keyVaultReferenceIdentity']).to.equal(identity.id);
      expect(Object.keys(site.identity!.userAssignedIdentities)).to.deep.equal([identity.id]);
      const references = Object.entries(settingsOf(resources)).filter(
        ([, value]) => typeof value === 'string' && value.startsWith('@'),
      );
      expect(references.map(([name]) => name).sort()).to.deep.equal(
        [
          'FacebookAppSecret',
          'FacebookPageToken',
          ...(kind === 'an app registration' ? ['MicrosoftAppPassword'] : []),
          ...(change === ownBot ? ['My'] : []),
        ].sort(),
      );
      for (const [name, value] of references) {
        expect(value).to.equal(`@Microsoft.KeyVault(VaultName=${vault.name};SecretName=${name})`);
        expect(resources.has(`${vault.id}/secrets/${name}`), name).to.equal(true);
      }
    });

    it('tells the bot its Page and its channels, and leaves it the time to end', () => {
      const settings = settingsOf(resources);
      const channel = only(resources, 'Microsoft.BotService/botServices/channels');
      expect(settings['FacebookPageId']).to.be.a('string').that.is.not.empty;
      expect(JSON.stringify(channel.properties)).to.contain(`"id":${JSON.stringify(settings['FacebookPageId'])}`);
      expect(settings['Channels']).to.equal('facebook,webchat');
      // In seconds; the bot drains for eight.
      expect(Number(settings['WEBSITES_CONTAINER_STOP_TIME_LIMIT'])).to.equal(30);
    });

    it('tells the bot and the Azure Bot the same app, and the Azure Bot where the bot is', () => {
      const bot = only(resources, 'Microsoft.BotService/botServices').properties;
      const settings = settingsOf(resources);
      expect(bot['msaAppId']).to.equal(settings['MicrosoftAppId']);
      expect(bot['msaAppType']).to.equal(settings['MicrosoftAppType']);
      expect(bot['msaAppTenantId']).to.equal(settings['MicrosoftAppTenantId']);
      const managed = kind !== 'an app registration';
      expect(bot['msaAppId']).to.equal(managed ? '<clientId of id-my-handover-primary>' : 'the-app');
      expect(bot['msaAppMSIResourceId']).to.equal(
        managed ? only(resources, 'Microsoft.ManagedIdentity/userAssignedIdentities').id : null,
      );
      const site = only(resources, 'Microsoft.Web/sites');
      expect(bot['endpoint']).to.equal(`https://<defaultHostName of ${site.name}>/api/messages`);
    });

    it('gives the bot settings with which it starts', () => {
      const guid = '00000000-0000-4000-8000-000000000001';
      const inVault: Record<string, string> = {
        FacebookAppSecret: secrets.facebookAppSecret,
        FacebookPageToken: secrets.facebookPageToken,
        MicrosoftAppPassword: secrets.microsoftAppPassword,
        My: ownBot.ownSettings,
      };
      const env = Object.entries(settingsOf(resources)).map(([name, value]): [string, string] => {
        expect(value, name).to.be.a('string');
        const told = value as string;
        if (told.startsWith('@')) return [name, inVault[name]!];
        return [name, ['MicrosoftAppId', 'MicrosoftAppTenantId'].includes(name) ? guid : told];
      });
      const roles = ['primary', 'helpDesk'];
      const settings = read(Object.fromEntries([...env, ['PORT', '8080']]), {}, { roles });
      const role = change === ownBot ? 'helpDesk' : 'primary';
      expect(settings).to.deep.include({ production: true, role, host: '0.0.0.0', port: 8080 });
      const own = change === ownBot ? { MyApiKey: 'fake-key', MyShopName: 'Tea & Co' } : {};
      expect(settings.own.values).to.deep.equal(own);
      expect(settingsOf(resources)['Bot']).to.equal(change === ownBot ? './my/bot.ts' : undefined);
      expect(settings.bot.authentication).to.equal(kind === 'an app registration' ? 'password' : 'managedIdentity');
      expect(settings.facebook.pageToken!.reveal()).to.equal(secrets.facebookPageToken);
      expect(settings.store.path).to.match(/^\/tmp\//);
    });

    it('puts the App Service on the plan', () => {
      const { serverFarmId } = only(resources, 'Microsoft.Web/sites').properties;
      expect(serverFarmId).to.equal(change['appServicePlanId'] ?? only(resources, 'Microsoft.Web/serverfarms').id);
    });

    it('shows secrets to nothing but the vault and the channel', () => {
      for (const { type, ...resource } of resources.values()) {
        const held = [...Object.values(secrets), 'fake-key'].filter((secret) =>
          JSON.stringify(resource).includes(secret),
        );
        const expected = /KeyVault\/vaults\/secrets|botServices\/channels/.test(type);
        expect(held.length > 0, type).to.equal(expected);
      }
    });
  });
}

describe('names in a deployment', () => {
  // Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
  const rules: Readonly<Record<string, RegExp>> = {
    'Microsoft.OperationalInsights/workspaces': /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/i,
    'Microsoft.KeyVault/vaults': /^[a-z][a-z0-9-]{1,22}[a-z0-9]$/i,
    'Microsoft.Web/serverfarms': /^[a-z0-9-]{1,60}$/i,
    'Microsoft.Web/sites': /^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/i,
    'Microsoft.ManagedIdentity/userAssignedIdentities': /^[a-z0-9][a-z0-9_-]{2,127}$/i,
    'Microsoft.Insights/components': /^[^%&\\?/]{1,260}$/,
    'Microsoft.BotService/botServices': /^[a-z0-9][a-z0-9_.-]{1,63}$/i,
  };
  for (const botName of ['bot1', 'my_help_desk-bot', 'a'.repeat(42)]) {
    it(`are allowed for a bot called ${botName.slice(0, 16)}`, () => {
      const resources = deployed({ botName });
      for (const [type, rule] of Object.entries(rules)) expect(only(resources, type).name, type).to.match(rule);
    });
  }

  it('of the two bots differ, so that both fit into one resource group', () => {
    const [primary, secondary] = ['my-handover-primary', 'my-handover-secondary'].map((botName) => [
      ...deployed({ botName }).keys(),
    ]);
    expect(primary!.filter((id) => secondary!.includes(id))).to.deep.equal([]);
  });
});

describe('the purge protection of the vault', () => {
  it('is asked for or not mentioned, since Key Vault takes no false', () => {
    const of = (change: Readonly<Record<string, ArmValue>>) =>
      only(deployed(change), 'Microsoft.KeyVault/vaults').properties['enablePurgeProtection'];
    expect(of({})).to.equal(null);
    expect(of({ keyVaultPurgeProtection: 'on' })).to.equal(true);
  });
});
