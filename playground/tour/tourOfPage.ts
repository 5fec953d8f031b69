import { modes, type Mode, type Tour, type TourStep as StepOfPage } from '../../emulator/startPlatform.ts';
import type { ScenarioName } from '../scenarios.ts';
import { liveChatSteps } from './liveChatSteps.ts';
import { metaAiSteps } from './metaAiSteps.ts';
import { tourSteps, type TourStep } from './tourSteps.ts';

/** The tour that the bots of each scenario can play. */
export const stepsOf: Readonly<Record<ScenarioName, readonly TourStep[]>> = {
  twoBots: [...tourSteps, ...metaAiSteps.twoBots],
  liveChat: [...liveChatSteps, ...metaAiSteps.liveChat],
};

/** The tour as the web page plays it: the same steps, without what has to come of them. */
export const tourOfPage = (scenario: ScenarioName): Tour =>
  Object.fromEntries(modes.map((mode) => [mode, stepsIn(scenario, mode)]));

const stepsIn = (scenario: ScenarioName, mode: Mode): readonly StepOfPage[] =>
  stepsOf[scenario]
    .filter(({ expected }) => expected[mode] !== undefined)
    .map(({ tells, action }) => ({ tells: typeof tells === 'string' ? tells : (tells[mode] ?? ''), action }));
