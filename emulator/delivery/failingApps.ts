const minuteMs = 60_000;

/** Pauses between retries; the last one is repeated. Meta documents that they grow, but not by how much. */
const pausesMs = [1, 2, 4, 8, 15].map((minutes) => minutes * minuteMs);
const alertAfterMs = 15 * minuteMs;
const disableAfterMs = 60 * minuteMs;

export type Failing =
  /** Retry after `pauseMs`. `alert`: the app has failed for so long that Meta warns its owner. */
  | { readonly next: 'retry'; readonly pauseMs: number; readonly alert: 'now' | 'no' }
  /** An hour of failures: the app is unsubscribed from the Page. */
  | { readonly next: 'disable' };

/**
 * Tracks since when the callback of each app has failed without a success.
 * Source: https://developers.facebook.com/docs/messenger-platform/webhooks
 */
export interface FailingApps {
  /** @param round how often the webhook was postponed before */
  failed(appId: string, round: number): Failing;
  succeeded(appId: string): void;
  clear(): void;
  all(): readonly FailingApp[];
  replace(all: readonly FailingApp[]): void;
}

/** An app whose callback fails. */
export interface FailingApp {
  readonly appId: string;
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  readonly alerted: boolean;
}

export function createFailingApps(now: () => number): FailingApps {
  const since = new Map<string, { readonly at: number; alerted: boolean }>();
  return {
    failed(appId, round) {
      const failing = since.get(appId) ?? { at: now(), alerted: false };
      since.set(appId, failing);
      const lasted = now() - failing.at;
      if (lasted >= disableAfterMs) {
        since.delete(appId);
        return { next: 'disable' };
      }
      const alert = !failing.alerted && lasted >= alertAfterMs ? 'now' : 'no';
      if (alert === 'now') failing.alerted = true;
      return { next: 'retry', pauseMs: pausesMs[Math.min(round, pausesMs.length - 1)] ?? minuteMs, alert };
    },
    succeeded: (appId) => void since.delete(appId),
    clear: () => since.clear(),
    all: () => [...since].map(([appId, { at, alerted }]) => ({ appId, since: at, alerted })),
    replace(all) {
      since.clear();
      for (const { appId, since: at, alerted } of all) since.set(appId, { at, alerted });
    },
  };
}
