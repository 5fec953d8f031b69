/** @import { EmulatorState } from '../emulator.ts' */

/** The app id of the Page Inbox, the same on every Page. */
export const inboxId = '263902037430900';

/** The app id of Meta's AI, the same on every Page that has it. */
export const metaAiId = '622851382610562';

/** What people call these two. */
export const inboxName = 'Page Inbox';
export const metaAiName = "Meta's AI";

/** Lanes of the diagram that are not apps. */
export const customerLane = 'customer';
export const messengerLane = 'messenger';

/**
 * What the narrator calls those who take part.
 *
 * @typedef {object} Names
 * @property {(appId: string | null | undefined) => string} receiver who can own a thread; `null` is nobody
 * @property {(psid: string) => string} customer
 * @property {(botAppId: string) => string} bot by its app id at Azure
 */

/**
 * Whether Meta's AI takes part: it must be switched on, and the older protocols do not know it.
 *
 * @param {Pick<EmulatorState, 'metaAi' | 'mode'>} page
 */
export const hasMetaAi = ({ metaAi, mode }) => metaAi === 'on' && (mode === 'routing' || mode === 'open');

/**
 * Looks names up when they are needed, since apps and customers come and go.
 *
 * @param {() => Pick<EmulatorState, 'apps' | 'customers'> | undefined} state
 * @param {(botAppId: string) => string} [bot]
 * @returns {Names}
 */
export function createNames(state, bot = () => 'the bot') {
  return {
    receiver(appId) {
      if (appId === null || appId === undefined) return 'nobody';
      if (appId === inboxId) return inboxName;
      if (appId === metaAiId) return metaAiName;
      return state()?.apps.find(({ id }) => id === appId)?.name ?? `app ${appId}`;
    },
    customer: (psid) => state()?.customers.find((customer) => customer.psid === psid)?.name ?? `customer ${psid}`,
    bot,
  };
}
