/** How many timers fire in one commit: some milliseconds of the event loop. */
export const timersAtOnce = 250;

/**
 * Beyond so many waiting events no timer of a page fires. Timers that are overdue, after a day without the bot for example, wait where
 * they are then: they neither fill the memory nor take the room of what customers say.
 */
export function timerRoomOf(waitingOfPage: number, maxWaiting = 100_000): number {
  return Math.max(0, Math.min(1_000, Math.ceil(maxWaiting / 10)) - waitingOfPage);
}
