import { modes, type Mode, type Tour, type TourStep } from '../../emulator/startPlatform.ts';
import { tourSteps } from './tourSteps.ts';

/** The tour as the web page plays it: the same steps, without what has to come of them. */
const stepsIn = (mode: Mode): readonly TourStep[] =>
  tourSteps
    .filter(({ expected }) => expected[mode] !== undefined)
    .map(({ tells, action }) => ({ tells: typeof tells === 'string' ? tells : (tells[mode] ?? ''), action }));

export const tourOfPage: Tour = Object.fromEntries(modes.map((mode) => [mode, stepsIn(mode)]));
