import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FaultName } from '../core/graphFaults.ts';
import type { JsonObject } from '../json.ts';
import type { AppSeed } from '../seed.ts';

export type Access = { readonly app: AppSeed } | { readonly fault: FaultName };

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
  if (named !== undefined) return { app: named };
  const app = apps.find(({ pageToken }) => pageToken === token);
  if (app === undefined) return { fault: 'invalidToken' };
  const sent = params['appsecret_proof'];
  if (sent === undefined) return proof === 'required' ? { fault: 'proofMissing' } : { app };
  return typeof sent === 'string' && isProof(sent, app) ? { app } : { fault: 'proofWrong' };
}

/** The token of a call, from the header or a parameter. Old SDKs write `OAuth` in the header, as drafts of the protocol did. */
export function tokenOf(request: IncomingMessage, params: JsonObject): string | undefined {
  const header = /^(?:Bearer|OAuth) +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const token = header ?? params['access_token'];
  return typeof token === 'string' && token !== '' ? token : undefined;
}

function isProof(sent: string, app: AppSeed): boolean {
  const expected = Buffer.from(createHmac('sha256', app.appSecret).update(app.pageToken).digest('hex'));
  const given = Buffer.from(sent);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
