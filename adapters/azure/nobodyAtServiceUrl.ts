/**
 * Nothing listens at the `serviceUrl` of a conversation on this machine: whoever wrote from there has ended, or told an address at
 * which it does not listen. Its `code` is the system's, so that it is known that nothing was sent.
 */
export class NobodyAtServiceUrl extends Error {
  override readonly name = 'NobodyAtServiceUrl';
  readonly code = 'ECONNREFUSED';

  constructor(serviceUrl: string) {
    const { origin } = new URL(serviceUrl);
    super(
      `Nothing listens at ${origin}, which is the serviceUrl of this conversation. ` +
        'Start Bot Framework Emulator, or what else is to hear the answers, and let it write from where it listens.',
    );
    // Where in this program the call was made helps nobody.
    this.stack = `${this.name}: ${this.message}`;
  }
}
