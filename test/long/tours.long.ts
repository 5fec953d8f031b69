import { describePageTour } from '../page/describePageTour.ts';
import { describeTours } from '../support/describeTours.ts';
import { spawnPlayground } from '../support/playgroundProcess.ts';

describe('npm run playground, with each tour', () => {
  describeTours(spawnPlayground, [
    [[], 'classic', 17],
    [[], 'routing', 26],
    [['--direct'], 'classic', 17],
    [['--live-chat'], 'routing', 23],
  ]);
});

for (const endpoint of ['azure', 'direct'] as const) describePageTour(endpoint, ['classic', 'routing']);
