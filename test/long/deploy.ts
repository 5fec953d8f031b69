import { deployModes, runDeploys } from './deployRun.ts';

/**
 * `node commands/launch.js test/long/deploy.ts [deploys] [events a second] [milliseconds of Graph]`: what a deploy under load costs, for each
 * way in which one process may follow another.
 */
const [deploys = 5, rate = 100, graphMs = 100] = process.argv.slice(2).map(Number);
for (const mode of deployModes) {
  const result = await runDeploys({ mode, deploys, rate, betweenMs: 1_500, graphMs, seed: 4711 });
  process.stdout.write(`${mode}: ${JSON.stringify(result)}\n`);
  const { lost, doubled, parked, badExits, refused, broken } = result;
  const mustNotRefuse = mode === 'shared' || mode === 'inherited';
  if (lost + doubled + parked + badExits > 0 || (mustNotRefuse && refused + broken > 0)) process.exitCode = 1;
}
