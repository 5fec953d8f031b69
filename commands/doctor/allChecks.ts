import type { Check } from './check.ts';
import { azureChecks } from './checks/azureChecks.ts';
import { botChecks } from './checks/botChecks.ts';
import { graphChecks } from './checks/graphChecks.ts';
import { roleChecks } from './checks/roleChecks.ts';
import { settingsChecks } from './checks/settingsChecks.ts';
import { subscriptionChecks } from './checks/subscriptionChecks.ts';
import { takeoverChecks } from './checks/takeoverChecks.ts';
import { tokenChecks } from './checks/tokenChecks.ts';

/** Groups of checks in the order in which they run; each depends only on earlier ones. */
export const checkGroups: readonly { readonly title: string; readonly checks: readonly Check[] }[] = [
  { title: 'Settings', checks: settingsChecks },
  { title: 'Meta', checks: graphChecks },
  { title: 'Page token', checks: tokenChecks },
  { title: 'Webhook', checks: subscriptionChecks },
  { title: 'Roles', checks: roleChecks },
  { title: 'Takeover', checks: takeoverChecks },
  { title: 'Bot', checks: botChecks },
  { title: 'Azure', checks: azureChecks },
];

export const allChecks: readonly Check[] = checkGroups.flatMap(({ checks }) => checks);
