import type { Settings } from '../../helpers/settings/types.ts';
import type { Ask, HttpReply } from './httpAsk.ts';
import { once } from './once.ts';

/** The desk, from outside. It is told nothing: what is asked for is what no desk acts on. */
export interface DeskProbe {
  head(): Promise<HttpReply>;
}

export function createDeskProbe(ask: Ask, { handoff }: Pick<Settings, 'handoff'>): DeskProbe {
  return { head: once(() => ask(handoff?.url ?? '', { method: 'HEAD' })) };
}
