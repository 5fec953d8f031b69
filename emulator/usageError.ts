/** The emulator was asked for something that cannot be, such as tapping a quick reply that nobody offered. The message says what can. */
export class EmulatorUsageError extends Error {
  override readonly name = 'EmulatorUsageError';
}
