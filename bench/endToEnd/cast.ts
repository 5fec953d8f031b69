/** Who everybody is in the benchmark. The secrets are made up, and the same for every server under test. */
export const cast = {
  pageId: '1906385232743851',
  facebookAppId: '1000000000000001',
  pageToken: 'made-up-page-token-of-the-benchmark',
  appSecret: 'made-up-app-secret-of-the-benchmark',
  verifyToken: 'made-up-verify-token-of-the-benchmark',
  azureAppId: '00000000-0000-4000-8000-0000000000a1',
  azurePassword: 'made-up-password-of-the-benchmark',
  azureTenantId: '00000000-0000-4000-8000-0000000000b2',
  azureIssuer: 'https://api.botframework.com',
} as const;
