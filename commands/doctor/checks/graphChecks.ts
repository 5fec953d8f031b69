import { GraphApiError } from '../../../helpers/graph/graphErrors.ts';
import { fail, ok, unknown, warn, type Check } from '../check.ts';
import { endOfGraphVersion } from '../graphVersions.ts';
import { appBasicSettings } from '../pages.ts';

const dayMs = 86_400_000;

/** How far the clock may be off, in milliseconds. Bot Builder accepts tokens within five minutes of their time. */
const skewLimitMs = 5 * 60_000;
const skewToTellMs = 30_000;

/** Meta's address, version and app. */
export const graphChecks: readonly Check[] = [
  {
    id: 'graph.reachable',
    what: 'the Graph API answers',
    async run({ graph, settings }) {
      const reply = await graph.greeting();
      if (reply.type === 'answer' && reply.status < 500) return ok(settings.graph.baseUrl);
      const because = reply.type === 'answer' ? `HTTP ${reply.status}` : reply.because;
      return fail(
        `${settings.graph.baseUrl}: ${because}`,
        'Check GraphApiBaseUrl, DNS and firewalls. Meta reports outages at https://metastatus.com.',
      );
    },
  },
  {
    id: 'graph.version',
    what: 'the Graph API version is supported',
    run({ settings, now }) {
      const { version } = settings.graph;
      const end = endOfGraphVersion(version);
      const fix =
        'Set GraphApiVersion to a newer one: https://developers.facebook.com/docs/graph-api/changelog/versions';
      if (end === undefined) return ok(`${version}, with no known end`);
      if (end === 'over' || end <= now()) return fail(`${version} has ended; Meta answers as a newer version`, fix);
      const day = new Date(end).toISOString().slice(0, 10);
      return end - now() < 90 * dayMs ? warn(`${version} ends on ${day}`, fix) : ok(`${version}, until ${day}`);
    },
  },
  {
    id: 'clock.skew',
    what: "this machine's clock is right",
    needs: ['graph.reachable'],
    async run({ graph, now }) {
      const reply = await graph.greeting();
      const at = reply.type === 'answer' && reply.date !== undefined ? Date.parse(reply.date) : NaN;
      if (Number.isNaN(at)) return unknown('Graph sent no time');
      const offMs = Math.abs(now() - at);
      const says = `${Math.round(offMs / 1000)} seconds off, ${now() > at ? 'fast' : 'slow'}`;
      const fix =
        'Keep the clock right with NTP (timedatectl set-ntp true); tokens and the times of events are checked against it. What was quarantined as tooOld or inTheFuture meanwhile comes back with npm run quarantine -- release.';
      if (offMs > skewLimitMs) return fail(says, fix);
      return offMs > skewToTellMs ? warn(says, fix) : ok("within half a minute of Meta's");
    },
  },
  {
    id: 'app.secret',
    what: 'the app id and the app secret belong together',
    needs: ['graph.reachable', 'settings.pageToken'],
    async run({ graph, settings: { facebook } }) {
      if (facebook.appSecret === undefined) {
        return warn(
          'FacebookAppSecret is not set: calls carry no proof, and what only the app may ask cannot be checked',
          `Set it from ${appBasicSettings(facebook.appId)}.`,
        );
      }
      try {
        await graph.token();
        return ok(`app ${facebook.appId ?? ''}`);
      } catch (error) {
        if (!(error instanceof GraphApiError) || error.reason !== 'invalidToken') throw error;
        return fail(
          'Meta does not accept FacebookAppSecret for FacebookAppId',
          `Copy both again from ${appBasicSettings(facebook.appId)}: App ID, and App secret after Show.`,
        );
      }
    },
  },
];
