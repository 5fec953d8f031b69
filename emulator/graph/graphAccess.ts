import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FaultName } from '../core/graphFaults.ts';
import type { JsonObject } from '../json.ts';
import type { AppSeed } from '../seed.ts';
import { findToken } from './accessTokens.ts';

/** Who calls: the Page by an app, or the person who set it up. */
export type Access = { readonly app: AppSeed; readonly me: 'page' | 'person' } | { readonly fault: FaultName };

/** With an app's id behind it, this stands for the app's page token: calls copied from the page have it, since the page knows no tokens. */
const asApp = 'as-app-';

/**
 * Which app is calling: the page token tells, in the header or as a parameter. A proof is checked when one is sent.
 * Source: https://developers.facebook.com/docs/graph-api/guides/secure-requests
 */
export function accessOf(
  token: string | undefined,
  params: JsonObject,
  apps: readonly AppSeed[],
  proof: 'optional' | 'required',
): Access {
  if (token === undefined) return { fault: 'missingToken' };
  const named = apps.find(({ id }) => token === `${asApp}${id}`);
  if (named !== undefined) return { app: named, me: 'page' };
  const found = findToken(token, apps);
  if (found === undefined || found.kind === 'app') return { fault: 'invalidToken' };
  const { app } = found;
  const me = found.kind === 'page' ? 'page' : 'person';
  const sent = params['appsecret_proof'];
  if (sent === undefined) return proof === 'required' ? { fault: 'proofMissing' } : { app, me };
  return typeof sent === 'string' && isProof(sent, app.appSecret, token) ? { app, me } : { fault: 'proofWrong' };
}

/** The token of a call, from the header or a parameter. Old SDKs write `OAuth` in the header, as drafts of the protocol did. */
export function tokenOf(request: IncomingMessage, params: JsonObject): string | undefined {
  const header = /^(?:Bearer|OAuth) +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = header ?? params['access_token'];
  return typeof token === 'string' && token !== '' ? token : undefined;
}

function isProof(sent: string, appSecret: string, token: string): boolean {
  const expected = Buffer.from(createHmac('sha256', appSecret).update(token).digest('hex'));
  const given = Buffer.from(sent);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
