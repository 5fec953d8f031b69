/** What a processor profile of Node says, as far as it is read. Source: https://chromedevtools.github.io/devtools-protocol/v8/Profiler/ */
export interface CpuProfile {
  nodes: readonly { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: readonly number[] }[];
  samples: readonly number[];
  timeDeltas: readonly number[];
}

/** A place in the code with its share of the time in which the process was not idle, from 0 to 1. */
export interface Share {
  place: string;
  share: number;
}

/** Where the time went, by what was running at each sample, the largest share first. */
export function summarize(profile: CpuProfile, by: 'place' | 'function' = 'place'): Share[] {
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const times = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of profile.samples.entries()) {
    const node = nodes.get(id);
    const name = node?.callFrame.functionName ?? '';
    if (node === undefined || name === '(idle)') continue;
    const time = profile.timeDeltas[index] ?? 0;
    // What Node does natively belongs to whoever called it.
    let caller: typeof node | undefined = node;
    while (caller !== undefined && caller.callFrame.url === '' && !name.startsWith('(')) {
      caller = nodes.get(parents.get(caller.id) ?? -1);
    }
    const place = name.startsWith('(') ? name : placeOf(caller?.callFrame.url ?? '');
    const line = (node.callFrame.lineNumber + 1).toString();
    const key = by === 'place' ? place : `${place} ${name}:${line}`;
    times.set(key, (times.get(key) ?? 0) + time);
    busy += time;
  }
  return [...times]
    .map(([place, time]) => ({ place, share: time / busy }))
    .sort((one, other) => other.share - one.share);
}

function placeOf(url: string): string {
  if (url === '') return '(program)';
  if (url.startsWith('node:')) return url.replace(/^node:(internal\/)?/, 'node ').split('/', 1)[0] ?? 'node';
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules\/)/.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  return /(store\/sqlite|store|adapters|helpers|models|bots|bench)\/[^/]+$/.exec(url)?.[1] ?? url;
}
