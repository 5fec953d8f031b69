/** What a processor profile of Node says, as far as it is read. Source: https://chromedevtools.github.io/devtools-protocol/v8/Profiler/ */
export interface CpuProfile {
  nodes: readonly {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
    children?: readonly number[];
  }[];
  samples: readonly number[];
  timeDeltas: readonly number[];
}

/** A place in the code with its share of the time in which the process was not idle, from 0 to 1. */
export interface Share {
  place: string;
  share: number;
}

/** Where the time went, by the package or folder of what was running at each sample, the largest share first. */
export function summarize({ nodes, samples, timeDeltas }: CpuProfile): Share[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const times = new Map<string, number>();
  let busy = 0;

  function placeOf(id: number): string {
    const name = byId.get(id)?.callFrame.functionName ?? '';
    if (name.startsWith('(')) return name;
    // What Node does natively belongs to whoever called it.
    let caller = byId.get(id);
    while (caller?.callFrame.url === '') caller = byId.get(parents.get(caller.id) ?? -1);
    return placeOfUrl(caller?.callFrame.url ?? '');
  }

  for (const [index, id] of samples.entries()) {
    const place = placeOf(id);
    if (notTheProgram.includes(place)) continue;
    const time = timeDeltas[index] ?? 0;
    times.set(place, (times.get(place) ?? 0) + time);
    busy += time;
  }
  const shares = [...times].map(([place, time]) => ({ place, share: time / busy }));
  return shares.sort((one, other) => other.share - one.share);
}

/** The profiler itself runs under the inspector's name. */
const notTheProgram = ['(idle)', 'node inspector'];

function placeOfUrl(url: string): string {
  if (url === '') return '(program)';
  if (url.startsWith('node:')) return url.replace(/^node:(internal\/)?/, 'node ').split('/', 1)[0] ?? 'node';
  // Within this file alone SQLite commits.
  if (url.endsWith('/timedDatabase.ts')) return 'SQLite: BEGIN and COMMIT';
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules\/)/.exec(url)?.[1];
  return inPackage ?? /(store\/sqlite|[^/]+)\/[^/]+$/.exec(url)?.[1] ?? url;
}
