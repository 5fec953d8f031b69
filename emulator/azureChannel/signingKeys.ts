import { calculateJwkThumbprint, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import type { GenerateKeyPairResult, JWTPayload } from 'jose';
import type { Clock } from '../runtime/hooks.ts';
import { channelTokenIssuer, connectorScope } from './registration.ts';

/** Claims to add or replace; `undefined` takes a claim away. */
export type ClaimOverrides = Partial<JWTPayload>;

/**
 * The keys of the emulated Microsoft: one signs what the channel sends to bots, another the tokens that bots get, so that
 * neither passes for the other. Made anew by each process, with key ids made of the keys: Bot Builder caches keys by id.
 */
export interface SigningKeys {
  /** The public keys for bots, with the channels that the key is endorsed for. */
  readonly jwks: { keys: readonly object[] };
  /** The public keys of the tokens that bots get. */
  readonly loginJwks: { keys: readonly object[] };
  /** A token from the channel to a bot. It is valid by the machine's clock and by the emulator's, since a bot may go by either. */
  signChannelToken(botAppId: string, serviceUrl: string, overrides?: ClaimOverrides): Promise<string>;
  /** A token for a bot to call the Connector with; it lives an hour. */
  issueAccessToken(botAppId: string, tenantId: string): Promise<string>;
  /** The app id of the bearer, or nothing when the token is not one of ours, is expired or is for something else. */
  readAccessToken(token: string): Promise<string | undefined>;
}

/** Seconds that a token lives. */
export const tokenLifetime = 3600;

/** Seconds by which a token is valid before it was made, for machines whose clocks differ. */
const BACKDATED = 300;

const accessTokenIssuer = (tenantId: string): string => `https://sts.windows.net/${tenantId}/`;

/** Made once: a pair takes a tenth of a second of computing, which a suite with an emulator for each test would feel. */
let pairs: Promise<readonly [GenerateKeyPairResult, GenerateKeyPairResult]> | undefined;

/** @param clock the emulator's clock */
export async function createSigningKeys(clock: Clock): Promise<SigningKeys> {
  const dates = (): { iat: number; nbf: number; exp: number } => {
    const now = Math.floor(Date.now() / 1000);
    return { iat: now, nbf: now - BACKDATED, exp: Math.max(now, Math.floor(clock() / 1000)) + tokenLifetime };
  };
  const [channel, login] = await (pairs ??= Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]));
  const channelJwk = await exportJWK(channel.publicKey);
  const channelKeyId = await calculateJwkThumbprint(channelJwk);
  const loginJwk = await exportJWK(login.publicKey);
  const loginKeyId = await calculateJwkThumbprint(loginJwk);

  return {
    jwks: {
      keys: [{ ...channelJwk, kid: channelKeyId, use: 'sig', alg: 'RS256', endorsements: ['facebook', 'msteams'] }],
    },

    loginJwks: { keys: [{ ...loginJwk, kid: loginKeyId, use: 'sig', alg: 'RS256' }] },

    signChannelToken: (botAppId, serviceUrl, overrides = {}) =>
      new SignJWT({ serviceurl: serviceUrl, ...dates(), iss: channelTokenIssuer, aud: botAppId, ...overrides })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: channelKeyId })
        .sign(channel.privateKey),

    issueAccessToken: (botAppId, tenantId) =>
      new SignJWT({
        ...dates(),
        iss: accessTokenIssuer(tenantId),
        aud: connectorScope,
        appid: botAppId,
        tid: tenantId,
        ver: '1.0',
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: loginKeyId })
        .sign(login.privateKey),

    readAccessToken: async (token) => {
      try {
        const { payload } = await jwtVerify(token, login.publicKey, {
          algorithms: ['RS256'],
          audience: connectorScope,
          requiredClaims: ['exp'],
        });
        return typeof payload['appid'] === 'string' ? payload['appid'] : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
