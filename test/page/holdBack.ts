import type { Page, Route } from 'playwright-core';
import { deferred } from '../support/deferred.ts';

type Answer = NonNullable<Parameters<Route['fulfill']>[0]>;

export interface HeldBack {
  /** Resolves when the page has asked and its answer is there. */
  readonly asked: Promise<void>;
  /** Lets the page have the answer. */
  release(): void;
}

/** Lets the next answer to the page wait until it is released: the emulator's of when it was asked, unless another is given. */
export async function holdBack(page: Page, url: string, instead?: Answer): Promise<HeldBack> {
  const [asked, released] = [deferred(), deferred()];
  await page.route(
    url,
    async (route) => {
      const answer = instead ?? { response: await route.fetch() };
      asked.resolve();
      await released.promise;
      await route.fulfill(answer);
    },
    { times: 1 },
  );
  return { asked: asked.promise, release: released.resolve };
}
