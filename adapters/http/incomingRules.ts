import type { Logger } from '../../helpers/logging/logger.ts';
import type { OwnPage } from '../../helpers/graph/ownPage.ts';
import type { PlatformClock } from '../../helpers/graph/platformClock.ts';
import type { FacebookEventKind } from '../../models/facebookEvent.ts';
import type { QuarantineNote } from '../../models/quarantineNote.ts';
import { readId, readProperty } from '../../models/readJson.ts';
import type { Endpoint } from '../../store/store.ts';
import { createTimeRule } from './timeRule.ts';

/** What the rules check: a Facebook event, or the corresponding parts of an activity without one. */
export interface Incoming {
  kind: FacebookEventKind;
  pageId?: string | undefined;
  psid?: string | undefined;
  timestamp?: number | undefined;
  /** The item as it was received. */
  raw?: unknown;
}

export interface IncomingRulesOptions {
  ownPage: Pick<OwnPage, 'known'>;
  /** `unchecked` for an emulator whose clock can be moved. */
  times: 'checked' | 'unchecked';
  /** Milliseconds since 1970. */
  now?: () => number;
  /** What is known about the platform's clock. Default: nothing. */
  clock?: Pick<PlatformClock, 'offset'>;
  /** Makes a call whose response shows the platform's time. */
  askTime?: () => void;
  logger?: Logger;
}

/** Why a readable event should not reach the bot; undefined if it should. */
export type IncomingRules = (event: Incoming, endpoint: Endpoint) => QuarantineNote | undefined;

/** Their sender may be the Page, or nobody. */
const mayBeFromPage: ReadonlySet<FacebookEventKind> = new Set(['echo', 'notice', 'app_roles', 'policy_enforcement']);

/**
 * Holds back events that are not for the bot: those of another Page, those that the Page itself sent, and those repeated so late that the
 * repetition could no longer be recognised.
 *
 * Behind Azure's channel one bot may serve several Pages, each with its own token in Azure. So there the Page is checked only if the setting
 * names it; the owner of the bot's own token, which is for thread control, proves nothing.
 */
export function createIncomingRules(options: IncomingRulesOptions): IncomingRules {
  const { ownPage, times } = options;
  const outOfTime = createTimeRule(options);
  return (event, endpoint) => {
    const own = ownPage.known();
    if (isFromPage(event, own?.id)) {
      return {
        reason: 'pageIsSender',
        sentence: 'The Page itself is named as the sender, and it is not a customer.',
      };
    }
    const { pageId } = event;
    const counts = own !== undefined && (own.by === 'setting' || endpoint === 'webhook');
    if (counts && pageId !== undefined && pageId !== own.id) return otherPage(pageId, own.id);
    return times === 'checked' ? outOfTime(event.timestamp) : undefined;
  };
}

function isFromPage({ kind, pageId, psid, raw }: Incoming, ownId: string | undefined): boolean {
  if (psid !== undefined && (psid === pageId || psid === ownId)) return true;
  if (mayBeFromPage.has(kind)) return false;
  const sender = readId(readProperty(raw, 'sender'), 'id');
  return sender !== undefined && (sender === pageId || sender === ownId);
}

function otherPage(pageId: string, ownId: string): QuarantineNote {
  // Anything but a number is not a Page id, and could be any text.
  const other = /^\d{1,20}$/.test(pageId) ? `the Page ${pageId}` : 'another Page';
  return { reason: 'otherPage', sentence: `The event is for ${other}, and this bot works for the Page ${ownId}.` };
}
