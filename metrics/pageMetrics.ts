import { createHash } from 'node:crypto';
import { Gauge, type Registry } from 'prom-client';
import { allPages } from '../store/operatorPause.ts';
import type { PageState } from '../turns/pageBackoff.ts';
import type { StoreHealth } from '../store/store.ts';

export interface PageMetricsOptions {
  /** Pages whose turns are held back, by name. */
  pages: () => ReadonlyMap<string, PageState>;
  health: () => StoreHealth;
}

/** A name that tells a page from others, but reveals nothing to anyone who does not know the page's id. */
function opaqueNameOf(page: string): string {
  return createHash('sha256').update(`page ${page}`).digest('hex').slice(0, 8);
}

/** Which pages are held back, and how many accept no more events. */
export function collectPageMetrics(registry: Registry, { pages, health }: PageMetricsOptions): void {
  const registers = [registry];
  new Gauge({
    name: 'messenger_handover_page_paused',
    help: '1 for each page whose turns are held back; a page is named by the first 8 hexadecimal digits of a hash, or all.',
    labelNames: ['page', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const [page, reason] of pages()) {
        this.set({ page: page === allPages ? allPages : opaqueNameOf(page), reason }, 1);
      }
    },
  });
  new Gauge({
    name: 'messenger_handover_pages_full',
    help: 'Pages that accept no more events because too many are waiting.',
    registers,
    collect() {
      const now = health();
      this.set(now.state === 'ok' ? (now.fullPages ?? 0) : now.reason === 'backlog' ? 1 : 0);
    },
  });
}
