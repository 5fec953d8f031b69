import type { Logger } from '../../helpers/logging/logger.ts';
import type { OwnPage } from '../../helpers/graph/ownPage.ts';
import type { PlatformClock } from '../../helpers/graph/platformClock.ts';
import type { FacebookEventKind } from '../../models/facebookEvent.ts';
import type { QuarantineNote } from '../../models/quarantineNote.ts';
import { readId, readProperty } from '../../models/readJson.ts';
import type { Endpoint } from '../../store/store.ts';
import { createTimeRule } from './timeRule.ts';

/** What the rules look at: a Facebook event, or what an activity without one tells. */
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
  /** `unchecked` behind an emulator whose clock is moved. */
  times: 'checked' | 'unchecked';
  /** Milliseconds since 1970. */
  now?: () => number;
  /** What is known of the platform's clock. Default: nothing. */
  clock?: Pick<PlatformClock, 'offset'>;
  /** Makes a call whose answer tells the platform's time. */
  askTime?: () => void;
  logger?: Logger;
}

/** Why an event that can be read should not reach the bot; undefined when it should. */
export type IncomingRules = (event: Incoming, endpoint: Endpoint) => QuarantineNote | undefined;

/** These have the Page as sender, or nobody. */
const mayBeOfThePage: ReadonlySet<FacebookEventKind> = new Set(['echo', 'notice', 'app_roles', 'policy_enforcement']);

/**
 * Keeps events from the bot that are not for it: events of another Page, events the Page itself sent, and events repeated so late that
 * they could not be recognised as repetitions.
 *
 * Behind Azure's channel one bot may serve several Pages, each with a token of its own in Azure. So there the Page counts when the
 * setting names it, and not because the bot's own token, which is for thread control, belongs to it.
 */
export function createIncomingRules(options: IncomingRulesOptions): IncomingRules {
  const { ownPage, times } = options;
  const outOfTime = createTimeRule(options);
  return (event, endpoint) => {
    const own = ownPage.known();
    if (isFromPage(event, own?.id)) {
      return {
        reason: 'pageIsSender',
        sentence: 'The Page itself is named as the sender, and it is no customer of its own.',
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
  if (mayBeOfThePage.has(kind)) return false;
  const sender = readId(readProperty(raw, 'sender'), 'id');
  return sender !== undefined && (sender === pageId || sender === ownId);
}

function otherPage(pageId: string, ownId: string): QuarantineNote {
  // What is no number is no Page, and may be anything.
  const other = /^\d{1,20}$/.test(pageId) ? `the Page ${pageId}` : 'another Page';
  return { reason: 'otherPage', sentence: `The event is for ${other}, and this bot works for the Page ${ownId}.` };
}
