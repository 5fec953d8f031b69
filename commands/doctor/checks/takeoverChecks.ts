import { isPassed } from '../../../bots/takeover/rules.ts';
import { isOpen, nextOpening, openingHours } from '../../../bots/takeover/hours.ts';
import { GraphApiError } from '../../../helpers/graph/graphErrors.ts';
import { PAGE_INBOX_APP_ID } from '../../../models/facebookEvent.ts';
import { fail, ok, unknown, warn, type Check } from '../check.ts';
import { conversationRouting } from '../pages.ts';

const notUsed = 'no Takeover setting is used';

/** How people take over from the bot, as far as the settings `Takeover…` and `Handoff…` say it. */
export const takeoverChecks: readonly Check[] = [
  {
    id: 'takeover.receivers',
    what: 'conversations can be handed over to those that TakeoverReceivers names',
    async run({ graph, settings: { takeover, facebook } }) {
      const receivers = takeover?.receivers ?? [];
      const wanted = receivers.filter((one) => one !== 'inbox' && one !== PAGE_INBOX_APP_ID && isPassed(one));
      if (wanted.length === 0) return ok(takeover === undefined ? notUsed : receivers.join(', '));
      if (facebook.appId !== undefined && wanted.includes(facebook.appId)) {
        return fail("it names this bot's own app", 'Remove the id that FacebookAppId has from TakeoverReceivers.');
      }
      try {
        const known = await graph.secondaryReceivers();
        const isKnown = (one: string) =>
          known.some(({ id, name }) => id === one || name?.toLowerCase() === one.toLowerCase());
        const missing = wanted.filter((one) => !isKnown(one));
        if (missing.length === 0) return ok(receivers.join(', '));
        const names = known.map(({ id, name }) => `${name ?? 'an app'} (${id})`).join(', ');
        return fail(
          `the Page has no receiver ${missing.join(', ')}; it has ${names || 'none'}`,
          `Correct TakeoverReceivers, or connect that app to the Page at ${conversationRouting}.`,
        );
      } catch (error) {
        if (error instanceof GraphApiError) return unknown('Meta does not tell this app');
        throw error;
      }
    },
  },
  {
    id: 'takeover.order',
    what: 'each of TakeoverReceivers has its turn',
    run({ settings: { takeover } }) {
      const { receivers = [] } = takeover ?? {};
      const behind = receivers.includes('pause') ? receivers.slice(receivers.indexOf('pause') + 1) : [];
      return behind.length > 0
        ? warn(
            `${behind.join(', ')} stands behind pause, which never refuses`,
            'Put pause last in TakeoverReceivers, or remove it.',
          )
        : ok(takeover === undefined ? notUsed : 'none stands behind one that never refuses');
    },
  },
  {
    id: 'takeover.times',
    what: 'the times of a takeover fit together',
    run({ settings: { takeover } }) {
      if (takeover === undefined) return ok(notUsed);
      const { noticeMs, silenceMs, hardLimitMs, onSilence } = takeover;
      if (isAtLeast(silenceMs, hardLimitMs)) {
        return warn(
          'TakeoverHardLimitMinutes is not more than TakeoverSilenceMinutes, so the silence never counts',
          'Make TakeoverHardLimitMinutes longer; people who talk for long are cut off by it.',
        );
      }
      if (isAtLeast(noticeMs, hardLimitMs) || (onSilence === 'atOnce' && isAtLeast(noticeMs, silenceMs))) {
        return warn(
          'the bot is back before TakeoverNoticeMinutes are over, so the customer is never told that nobody has answered',
          'Make TakeoverNoticeMinutes shorter than TakeoverSilenceMinutes and TakeoverHardLimitMinutes, or set it to 0.',
        );
      }
      return ok('they do');
    },
  },
  {
    id: 'takeover.hours',
    what: 'people are there at some time',
    run({ settings: { takeover }, now }) {
      if (takeover?.hours === undefined) {
        return takeover === undefined || takeover.outsideHours === 'refuse'
          ? ok('no hours are set, so people are always there')
          : warn(
              'TakeoverOutsideHours is set, but TakeoverHours is not, so people are always there',
              'Set TakeoverHours and TakeoverTimeZone, or remove TakeoverOutsideHours.',
            );
      }
      const hours = openingHours(takeover.hours);
      if (isOpen(hours, now())) return ok('now');
      const opening = nextOpening(hours, now());
      return opening === undefined
        ? warn('TakeoverHours and TakeoverHolidays leave no time at which people are there', 'Correct TakeoverHours.')
        : ok(`next at ${new Date(opening).toISOString()}`);
    },
  },
  {
    id: 'takeover.desk',
    what: 'the desk at HandoffUrl can be reached',
    async run({ desk, settings: { handoff } }) {
      if (handoff === undefined) return ok('there is none');
      const reply = await desk.head();
      if (reply.type === 'nothing') {
        return fail(reply.because, 'Correct HandoffUrl, or look at the desk, its certificate, and what is between.');
      }
      const { status } = reply;
      if (status >= 300 && status < 400) {
        return warn(
          `it redirects (HTTP ${status}), which the bot does not follow`,
          'Set HandoffUrl to the final address.',
        );
      }
      if (status >= 500) return warn(`it answers HTTP ${status}`, 'Look at the log of the desk.');
      // Many answer 404 or 405 to everything that is no POST.
      return ok(`something answers (HTTP ${status})`);
    },
  },
];

function isAtLeast(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one >= other;
}
