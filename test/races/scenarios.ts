import { inboxScenarios } from './inboxScenarios.ts';
import { passScenarios } from './passScenarios.ts';
import { requestScenarios } from './requestScenarios.ts';
import type { Scenario } from './scenario.ts';
import { troubleScenarios } from './troubleScenarios.ts';

/** Every scripted race. Its place in this list is part of its seed. */
export const scenarios: readonly Scenario[] = [
  ...passScenarios,
  ...inboxScenarios,
  ...requestScenarios,
  ...troubleScenarios,
];
