import { readId } from '../../models/readJson.ts';
import { GraphApiError } from './graphErrors.ts';
import type { GraphClient } from './graphClient.ts';
import type { Logger } from '../logging/logger.ts';

export interface OwnPageOptions {
  /** The setting. Default: the Page that the token belongs to. */
  pageId?: string | undefined;
  /** Undefined if there is no page token. */
  graph: Pick<GraphClient, 'get'> | undefined;
  logger: Logger;
  /** Like `setTimeout`, but does not keep the process alive. */
  after?: (ms: number, callback: () => void) => void;
}

/** The Page that this bot works for. */
export interface OwnPage {
  /** Its id, and where that comes from. Undefined while unknown. */
  known(): { id: string; by: 'setting' | 'token' } | undefined;
  /** Its id, waiting some seconds for Graph. Undefined if it is still unknown then, or cannot be learned. */
  untilKnown(): Promise<string | undefined>;
  /** Unless the setting names the Page, asks Graph which Page the token belongs to, until there is an answer. */
  learn(): void;
  /** Stops asking. */
  stop(): void;
}

const firstWaitMs = 5_000;
const longestWaitMs = 10 * 60_000;
/** Somebody waits for an answer meanwhile. */
const patienceMs = 10_000;

/**
 * Finds out which Page this is. Nothing waits for it: until Graph answers, events of any Page are accepted.
 *
 * Source: https://developers.facebook.com/docs/graph-api/overview, on `me`: with a Page token it is the Page.
 */
export function createOwnPage({ pageId, graph, logger, after = afterUnreferenced }: OwnPageOptions): OwnPage {
  let learnt: string | undefined;
  let stopped = false;
  const isOver = Promise.withResolvers<undefined>();

  async function ask(page: Pick<GraphClient, 'get'>, waitMs: number): Promise<void> {
    try {
      learnt = readId(await page.get('me', { fields: 'id' }), 'id');
    } catch (error) {
      const reason = error instanceof GraphApiError ? error.reason : 'noAnswer';
      logger.debug({ reason }, 'Graph did not say which Page the page token belongs to');
    }
    if (stopped) return;
    if (learnt !== undefined) {
      isOver.resolve(undefined);
      logger.debug({ page: learnt }, 'the page token belongs to this Page');
      return;
    }
    const next = Math.min(waitMs * 2, longestWaitMs);
    // It may be a brief problem; after half a minute somebody should know.
    if (waitMs === firstWaitMs * 8) {
      const problem =
        'it is still unknown which Page the page token belongs to: until then, events of other Pages are accepted too';
      logger.info({ retryInMs: waitMs }, problem);
    }
    after(waitMs, () => {
      if (!stopped) void ask(page, next);
    });
  }

  const known: OwnPage['known'] = () => {
    if (pageId !== undefined) return { id: pageId, by: 'setting' };
    return learnt === undefined ? undefined : { id: learnt, by: 'token' };
  };

  return {
    known,
    untilKnown: async () => {
      if (known() === undefined && graph !== undefined) {
        const patience = new Promise<void>((resolve) => after(patienceMs, resolve));
        await Promise.race([isOver.promise, patience]);
      }
      return known()?.id;
    },
    learn: () => {
      if (pageId === undefined && graph !== undefined) void ask(graph, firstWaitMs);
    },
    stop: () => {
      stopped = true;
      isOver.resolve(undefined);
    },
  };
}

function afterUnreferenced(ms: number, callback: () => void): void {
  setTimeout(callback, ms).unref();
}
