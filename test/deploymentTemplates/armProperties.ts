/**
 * The types of resources that the templates use, with properties that each may have; readable only ones are left out, and so are most
 * that the templates do not use. Copied by hand in November 2026, each at the API version that stands here:
 *
 * - Microsoft.BotService, Microsoft.Web and Microsoft.KeyVault from the types of @azure/arm-botservice 4.0.0, @azure/arm-appservice 19.0.0
 *   and @azure/arm-keyvault 5.0.0. The packages themselves unpack to 35 MB and bring the Azure client libraries along, for a
 *   table of this size.
 * - Microsoft.ManagedIdentity, Microsoft.OperationalInsights, both of Microsoft.Insights, Microsoft.Authorization and Microsoft.Resources: every
 *   name was found, and none is `readOnly`, in the definitions of Microsoft's OpenAPI files ManagedIdentity.json, Workspaces.json,
 *   components_API.json, diagnosticsSettings_API.json, authorization-RoleAssignmentsCalls.json and resources.json, in archived copies of
 *   the repository. Not looked up: `location` and `tags` where those files leave them to their common types, and `scope`, which belongs to
 *   the syntax of templates. Of the template reference only the page on resource groups was read at this version.
 *
 * What no file can tell, such as which log categories a site has, is left to the what-if run of the workflow.
 *
 * Source: https://github.com/Azure/azure-rest-api-specs, https://learn.microsoft.com/azure/templates/
 */
export interface ArmType {
  readonly apiVersion: string;
  /** Names under `properties`, in dotted form; a name with children is listed with each of them, `[]` for lists. */
  readonly properties: readonly string[];
  /** Names beside type, apiVersion, name, condition, dependsOn and properties. */
  readonly around: readonly string[];
}

export const armTypes: Readonly<Record<string, ArmType>> = {
  'Microsoft.ManagedIdentity/userAssignedIdentities': {
    apiVersion: '2023-01-31',
    properties: [],
    around: ['location', 'tags'],
  },
  'Microsoft.OperationalInsights/workspaces': {
    apiVersion: '2023-09-01',
    properties: [
      'sku.name',
      'sku.capacityReservationLevel',
      'retentionInDays',
      'workspaceCapping.dailyQuotaGb',
      'publicNetworkAccessForIngestion',
    ],
    around: ['location', 'tags', 'identity', 'etag'],
  },
  'Microsoft.Insights/components': {
    apiVersion: '2020-02-02',
    properties: ['Application_Type', 'WorkspaceResourceId', 'DisableLocalAuth', 'IngestionMode'],
    around: ['location', 'tags', 'kind', 'etag'],
  },
  'Microsoft.Insights/diagnosticSettings': {
    apiVersion: '2021-05-01-preview',
    properties: ['workspaceId', 'storageAccountId', 'logs[].category', 'logs[].categoryGroup', 'logs[].enabled'],
    around: ['scope'],
  },
  'Microsoft.KeyVault/vaults': {
    apiVersion: '2025-05-01',
    properties: [
      'tenantId',
      'sku.family',
      'sku.name',
      'enableRbacAuthorization',
      'enableSoftDelete',
      'softDeleteRetentionInDays',
      'enablePurgeProtection',
      'publicNetworkAccess',
    ],
    around: ['location', 'tags'],
  },
  'Microsoft.KeyVault/vaults/secrets': {
    apiVersion: '2025-05-01',
    properties: ['value', 'contentType', 'attributes.enabled', 'attributes.exp', 'attributes.nbf'],
    around: ['tags'],
  },
  'Microsoft.Authorization/roleAssignments': {
    apiVersion: '2022-04-01',
    properties: ['roleDefinitionId', 'principalId', 'principalType', 'description', 'condition', 'conditionVersion'],
    around: ['scope'],
  },
  'Microsoft.Web/serverfarms': {
    apiVersion: '2025-03-01',
    properties: ['reserved', 'perSiteScaling', 'zoneRedundant', 'elasticScaleEnabled'],
    around: ['location', 'tags', 'kind', 'sku', 'identity'],
  },
  'Microsoft.Web/sites': {
    apiVersion: '2025-03-01',
    properties: [
      'serverFarmId',
      'reserved',
      'httpsOnly',
      'clientAffinityEnabled',
      'keyVaultReferenceIdentity',
      'publicNetworkAccess',
      'siteConfig.linuxFxVersion',
      'siteConfig.appCommandLine',
      'siteConfig.alwaysOn',
      'siteConfig.numberOfWorkers',
      'siteConfig.healthCheckPath',
      'siteConfig.http20Enabled',
      'siteConfig.minTlsVersion',
      'siteConfig.ftpsState',
      'siteConfig.appSettings',
      'siteConfig.webSocketsEnabled',
      'siteConfig.ipSecurityRestrictions',
      'siteConfig.scmIpSecurityRestrictions',
      'siteConfig.scmIpSecurityRestrictionsUseMain',
    ],
    around: ['location', 'tags', 'kind', 'identity'],
  },
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': {
    apiVersion: '2025-03-01',
    properties: ['allow'],
    around: [],
  },
  'Microsoft.BotService/botServices': {
    apiVersion: '2022-09-15',
    properties: [
      'displayName',
      'description',
      'iconUrl',
      'endpoint',
      'msaAppType',
      'msaAppId',
      'msaAppTenantId',
      'msaAppMSIResourceId',
      'developerAppInsightKey',
      'isStreamingSupported',
      'disableLocalAuth',
      'publicNetworkAccess',
      'schemaTransformationVersion',
    ],
    around: ['location', 'tags', 'kind', 'sku', 'etag'],
  },
  'Microsoft.BotService/botServices/channels': {
    apiVersion: '2022-09-15',
    // Of FacebookChannelProperties verifyToken and callbackUrl are read-only: the server makes them.
    properties: [
      'channelName',
      'properties.appId',
      'properties.appSecret',
      'properties.isEnabled',
      'properties.pages[].id',
      'properties.pages[].accessToken',
    ],
    around: ['location', 'tags', 'kind', 'sku', 'etag', 'zones'],
  },
  'Microsoft.Resources/resourceGroups': {
    apiVersion: '2024-11-01',
    properties: [],
    around: ['location', 'tags', 'managedBy'],
  },
};
