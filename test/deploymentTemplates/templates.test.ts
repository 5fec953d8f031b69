import { expect } from 'chai';
import { settingDefinitions } from '../../helpers/settings/schema.ts';
import { armTypes } from './armProperties.ts';
import { isBalanced, isExpression, leavesOf, namesIn, readTemplate, textsIn } from './armTemplate.ts';
import type { ArmTemplate } from './armTemplate.ts';

const group = readTemplate('template-with-preexisting-rg.json');
const subscription = readTemplate('template-with-new-rg.json');
const nested = subscription.resources.find(({ type }) => type === 'Microsoft.Resources/deployments')!;

/** What every text of a template refers to by a function, without what belongs to a template inside. */
function usesOf(template: ArmTemplate, functionName: string): Set<string> {
  const own = template.resources.map((resource) =>
    resource === nested ? { ...resource, properties: { ...resource.properties, template: {} } } : resource,
  );
  const { variables, outputs } = template;
  const parameters = Object.values(template.parameters).map(({ defaultValue }) => defaultValue);
  return new Set(textsIn([variables, own, outputs, parameters]).flatMap(({ text }) => namesIn(text, functionName)));
}

for (const [name, template] of [
  ['with an existing resource group', group],
  ['with a new resource group', subscription],
] as const) {
  describe(`the deployment template ${name}`, () => {
    it('says which kind of deployment it is', () => {
      const kind = template === group ? '2019-04-01/deploymentTemplate' : '2018-05-01/subscriptionDeploymentTemplate';
      expect(template.$schema).to.equal(`https://schema.management.azure.com/schemas/${kind}.json#`);
      expect(template.contentVersion).to.match(/^\d+\.\d+\.\d+\.\d+$/);
    });

    it('describes every parameter, and uses every parameter and variable', () => {
      for (const [parameter, { metadata }] of Object.entries(template.parameters)) {
        expect(metadata?.description, parameter).to.match(/^[A-Z].*\.$/);
      }
      expect([...usesOf(template, 'parameters')]).to.have.members(Object.keys(template.parameters));
      expect([...usesOf(template, 'variables')]).to.have.members(Object.keys(template.variables));
    });

    it('has expressions whose brackets and quotes close', () => {
      const texts = textsIn(template).filter(({ text }) => text.startsWith('['));
      expect(texts).not.to.be.empty;
      for (const { path, text } of texts) expect(isBalanced(text), path).to.equal(true);
    });

    it('refers to resources that it has', () => {
      const types = new Set(group.resources.map(({ type }) => type));
      const named = [...usesOf(template, 'resourceId'), ...usesOf(template, 'extensionResourceId')];
      for (const type of named) expect([...types], type).to.include(type);
    });

    it('uses known types and versions, with the properties that they have', () => {
      for (const {
        type,
        apiVersion,
        name: _,
        condition: _c,
        dependsOn: _d,
        properties,
        ...around
      } of template.resources) {
        if (type === 'Microsoft.Resources/deployments') continue;
        const known = armTypes[type];
        expect(known, type).not.to.equal(undefined);
        const { type: _t, ...beside } = around as Record<string, unknown>;
        expect(apiVersion, type).to.equal(known!.apiVersion);
        expect(known!.properties, type).to.include.members(leavesOf(properties ?? {}).filter((path) => path !== ''));
        expect(known!.around, type).to.include.members(Object.keys(beside));
      }
    });
  });
}

describe('the two deployment templates', () => {
  it('are the same inside', () => {
    expect(nested.properties!['template']).to.deep.equal(group);
    expect(Object.keys(nested.properties!['parameters'] as object)).to.deep.equal(Object.keys(group.parameters));
    expect(nested.properties!['expressionEvaluationOptions']).to.deep.equal({ scope: 'inner' });
    expect(Object.keys(subscription.outputs)).to.deep.equal(Object.keys(group.outputs));
  });

  it('depend on what they refer to', () => {
    const identity = group.resources.filter(({ properties }) =>
      JSON.stringify(properties ?? {}).includes('reference(variables'),
    );
    expect(identity.map(({ type }) => type)).to.include('Microsoft.Web/sites');
    for (const { dependsOn } of identity) expect(dependsOn).to.include("[variables('identityId')]");
    const channel = group.resources.find(({ type }) => type.endsWith('/channels'))!;
    expect(channel.dependsOn?.join()).to.contain('Microsoft.BotService/botServices');
  });
});

