import type { SecondaryReceiver, ThreadOwner } from '../../helpers/facebookThreadControlHelper.ts';
import { printable } from '../../helpers/logging/printableText.ts';
import { PAGE_INBOX_APP_ID } from '../../models/facebookEvent.ts';

/** The result of a command; `--json` prints it as it is. */
export type ThreadAnswer =
  | ({ readonly command: 'owner'; readonly userId: string } & ThreadOwner)
  | { readonly command: 'secondary-receivers'; readonly receivers: readonly SecondaryReceiver[] }
  | { readonly command: 'pass'; readonly userId: string; readonly done: true; readonly targetAppId?: string }
  | { readonly command: 'take' | 'request' | 'release'; readonly userId: string; readonly done: true }
  | { readonly command: 'extend'; readonly userId: string; readonly done: true; readonly seconds: number };

/** The answer in words. `ownAppId` is the app whose token asked. */
export function sayThreadAnswer(answer: ThreadAnswer, ownAppId: string): string {
  switch (answer.command) {
    case 'owner':
      return sayOwner(answer, ownAppId);
    case 'secondary-receivers':
      return answer.receivers.length === 0
        ? 'No app has the secondary role on this Page.'
        : answer.receivers
            .map(({ id, name }) => `${id}  ${name === undefined ? nameOf(id, ownAppId) : printable(name)}`)
            .join('\n');
    case 'pass': {
      const { userId, targetAppId } = answer;
      const target = targetAppId === undefined ? 'the primary receiver or default app' : nameOf(targetAppId, ownAppId);
      return `Control of ${userId} was passed to ${target}.`;
    }
    case 'take':
      return `Control of ${answer.userId} is with ${nameOf(ownAppId, ownAppId)}.`;
    case 'request':
      return `Control of ${answer.userId} was requested; the owner may pass it or not.`;
    case 'release':
      return `Control of ${answer.userId} was released; the thread is idle.`;
    case 'extend':
      return `Control of ${answer.userId} is kept for ${answer.seconds / 86_400} days.`;
  }
}

function sayOwner(owner: ThreadOwner & { readonly userId: string }, ownAppId: string): string {
  const { userId } = owner;
  if (owner.owner === 'idle') return `Nobody owns the thread of ${userId}: it is idle.`;
  const until = owner.expiresAt === undefined ? '' : ` until ${new Date(owner.expiresAt).toISOString()}`;
  return owner.owner === 'app'
    ? `The thread of ${userId} is owned by ${nameOf(owner.appId, ownAppId)}${until}.`
    : `The thread of ${userId} is owned${until} by another app, which Meta does not name.`;
}

function nameOf(appId: string, ownAppId: string): string {
  if (appId === ownAppId) return `this app (${appId})`;
  return appId === PAGE_INBOX_APP_ID ? `the Page Inbox (${appId})` : `app ${appId}`;
}
