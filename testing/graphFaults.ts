import type { Emulator } from '../emulator/emulator.ts';
import type { PlatformBot } from '../emulator/startPlatform.ts';

type FaultSpec = Parameters<Emulator['injectFault']>[0];

/** What a bot asks of Messenger: a message, or a call by its name in Meta's documents. */
export type StageCall =
  'messages' | 'pass_thread_control' | 'take_thread_control' | 'request_thread_control' | 'thread_owner';

/** Messenger's trouble with the calls of the bot under test. */
export interface StageGraph {
  /**
   * Refuses the next calls: `as` is one of the emulator's faults, such as `notThreadOwner`, `invalidToken` or, by default, `callLimit`;
   * `times` is how many, by default one.
   */
  refuses(call: StageCall, how?: { readonly as?: FaultSpec['fault']; readonly times?: number }): void;
  /** The next call takes effect, and the bot never learns it. */
  losesAnswer(call: StageCall): void;
  /** The next call does not arrive: its connection is cut. */
  losesRequest(call: StageCall): void;
}

export function createStageGraph(
  emulator: Emulator,
  { app, settings }: PlatformBot,
  endpoint: 'direct' | 'azure',
): StageGraph {
  /** Through Azure messages go to the Bot Connector, everything else to Graph. */
  const matching = (call: StageCall): FaultSpec['match'] =>
    call === 'messages' && endpoint === 'azure'
      ? {
          at: 'connector',
          edge: 'activities',
          ...(settings['MicrosoftAppId'] && { appId: settings['MicrosoftAppId'] }),
        }
      : { at: 'graph', edge: call, appId: app.id };
  return {
    refuses: (call, { as = 'callLimit', times = 1 } = {}) =>
      void emulator.injectFault({ match: matching(call), fault: as, times }),
    losesAnswer: (call) => void emulator.injectFault({ match: matching(call), when: 'after', connection: 'reset' }),
    losesRequest: (call) => void emulator.injectFault({ match: matching(call), when: 'before', connection: 'reset' }),
  };
}
