import type { Mode, Tour } from '../../emulator/startPlatform.ts';
import { tourSteps } from './tourSteps.ts';

/** The tour as the web page plays it: the same steps, without what has to come of them. */
const stepsIn = (mode: Mode): Tour[Mode] =>
  tourSteps
    .filter(({ expected }) => expected[mode] !== undefined)
    .map(({ tells, action }) => ({ tells: typeof tells === 'string' ? tells : tells[mode], action }));

export const tourOfPage: Tour = { classic: stepsIn('classic'), routing: stepsIn('routing') };
