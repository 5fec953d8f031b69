import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { testAppId, type ScriptedIssuer } from './scriptedIssuer.ts';

/** One request with the token or the activity changed, and what has to come of it. */
export interface TokenCase {
  what: string;
  /** The whole `Authorization` header; undefined sends none. */
  header: (issuer: ScriptedIssuer, serviceUrl: string) => Promise<string | undefined>;
  activity?: Record<string, unknown>;
  status: number;
}

const minutes = (count: number): number => Math.floor(Date.now() / 1000) + count * 60;

const changed =
  (claims: Record<string, unknown>, header: Record<string, unknown> = {}): TokenCase['header'] =>
  async (issuer, serviceurl) =>
    `Bearer ${await issuer.sign({ claims: { serviceurl, ...claims }, header })}`;

/** A time that is so many minutes away when the token is signed: the list is made long before its last case runs. */
const timed =
  (claim: 'exp' | 'nbf', away: number): TokenCase['header'] =>
  (issuer, serviceurl) =>
    changed({ [claim]: minutes(away) })(issuer, serviceurl);

const text =
  (header: string | undefined): TokenCase['header'] =>
  async () =>
    header;

const edited =
  (edit: (parts: string[]) => string): TokenCase['header'] =>
  async (issuer, serviceurl) =>
    `Bearer ${edit((await issuer.sign({ claims: { serviceurl } })).split('.'))}`;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const refused = (what: string, header: TokenCase['header'], activity?: TokenCase['activity']): TokenCase => ({
  what,
  header,
  ...(activity && { activity }),
  status: 401,
});

const allowed = (what: string, header: TokenCase['header'], activity?: TokenCase['activity']): TokenCase => ({
  ...refused(what, header, activity),
  status: 200,
});

/** Tokens that are refused and tokens that are not. Nothing here may end as 500. */
export const tokenCases: readonly TokenCase[] = [
  allowed('a valid token', changed({})),
  allowed('a token that ended less than five minutes ago', timed('exp', -4)),
  allowed('a token that begins within five minutes', timed('nbf', 4)),
  refused('no header', text(undefined)),
  refused('an empty header', text('')),
  refused('a header of blanks', text('   ')),
  refused('a scheme alone', text('Bearer')),
  refused('a scheme and a blank', text('Bearer ')),
  refused('garbage', text('garbage')),
  refused('garbage as a token', text('Bearer garbage')),
  refused('two dots', text('Bearer ..')),
  refused('three parts of garbage', text('Bearer a.b.c')),
  refused('a name and a password', text('Basic dXNlcjpwYXNz')),
  refused('a scheme in the wrong place', async (issuer) => `${await issuer.sign()} Bearer`),
  refused('a token with something behind it', async (issuer, serviceurl) => {
    return `Bearer ${await issuer.sign({ claims: { serviceurl } })} more`;
  }),
  refused('another key', async (issuer, serviceurl) => {
    const { privateKey } = await generateKeyPair('RS256');
    return `Bearer ${await issuer.sign({ claims: { serviceurl }, key: privateKey })}`;
  }),
  refused('no signature', async (_issuer, serviceurl) => {
    const claims = { iss: 'https://api.botframework.com', aud: testAppId, exp: minutes(60), serviceurl };
    return `Bearer ${new UnsecuredJWT(claims).encode()}`;
  }),
  refused(
    'a header that says none while there is a signature',
    edited(([, payload, signature]) => `${encode({ alg: 'none' })}.${payload}.${signature}`),
  ),
  refused('the public key used as a shared secret', async (issuer, serviceurl) => {
    const secret = new TextEncoder().encode(JSON.stringify(issuer.publicJwk));
    return `Bearer ${await issuer.sign({ claims: { serviceurl }, header: { alg: 'HS256' }, key: secret })}`;
  }),
  refused('a key type that Microsoft does not use', async (_issuer, serviceurl) => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = new SignJWT({ iss: 'https://api.botframework.com', aud: testAppId, exp: minutes(60), serviceurl });
    return `Bearer ${await token.setProtectedHeader({ alg: 'ES256', kid: 'key-1' }).sign(privateKey)}`;
  }),
  refused(
    'another payload under the same signature',
    edited(([header, , signature]) => {
      const payload = { iss: 'https://api.botframework.com', aud: testAppId, exp: minutes(60) };
      return `${header}.${encode(payload)}.${signature}`;
    }),
  ),
  refused(
    'a signature cut short',
    edited(([header, payload, signature]) => `${header}.${payload}.${signature!.slice(0, -8)}`),
  ),
  refused(
    'an empty signature',
    edited(([header, payload]) => `${header}.${payload}.`),
  ),
  refused(
    'a payload that is a list',
    edited(([header, , signature]) => `${header}.${encode([1])}.${signature}`),
  ),
  refused(
    'a payload that is null',
    edited(([header, , signature]) => `${header}.${encode(null)}.${signature}`),
  ),
  refused(
    'a header that is no JSON',
    edited(([, payload, signature]) => `AAAA.${payload}.${signature}`),
  ),
  refused('a key id that nobody knows', changed({}, { kid: 'key-9' })),
  refused('no key id', changed({}, { kid: undefined })),
  refused('a key brought along in the header', async (issuer, serviceurl) => {
    const { privateKey } = await generateKeyPair('RS256');
    const header = { jwk: issuer.publicJwk, jku: 'http://127.0.0.1:9/keys' };
    return `Bearer ${await issuer.sign({ claims: { serviceurl }, header, key: privateKey })}`;
  }),
  refused('a critical header that is not understood', async (issuer, serviceurl) => {
    const [, payload, signature] = (await issuer.sign({ claims: { serviceurl } })).split('.');
    return `Bearer ${encode({ alg: 'RS256', kid: 'key-1', crit: ['x'], x: 1 })}.${payload}.${signature}`;
  }),
  refused('a token that ended an hour ago', timed('exp', -60)),
  refused('a token that ended six minutes ago', timed('exp', -6)),
  refused('a token that begins in an hour', timed('nbf', 60)),
  refused('a token for another bot', changed({ aud: '00000000-0000-4000-8000-00000000dead' })),
  refused('a token for nobody', changed({ aud: undefined })),
  refused('a token of another issuer', changed({ iss: 'https://example.com' })),
  refused('a token of no issuer', changed({ iss: undefined })),
  refused('a token of an issuer that is a list', changed({ iss: ['https://api.botframework.com'] as never })),
  refused(
    'a token of Microsoft Entra',
    changed({ iss: 'https://sts.windows.net/x/', tid: 'x', appid: testAppId, ver: '1.0' }),
  ),
  refused('a token without an end', changed({ exp: undefined })),
  refused('a token for several bots', changed({ aud: [testAppId, 'another'] })),
  refused(
    'a token as another bot would send it to a skill',
    changed({ ver: '1.0', appid: '00000000-0000-4000-8000-0000000000c3' }),
  ),
  refused('a token without a service URL', changed({ serviceurl: undefined })),
  refused('a token for another service URL', changed({ serviceurl: 'http://127.0.0.1:1/' })),
  refused('a channel that the key does not vouch for', changed({}), { channelId: 'directline' }),
  refused('the App Service channel', changed({}), { channelId: 'AseChannel' }),
];
