import { describePageTour } from '../page/describePageTour.ts';
import { describeTours } from '../support/describeTours.ts';
import { spawnPlayground } from '../support/playgroundProcess.ts';

describe('npm run playground, with each tour', () => {
  describeTours(spawnPlayground, [
    [[], 'classic', 32],
    [[], 'routing', 41],
    [['--direct'], 'classic', 32],
    [['--direct'], 'routing', 41],
    [['--live-chat'], 'routing', 38],
    [['--live-chat', '--direct'], 'classic', 33],
    [['--live-chat', '--takeover'], 'classic', 15],
  ]);
});

for (const endpoint of ['azure', 'direct'] as const) describePageTour(endpoint, ['classic', 'routing']);
