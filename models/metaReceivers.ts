import { PAGE_INBOX_APP_ID } from './facebookEvent.ts';

/**
 * Receivers that Meta runs itself, by the app ids in its events and refusals.
 *
 * Meta documents the two inboxes and the lead form; the ids of its AI were recorded in production in 2026 and are documented nowhere.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
 */

/** The Page Inbox of Instagram. Source: Meta, Instagram Conversation Routing. */
export const INSTAGRAM_INBOX_APP_ID = '1217981644879628';

/** Meta's Business AI. It answers again once a thread is passed to it. Recorded, not documented. */
export const META_AI_APP_ID = '622851382610562';

/** An app of Meta's AI that took threads under another id, as events recorded in 2026 name it. Not documented. */
export const META_AI_FORMER_APP_ID = '928891643393937';

/** The previous owner when Meta's AI took a thread, in events recorded in 2026. It is not known which of Meta's services this is. */
export const META_UNNAMED_APP_ID = '388207815496149';

/** Owns a thread while an ad's automated questions run. Source: Meta, error codes of the Messenger Platform. */
export const LEAD_FORM_APP_ID = '413038776280800';

const names: ReadonlyMap<string, string> = new Map([
  [PAGE_INBOX_APP_ID, 'the page inbox'],
  [INSTAGRAM_INBOX_APP_ID, 'the Instagram inbox'],
  [META_AI_APP_ID, "Meta's AI"],
  [META_AI_FORMER_APP_ID, "Meta's AI"],
  [META_UNNAMED_APP_ID, 'a service of Meta'],
  [LEAD_FORM_APP_ID, 'the questions of an ad'],
]);

/** What to call a receiver that Meta runs itself; undefined for every other app. */
export function metaReceiverName(appId: string): string | undefined {
  return names.get(appId);
}

/** Whether people answer under this app id. */
export function isInbox(appId: string): boolean {
  return appId === PAGE_INBOX_APP_ID || appId === INSTAGRAM_INBOX_APP_ID;
}

/** Whether Meta's AI uses this app id. Its echoes carry the inbox's app id and a flag. */
export function isMetaAi(appId: string): boolean {
  return appId === META_AI_APP_ID || appId === META_AI_FORMER_APP_ID;
}
