/** The events that begin turns which the bot asked for itself. Nobody outside may send activities with these names. */
export const ownEventNames = {
  timer: 'messengerHandover/timer',
  run: 'messengerHandover/run',
  handoff: 'messengerHandover/handoff',
} as const;

/** What such a turn is about. */
export interface OwnEvent {
  name: (typeof ownEventNames)[keyof typeof ownEventNames];
  /** The activity's id. */
  id: string;
  value: Readonly<Record<string, unknown>>;
}

export function isOwnEvent({ type, name }: { type?: unknown; name?: unknown }): boolean {
  return type === 'event' && Object.values(ownEventNames).some((own) => own === name);
}
