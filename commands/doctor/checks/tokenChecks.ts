import { GraphApiError } from '../../../helpers/graph/graphErrors.ts';
import { fail, ok, unknown, warn, type Check, type Outcome, type Patient } from '../check.ts';
import type { TokenReport } from '../graphProbe.ts';
import { messengerSettings, tokenDebugger } from '../pages.ts';

const dayMs = 86_400_000;
const soonMs = 14 * dayMs;

/** The page token. Source: https://developers.facebook.com/docs/graph-api/reference/debug_token */
export const tokenChecks: readonly Check[] = [
  {
    id: 'token.app',
    what: 'the page token belongs to this app',
    needs: ['app.secret'],
    run: inspected((token, { settings: { facebook } }) => {
      const other = token.errorCode === 100 && token.appId === undefined;
      if (other || (token.appId !== undefined && token.appId !== facebook.appId)) {
        return fail(
          `FacebookPageToken was made by a different app than ${facebook.appId ?? ''}`,
          `Generate one at ${messengerSettings(facebook.appId)}, or correct FacebookAppId. ${tokenDebugger} shows a token's app.`,
        );
      }
      return token.appId === undefined ? unknown('Meta names no app for it') : ok(`app ${token.appId}`);
    }),
  },
  {
    id: 'token.valid',
    what: 'the page token is valid',
    needs: ['token.app'],
    async run(patient) {
      const { graph, settings } = patient;
      const fix = `Generate a new one at ${messengerSettings(settings.facebook.appId)} and set it as FacebookPageToken.`;
      if (settings.facebook.appSecret !== undefined) {
        const token = await graph.token();
        if (!token.valid) return fail(endedOr(token, patient), fix);
      }
      try {
        await graph.page();
        return ok('Meta accepts it');
      } catch (error) {
        if (!(error instanceof GraphApiError)) throw error;
        // A person's token cannot read a Page's fields; the next check says what kind the token is.
        if (error.reason !== 'invalidToken' && settings.facebook.appSecret !== undefined) return ok('Meta accepts it');
        return fail(error.message, fix);
      }
    },
  },
  {
    id: 'token.kind',
    what: 'the token belongs to a Page, not to a person',
    needs: ['token.valid'],
    run: inspected(({ type = 'Meta did not say what kind it is' }, { settings: { facebook } }) =>
      type === 'PAGE'
        ? ok('a page token')
        : fail(
            `it is a token of type ${type}`,
            `Generate a page token at ${messengerSettings(facebook.appId)}; a person's token cannot send messages.`,
          ),
    ),
  },
  {
    id: 'token.page',
    what: 'the token is for the right Page',
    needs: ['token.kind'],
    async run({ graph, pageId, settings: { facebook } }) {
      const { id, name } = await graph.page();
      if (pageId === undefined || pageId === id)
        return ok(`${name} (${id})${pageId === undefined ? ', is that right?' : ''}`);
      return fail(
        `it is of ${name} (${id}), not of ${pageId}`,
        `Generate one beside the right Page at ${messengerSettings(facebook.appId)}.`,
      );
    },
  },
  {
    id: 'token.pageId',
    what: 'FacebookPageId is the Page of the token',
    needs: ['token.kind'],
    async run({ graph, settings: { facebook } }) {
      const { id, name } = await graph.page();
      if (facebook.pageId === undefined) {
        return unknown(`FacebookPageId is not set; the bot learns from Graph that it is ${name} (${id})`);
      }
      if (facebook.pageId === id) return ok(`${name} (${id})`);
      return fail(
        `FacebookPageId is ${facebook.pageId}, and the token is of ${name} (${id}): events of ${name} would be quarantined`,
        `Set FacebookPageId to ${id}, or generate a token beside the right Page at ${messengerSettings(facebook.appId)}.`,
      );
    },
  },
  permission('pages_messaging', 'sends messages and moves control'),
  permission('pages_manage_metadata', 'subscribes the app to the Page'),
  {
    id: 'token.expiry',
    what: 'the page token does not expire soon',
    needs: ['token.valid'],
    run: inspected(({ expiresAt }, { now, settings: { facebook } }) =>
      endsSoon(
        expiresAt,
        now(),
        `Generate a new one at ${messengerSettings(facebook.appId)}; tokens generated there do not expire.`,
      ),
    ),
  },
  {
    id: 'token.dataAccess',
    what: "the app's access to data does not expire soon",
    needs: ['token.valid'],
    run: inspected(({ dataAccessExpiresAt }, { now, settings: { facebook } }) =>
      endsSoon(
        dataAccessExpiresAt,
        now(),
        `An administrator of the Page generates the token again at ${messengerSettings(facebook.appId)}, which renews it.`,
      ),
    ),
  },
];

/** A check of what Meta tells the app about the token, which takes the app secret. */
function inspected(judge: (token: TokenReport, patient: Patient) => Outcome): Check['run'] {
  return async (patient) =>
    patient.settings.facebook.appSecret === undefined
      ? unknown('Meta tells only the app: set FacebookAppSecret')
      : judge(await patient.graph.token(), patient);
}

function permission(name: string, whatFor: string): Check {
  return {
    id: `permission.${name}`,
    what: `the token has ${name}`,
    needs: ['token.kind'],
    run: inspected(({ scopes }, { settings: { facebook } }) =>
      scopes.includes(name)
        ? ok('granted')
        : fail(
            `the permission that ${whatFor} is missing`,
            `Generate the token again at ${messengerSettings(facebook.appId)} and leave ${name} ticked in the dialog.`,
          ),
    ),
  };
}

function endedOr({ expiresAt, error }: TokenReport, { now }: Patient): string {
  if (expiresAt !== 0 && expiresAt * 1000 <= now()) return `it expired on ${dayOf(expiresAt)}`;
  return error ?? 'Meta calls it invalid';
}

function endsSoon(seconds: number, now: number, fix: string): Outcome {
  if (seconds === 0) return ok('it does not expire');
  if (seconds * 1000 <= now) return warn(`it expired on ${dayOf(seconds)}`, fix);
  return seconds * 1000 - now < soonMs ? warn(`it expires on ${dayOf(seconds)}`, fix) : ok(`until ${dayOf(seconds)}`);
}

const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