describe('what the deployment promises', () => {
  const resource = (type: string) => group.resources.filter((one) => one.type === type);
  const site = resource('Microsoft.Web/sites')[0]!;
  const siteConfig = site.properties!['siteConfig'] as Record<string, unknown>;
  const settings = siteConfig['appSettings'] as string;
  const isSecret = (name: string): boolean =>
    name === 'ownSettings' || ['Password', 'Secret', 'Token'].some((word) => name.endsWith(word));
  const secrets = Object.keys(group.parameters).filter(isSecret);

  it('takes secrets as secure parameters without a default', () => {
    expect(secrets).to.have.members(['microsoftAppPassword', 'facebookAppSecret', 'facebookPageToken', 'ownSettings']);
    for (const template of [group, subscription]) {
      for (const secret of secrets) {
        expect(template.parameters[secret]!.type, secret).to.equal('securestring');
        expect(template.parameters[secret]!.defaultValue ?? '', secret).to.equal('');
      }
    }
    const others = Object.entries(group.parameters).filter(([name]) => !isSecret(name));
    for (const [name, { type }] of others) expect(type, name).to.equal(name === 'moreSettings' ? 'array' : 'string');
  });

  it("lets secrets reach Key Vault and the channel's own properties, and nothing else", () => {
    const places = group.resources.flatMap((one) =>
      textsIn(one).flatMap(({ path, text }) =>
        namesIn(text, 'parameters')
          // Whether there are any is no secret.
          .filter((name) => isSecret(name) && !text.includes(`empty(parameters('${name}'))`))
          .map((name) => `${name} > ${one.type} ${path}`),
      ),
    );
    expect(places).to.have.members([
      'facebookAppSecret > Microsoft.KeyVault/vaults/secrets properties.value',
      'facebookPageToken > Microsoft.KeyVault/vaults/secrets properties.value',
      'microsoftAppPassword > Microsoft.KeyVault/vaults/secrets properties.value',
      'ownSettings > Microsoft.KeyVault/vaults/secrets properties.value',
      'facebookAppSecret > Microsoft.BotService/botServices/channels properties.properties.appSecret',
      'facebookPageToken > Microsoft.BotService/botServices/channels properties.properties.pages[].accessToken',
    ]);
    const elsewhere = textsIn([group.variables, group.outputs, subscription.variables, subscription.outputs]);
    expect(elsewhere.flatMap(({ text }) => namesIn(text, 'parameters')).filter(isSecret)).to.deep.equal([]);
  });

  it('gives the bot settings that it knows, secrets as references to Key Vault', () => {
    const names = [...settings.matchAll(/createObject\('name', '(\w+)', 'value', (.*?)\)(?=[,)])/g)];
    const known = new Map<string, { secret?: true }>([
      ...settingDefinitions.map((one) => [one.name, one] as const),
      ['My', { secret: true }],
    ]);
    const ours = names.filter(([, name = '']) => !/^(APPLICATIONINSIGHTS_CONNECTION_STRING|SCM_|WEBSITES_)/.test(name));
    expect(ours.map(([, name]) => name)).to.include.members([
      'BotRole',
      'MicrosoftAppId',
      'FacebookPageToken',
      'NODE_ENV',
    ]);
    const vaultSecrets = resource('Microsoft.KeyVault/vaults/secrets').map(
      ({ name }) => /\{0\}\/(\w+)/.exec(name)?.[1],
    );
    for (const [, name = '', value = ''] of ours) {
      expect(known.has(name), name).to.equal(true);
      const isReference = value.startsWith("format(variables('secretReference'");
      expect(isReference, name).to.equal(known.get(name)!.secret === true);
      if (isReference) expect(vaultSecrets, name).to.include(name);
    }
    expect(group.variables['secretReference']).to.contain('@Microsoft.KeyVault(VaultName=');
  });

  it('asks for nothing that Azure refuses: no MultiTenant, a managed identity by default', () => {
    expect(group.parameters['microsoftAppType']).to.deep.include({
      defaultValue: 'UserAssignedMSI',
      allowedValues: ['UserAssignedMSI', 'SingleTenant'],
    });
  });

  it('runs on Linux with Node 24, https only, always on, one instance, with a health check', () => {
    expect(group.parameters['nodeVersion']!.defaultValue).to.equal('NODE|24-lts');
    expect(siteConfig).to.deep.include({
      alwaysOn: true,
      numberOfWorkers: 1,
      healthCheckPath: '/healthz',
      minTlsVersion: '1.2',
      ftpsState: 'Disabled',
    });
    expect(site.properties).to.deep.include({ httpsOnly: true, reserved: true });
    expect(resource('Microsoft.Web/serverfarms')[0]!.properties).to.deep.equal({ reserved: true });
  });

  it('takes no password for deploying, and only addresses that it was told to', () => {
    const policies = resource('Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    expect(policies.map(({ name }) => name)).to.deep.equal([
      "[format('{0}/scm', variables('siteName'))]",
      "[format('{0}/ftp', variables('siteName'))]",
    ]);
    for (const { properties } of policies) expect(properties).to.deep.equal({ allow: false });
    expect(siteConfig['scmIpSecurityRestrictionsUseMain']).to.equal(false);
    expect(siteConfig['scmIpSecurityRestrictions']).to.contain("empty(parameters('deploymentSource'))");
    expect(siteConfig['ipSecurityRestrictions'])
      .to.contain("'ServiceTag'")
      .and.to.contain("parameters('allowedSources')");
    expect(group.parameters['allowedSources']!.allowedValues).to.deep.equal(['Internet', 'AzureBotService']);
  });

  it('caps what logs may cost a day', () => {
    const [workspace] = resource('Microsoft.OperationalInsights/workspaces');
    expect(workspace!.properties).to.deep.include({ workspaceCapping: { dailyQuotaGb: 1 } });
  });

  it('lets the identity read the vault, and nothing more', () => {
    const [assignment, ...more] = resource('Microsoft.Authorization/roleAssignments');
    expect(more).to.deep.equal([]);
    expect(assignment!['scope']).to.equal("[format('Microsoft.KeyVault/vaults/{0}', variables('vaultName'))]");
    // Key Vault Secrets User
    expect(group.variables['secretsUserRoleId']).to.contain('4633458b-17de-408a-b874-0445c86b69e6');
    expect(resource('Microsoft.KeyVault/vaults')[0]!.properties).to.include({ enableRbacAuthorization: true });
    expect(site.properties!['keyVaultReferenceIdentity']).to.equal("[variables('identityId')]");
  });

  it('names things as their types allow: underscores are for the Azure Bot alone', () => {
    // Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
    for (const name of ['siteName', 'planName', 'workspaceName']) {
      expect(group.variables[name], name)
        .to.contain("variables('plainName')")
        .and.not.to.contain("parameters('botName')");
    }
    expect(group.variables['plainName']).to.equal("[replace(parameters('botName'), '_', '-')]");
    const { maxLength } = group.parameters['botName'] as { maxLength?: number };
    const uniqueString = 'x'.repeat(13);
    expect(`${'x'.repeat(maxLength!)}-${uniqueString}`.length, 'an App Service').to.be.at.most(60);
    expect(`plan-${'x'.repeat(maxLength!)}`.length, 'a plan').to.be.at.most(60);
    expect(`log-${'x'.repeat(maxLength!)}`.length, 'a workspace').to.be.at.most(63);
    expect(`kv-${uniqueString}`.length, 'a vault').to.be.at.most(24);
  });

  it('protects the vault from purging only on demand, since that cannot be undone', () => {
    expect(group.parameters['keyVaultPurgeProtection']!.defaultValue).to.equal('off');
    // Key Vault takes true or nothing, never false.
    expect(resource('Microsoft.KeyVault/vaults')[0]!.properties!['enablePurgeProtection']).to.equal(
      "[if(equals(parameters('keyVaultPurgeProtection'), 'on'), true(), null())]",
    );
  });

  it('leaves Test in Web Chat to people, which works with a key of the bot', () => {
    expect(resource('Microsoft.BotService/botServices')[0]!.properties).not.to.have.property('disableLocalAuth');
  });

  it('connects the Facebook channel without what Azure makes itself', () => {
    const channel = resource('Microsoft.BotService/botServices/channels')[0]!;
    expect(channel.name).to.contain('/FacebookChannel');
    expect(leavesOf(channel.properties)).not.to.include.members(['properties.verifyToken', 'properties.callbackUrl']);
    expect(isExpression(channel.name)).to.equal(true);
  });
});

