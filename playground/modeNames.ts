import type { Mode } from '../emulator/startPlatform.ts';

/** What the rules of a mode are called among people. */
export const modeNames: Readonly<Record<Mode, string>> = {
  routing: "Conversation Routing, Meta's rules of today",
  classic: 'the classic Handover Protocol',
  exclusive: 'the Handover Protocol of 2021',
  open: 'no default app',
};
