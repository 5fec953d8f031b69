import { createNames, hasMetaAi, metaAiName, type Names } from '../emulator/narration/names.js';
import type { Platform } from '../emulator/startPlatform.ts';

/** Who can own a thread, by the names that people use. */
export const receivers = ['primary', 'secondary', 'live chat', 'Page Inbox', "Meta's AI", 'nobody'] as const;
export type Receiver = (typeof receivers)[number];

/** Who takes part beside the Page Inbox: the apps by the names of their bots and, where there is one, Meta's AI. */
export function receiversOf({ emulator }: Pick<Platform, 'emulator'>): readonly string[] {
  const apps = emulator.apps.map(({ name }) => name);
  return hasMetaAi(emulator.state()) ? [...apps, metaAiName] : apps;
}

/** The narrator's names, with customers by their first names. */
export function namesOf({ emulator }: Pick<Platform, 'emulator'>): Names {
  const names = createNames(() => emulator.state());
  return { ...names, customer: (psid) => names.customer(psid).split(' ')[0] ?? '' };
}
