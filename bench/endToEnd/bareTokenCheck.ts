import { importJWK, jwtVerify, type JWK } from 'jose';
import { cast } from './cast.ts';

/** Checks a token in the few lines that a bare server would have for it. Without a key it refuses every token. */
export async function createBareTokenCheck(publicJwk: JWK): Promise<(authorization: string) => Promise<boolean>> {
  const key = publicJwk.kty === undefined ? undefined : await importJWK(publicJwk, 'RS256');
  return async (authorization) => {
    if (key === undefined) return false;
    const expected = { issuer: cast.azureIssuer, audience: cast.azureAppId };
    return jwtVerify(authorization.replace(/^Bearer /, ''), key, expected).then(
      () => true,
      () => false,
    );
  };
}
