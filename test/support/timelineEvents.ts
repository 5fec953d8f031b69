import type { EmulatorEvent } from '../../emulator/startPlatform.ts';
import type { Names } from '../../emulator/narration/names.js';

export const primary = '11';
export const secondary = '22';
export const inbox = '263902037430900';
export const psid = '7004';
export const start = Date.UTC(2026, 10, 22, 9);

const receivers: Readonly<Record<string, string>> = {
  [primary]: 'primary',
  [secondary]: 'secondary',
  [inbox]: 'Page Inbox',
};

export const testNames: Names = {
  receiver: (appId) => (appId === null || appId === undefined ? 'nobody' : (receivers[appId] ?? `app ${appId}`)),
  customer: () => 'Carla',
  bot: () => 'the bot',
};

type WithoutPlace<T> = T extends unknown ? Omit<T, 'id' | 'at'> : never;
export type EventFields = WithoutPlace<EmulatorEvent>;

/** Events with ids and times, 10 ms after each other. */
export const happened = (...events: EventFields[]): EmulatorEvent[] =>
  events.map((event, index) => ({ ...event, id: index + 1, at: start + index * 10 }) as EmulatorEvent);

export const delivered = (
  appId: string,
  channel: 'messaging' | 'standby',
  kind: 'message' | 'echo' | 'pass_thread_control',
  timestamp: number,
): EventFields => ({
  type: 'webhookDelivered',
  appId,
  channel,
  kind,
  psid,
  payload: { timestamp },
  status: 200,
  attempt: 1,
});

export const called = (
  appId: string,
  edge: string,
  params: object,
  answer: object,
  more: { status?: number; fault?: 'anotherAppControls' | 'injected' } = {},
): EventFields => ({
  type: 'graphCall',
  appId,
  method: 'POST',
  path: `/v26.0/me/${edge}`,
  params: { recipient: { id: psid }, ...params },
  status: 200,
  answer,
  ...more,
});
