import { isSaid } from './facebookActivity.ts';
import type { FacebookEvent } from './facebookEvent.ts';
import { present } from './present.ts';

/**
 * When the customer spoke with this event, so that the Page may answer: wrote, tapped, opted in, came through a link, or reacted.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/policy/policy-overview
 */
export function spokeAtOf(event: FacebookEvent | undefined): { spokeAt?: number } {
  const spoke = event !== undefined && (isSaid(event) || event.kind === 'reaction');
  return spoke ? present('spokeAt', event.timestamp) : {};
}
