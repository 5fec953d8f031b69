/** The emulator was asked for something impossible, such as tapping a quick reply that nobody offered. The message says what is possible. */
export class EmulatorUsageError extends Error {
  override readonly name = 'EmulatorUsageError';
}