describe('the parameter files', () => {
  const secure = Object.keys(group.parameters).filter((name) => group.parameters[name]!.type === 'securestring');
  const read = (role: string) =>
    readTemplate(`${role}.parameters.json`) as unknown as { parameters: Record<string, { value: string }> };

  for (const role of ['primary', 'secondary']) {
    it(`of the ${role} bot is complete, fits the template, and holds no secret`, () => {
      const { parameters } = read(role);
      const needed = Object.entries(group.parameters).filter(([, { defaultValue }]) => defaultValue === undefined);
      const missing = needed.map(([name]) => name).filter((name) => !(name in parameters) && !secure.includes(name));
      expect(missing).to.deep.equal([]);
      for (const [name, { value }] of Object.entries(parameters)) {
        expect(Object.keys(group.parameters), name).to.include(name);
        expect(group.parameters[name]!.allowedValues ?? [value], name).to.include(value);
        expect(secure, name).not.to.include(name);
      }
      expect(parameters['botRole']!.value).to.equal(role);
    });
  }

  it('differ in name and Meta app, and agree on the Page', () => {
    const [primary, secondary] = [read('primary').parameters, read('secondary').parameters];
    expect(primary['botName']).not.to.deep.equal(secondary['botName']);
    expect(primary['facebookAppId']).not.to.deep.equal(secondary['facebookAppId']);
    expect(primary['facebookPageId']).to.deep.equal(secondary['facebookPageId']);
  });
});
