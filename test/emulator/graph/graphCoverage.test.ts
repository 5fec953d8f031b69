import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { coverage } from '../../../emulator/graph/graphCoverage.ts';
import { appRoutes } from '../../../emulator/graph/appRoutes.ts';
import { notModelledEdges } from '../../../emulator/graph/notModelledEdges.ts';
import { graphRoutes, nameOf } from '../../../emulator/graph/graphPlace.ts';

/** Calls that are about no node, or several. */
const rootCalls = ['POST batch', 'GET ids', 'GET oauth/access_token'];
const allRoutes = (): string[] => [...graphRoutes, ...appRoutes].map(nameOf).concat(rootCalls);

const names = (kind: 'endpoint' | 'event', served: boolean): string[] =>
  coverage
    .filter((row) => row.kind === kind && (row.state !== 'notSupported') === served)
    .map(({ name }) => name)
    .sort();

describe("the emulator's coverage", () => {
  it('calls those endpoints served that have a route, and no others', () => {
    expect(names('endpoint', true)).to.deep.equal(allRoutes().sort());
  });

  it('has no route for what it calls not supported', () => {
    const routes = new Set(allRoutes());
    expect(names('endpoint', false).filter((name) => routes.has(name))).to.deep.equal([]);
  });

  it('refuses with words of its own what it calls not supported', () => {
    const edges = names('endpoint', false).map((name) => name.split(' ')[1] ?? '');
    expect([...new Set(edges)].sort()).to.deep.equal([...notModelledEdges.keys()].sort());
  });

  it('calls those events served that the core can send', async () => {
    const items = await readFile(new URL('../../../emulator/core/webhookItems.ts', import.meta.url), 'utf8');
    const tell = await readFile(new URL('../../../emulator/core/tellHandover.ts', import.meta.url), 'utf8');
    const key = (name: string): string => name.replace('message echo', 'is_echo');
    for (const name of names('event', true)) expect(items + tell, name).to.match(new RegExp(`\\b${key(name)}\\b`));
    for (const name of names('event', false)) expect(items, name).not.to.match(new RegExp(`\\b${name}:`));
  });

  it('says in words what is different wherever something is missing', () => {
    const silent = coverage.filter(({ state, difference }) => state !== 'supported' && difference === '');
    expect(silent).to.deep.equal([]);
  });
});
