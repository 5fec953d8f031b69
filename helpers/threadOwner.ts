/**
 * Who owns a thread: the app that may answer the customer.
 *
 * Meta names the app only to the owner and to the Page's default app; everyone else gets `other`. `idle` means that nobody owns it, and the
 * next message goes to the default app. `expiresAt` is in milliseconds since 1970.
 */
export type ThreadOwner =
  { owner: 'app'; appId: string; expiresAt?: number } | { owner: 'other'; expiresAt?: number } | { owner: 'idle' };

/**
 * What the thread's owner reveals about a pass whose answer was lost.
 *
 * - `passed`: the thread is with the pass's target.
 * - `kept`: it is still with this app.
 * - `unnamed`: another app owns it and Meta does not say which. Callers read this differently. A call through the helper may come from an app
 *   that never owned the thread, so there it proves nothing. A turn that runs again knows from its journal that this app owned the thread
 *   before, and has ruled out that somebody took it since, so there the pass worked.
 * - `unclear`: none of these.
 *
 * @param targetAppId undefined for a pass to the Page's default app
 * @param ownAppId undefined if this app does not know its own id
 */
export function outcomeOfPass(
  owner: ThreadOwner,
  targetAppId: string | undefined,
  ownAppId: string | undefined,
): 'passed' | 'kept' | 'unnamed' | 'unclear' {
  if (owner.owner === 'other') return 'unnamed';
  if (owner.owner === 'idle') return 'unclear';
  if (owner.appId === ownAppId) return 'kept';
  if (targetAppId !== undefined) return owner.appId === targetAppId ? 'passed' : 'unclear';
  return ownAppId === undefined ? 'unclear' : 'passed';
}
