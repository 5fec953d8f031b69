import { tokenKinds, type TokenLife } from '../graph/accessTokens.ts';
import { tokenFields } from '../graph/appAccounts.ts';
import type { JsonObject } from '../json.ts';
import type { Clock } from '../runtime/hooks.ts';
import { EmulatorUsageError } from '../usageError.ts';
import type { ControlRoute } from './controlRoute.ts';
import { oneOf, optionalText, optionalTexts, optionalWholeNumber, text } from './readBody.ts';

const nothing = {};

/** What is set about an app in Meta's dashboard. */
export const appControlRoutes: readonly ControlRoute[] = [
  {
    method: 'POST',
    path: 'apps/:appId/subscription',
    body: 'fields?',
    does: 'Subscribes an app to fields of the Page and to no others; without fields it is unsubscribed.',
    handle: ({ emulator, id, body }) => {
      emulator.changeAccount(id, { pageFields: optionalTexts(body, 'fields') ?? null });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'apps/:appId/webhook',
    body: 'callbackUrl, verifyToken?',
    does: "Registers an app's callback, after the handshake.",
    handle: async ({ emulator, id, body }) => {
      const verifyToken = optionalText(body, 'verifyToken') ?? emulator.app(id).verifyToken;
      await emulator.registerWebhook(id, { callbackUrl: text(body, 'callbackUrl'), verifyToken });
      return nothing;
    },
  },
  {
    method: 'POST',
    path: 'apps/:appId/token',
    body: 'of?, expiresAt?, expiresInSeconds?, invalidated?',
    does: `Sets until when a token works: of is ${tokenKinds.join(', ')}; times are in seconds, and expiresAt 0 is never; invalidated is no, passwordChanged.`,
    handle: ({ emulator, id, body }) => {
      const of = oneOf(optionalText(body, 'of') ?? 'page', tokenKinds, 'of');
      emulator.changeAccount(id, { [tokenFields[of]]: tokenLife(body, emulator.clock) });
      return { of, ...emulator.state().apps.find((app) => app.id === id)?.tokens[of] };
    },
  },
];

function tokenLife(body: JsonObject, now: Clock): Partial<TokenLife> {
  const expiresAt = optionalWholeNumber(body, 'expiresAt');
  const span = optionalWholeNumber(body, 'expiresInSeconds');
  const invalidated = optionalText(body, 'invalidated');
  if (expiresAt !== undefined && span !== undefined) {
    throw new EmulatorUsageError('A token expires at a time or after a time, not both.');
  }
  if (expiresAt === undefined && span === undefined && invalidated === undefined) {
    throw new EmulatorUsageError('Tell expiresAt, expiresInSeconds or invalidated.');
  }
  const end = span === undefined ? expiresAt : Math.floor(now() / 1000) + span;
  if (end !== undefined && end > latestSecond) throw new EmulatorUsageError('That is later than any date.');
  return {
    ...(end === undefined ? {} : { expiresAt: end }),
    ...(invalidated === undefined
      ? {}
      : { invalidated: oneOf(invalidated, ['no', 'passwordChanged'] as const, 'invalidated') }),
  };
}

/** The last second of which JavaScript knows the date. */
const latestSecond = 8_640_000_000_000;
