import type { IncomingMessage } from 'node:http';

export interface RefusedRequest {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly because: string;
}

const mostTold = 50;
const longestShown = 200;

/** Tells each reason and host once: a page of a stranger could fill the list of events otherwise. */
export function tellRefusedHosts(
  tell: (refused: RefusedRequest) => void,
): (request: IncomingMessage, because: string) => void {
  const told = new Set<string>();
  return ({ method = 'GET', url = '/', headers }, because) => {
    const path = (url.split('?', 1)[0] ?? '/').slice(0, longestShown);
    const host = (headers.host ?? '').slice(0, longestShown);
    const about = `${host} ${because}`;
    if (told.has(about) || told.size >= mostTold) return;
    told.add(about);
    tell({ method, path, host, because });
  };
}
