import { readId } from '../../models/readJson.ts';
import { GraphApiError } from './graphErrors.ts';
import type { GraphClient } from './graphClient.ts';
import type { Logger } from '../logging/logger.ts';

export interface OwnPageOptions {
  /** The setting. Without it the Page is the one that the token belongs to. */
  pageId?: string | undefined;
  /** Undefined when there is no page token. */
  graph: Pick<GraphClient, 'get'> | undefined;
  logger: Logger;
  /** Calls back after so many milliseconds, and does not keep the process alive for it. */
  after?: (ms: number, callback: () => void) => void;
}

/** The Page that this bot works for. */
export interface OwnPage {
  /** Its id, and how it is known. Undefined while it is not known. */
  known(): { id: string; by: 'setting' | 'token' } | undefined;
  /** Asks whose token it is, when nobody has said so, and goes on asking until there is an answer. */
  learn(): void;
  /** Asks no more. */
  stop(): void;
}

const firstWaitMs = 5_000;
const longestWaitMs = 10 * 60_000;

/**
 * Which Page this is. While Graph does not say so, nothing waits for it: events are taken whichever Page they name.
 *
 * Source: https://developers.facebook.com/docs/graph-api/overview, on `me`: with a Page token it is the Page.
 */
export function createOwnPage({ pageId, graph, logger, after = afterUnreferenced }: OwnPageOptions): OwnPage {
  let learnt: string | undefined;
  let stopped = false;

  async function ask(page: Pick<GraphClient, 'get'>, waitMs: number): Promise<void> {
    try {
      learnt = readId(await page.get('me', { fields: 'id' }), 'id');
    } catch (error) {
      const reason = error instanceof GraphApiError ? error.reason : 'noAnswer';
      logger.debug({ reason }, 'Graph did not tell whose page token it is');
    }
    if (stopped) return;
    if (learnt !== undefined) {
      logger.debug({ page: learnt }, 'the page token belongs to this Page');
      return;
    }
    const next = Math.min(waitMs * 2, longestWaitMs);
    // It may have been for a moment; after half a minute somebody should know.
    if (waitMs === firstWaitMs * 8) {
      const problem = 'it is not known yet whose page token it is: until then events of other Pages are taken too';
      logger.info({ retryInMs: waitMs }, problem);
    }
    after(waitMs, () => {
      if (!stopped) void ask(page, next);
    });
  }

  return {
    known: () => {
      if (pageId !== undefined) return { id: pageId, by: 'setting' };
      return learnt === undefined ? undefined : { id: learnt, by: 'token' };
    },
    learn: () => {
      if (pageId === undefined && graph !== undefined) void ask(graph, firstWaitMs);
    },
    stop: () => {
      stopped = true;
    },
  };
}

function afterUnreferenced(ms: number, callback: () => void): void {
  setTimeout(callback, ms).unref();
}
