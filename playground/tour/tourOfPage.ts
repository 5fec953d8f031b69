import { modes, type Mode, type Tour, type TourStep as StepOfPage } from '../../emulator/startPlatform.ts';
import type { BotSetup, ScenarioName } from '../scenarios.ts';
import { liveChatSteps } from './liveChatSteps.ts';
import { metaAiSteps } from './metaAiSteps.ts';
import { takeoverSteps } from './takeoverSteps.ts';
import { tourSteps, type TourStep } from './tourSteps.ts';

/** The conversation that the bots of each scenario are known for. */
export const usualSteps: Readonly<Record<ScenarioName, readonly TourStep[]>> = {
  twoBots: [...tourSteps, ...metaAiSteps.twoBots],
  liveChat: [...liveChatSteps, ...metaAiSteps.liveChat],
};

/** The tour that the bots of a scenario can play. The chapter of takeover is the whole tour of bots that are set up for it from the beginning. */
export function stepsOf(scenario: ScenarioName, setup: BotSetup): readonly TourStep[] {
  const ofTakeover = takeoverSteps[scenario];
  return setup === 'takeover' ? ofTakeover : [...usualSteps[scenario], ...ofTakeover];
}

/** The tour as the web page plays it: the same steps, without what has to come of them. */
export const tourOfPage = (scenario: ScenarioName, setup: BotSetup): Tour =>
  Object.fromEntries(modes.map((mode) => [mode, stepsIn(stepsOf(scenario, setup), mode)]));

const stepsIn = (steps: readonly TourStep[], mode: Mode): readonly StepOfPage[] =>
  steps
    .filter(({ expected }) => expected[mode] !== undefined)
    .map(({ tells, action, bots }) => ({
      ...{ tells: typeof tells === 'string' ? tells : (tells[mode] ?? ''), action },
      ...(bots === undefined ? {} : { bots }),
    }));
