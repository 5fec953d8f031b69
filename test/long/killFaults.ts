import type { FaultSpec } from '../../emulator/faults/faultSpec.ts';
import type { Emulator } from '../../emulator/emulator.ts';
import type { EmulatorEvent } from '../../emulator/startPlatform.ts';

type Spec = Omit<FaultSpec, 'match'>;

/** Nothing happened, and the answer says so. */
const definite: readonly Spec[] = [
  { fault: 'temporarySendFailure' },
  { fault: 'serviceUnavailable' },
  { fault: 'callLimit' },
];
const definiteAtConnector: readonly Spec[] = [
  { fault: { status: 429, type: 'OAuthException', message: 'Too many requests', code: 4 } },
];

/** By then the bot has given up. What happens later it cannot learn from the answer. */
const lateMs = 1000;

/** No answer, or one that tells nothing: it happened, or not, or happens after the bot stopped listening. */
const silent: readonly Spec[] = [{ connection: 'silent' }, { connection: 'silent', when: 'after' }];
const ambiguous: readonly Spec[] = [
  { connection: 'reset' },
  { connection: 'reset', when: 'after' },
  { body: 'html', when: 'after' },
  { body: 'cut', when: 'after' },
  { fault: 'unknownError' },
  { fault: 'unknownError', when: 'after' },
  { delayMs: lateMs },
];

export interface KillFaultsOptions {
  endpoint: 'azure' | 'direct';
  /** Whose calls. */
  appId: string;
  /** How many of a hundred calls go wrong, half of them so that nobody can tell from the answer what happened. */
  percent: number;
  random: () => number;
}

export interface KillFaults {
  calls(): number;
  /** How many of them met a fault. */
  faulty(): number;
  /** How many of those left open what happened. */
  ambiguous(): number;
}

interface Armed {
  edge: string;
  spec: Spec;
  isAmbiguous: boolean;
}

const edges = ['messages', 'conversations', 'pass_thread_control', 'take_thread_control', 'thread_owner'];

/** Lets calls to Graph and, on the endpoint of Azure, to the Connector go wrong: after each call the dice are thrown for the next one. */
export function injectFaults(emulator: Emulator, { endpoint, appId, percent, random }: KillFaultsOptions): KillFaults {
  const armed = new Map<number, Armed>();
  let [calls, faulty, unclear] = [0, 0, 0];

  function specOf(edge: string, isAmbiguous: boolean): Spec {
    // Behind Azure it is Azure that sends, and it waits half a minute for an answer.
    const isPatient = endpoint === 'azure' && edge === 'messages';
    const clear = edge === 'activities' ? definiteAtConnector : definite;
    const specs = isAmbiguous ? [...ambiguous, ...(isPatient ? [] : silent)] : clear;
    return specs[Math.floor(random() * specs.length)]!;
  }

  function roll(edge: string): void {
    if (random() * 100 >= percent) return;
    const isAmbiguous = random() < 0.5;
    const spec = specOf(edge, isAmbiguous);
    const match = edge === 'activities' ? ({ at: 'connector', edge } as const) : { edge, appId };
    armed.set(emulator.injectFault({ ...spec, match }), { edge, spec, isAmbiguous });
  }

  function called(edge: string): void {
    calls += 1;
    roll(edge);
  }

  function used({ edge, spec, isAmbiguous }: Armed): void {
    faulty += 1;
    if (isAmbiguous) unclear += 1;
    // A call to the Connector that has no effect is not told as one.
    if (edge === 'activities' && spec.when !== 'after' && spec.delayMs === undefined) called(edge);
  }

  emulator.on((event: EmulatorEvent) => {
    if (event.type === 'faultUsed') {
      const fault = armed.get(event.faultId);
      if (fault !== undefined) used(fault);
    }
    if (event.type === 'graphCall') {
      const edge = event.path.split('/').at(-1) ?? '';
      if (edges.includes(edge)) called(edge);
    }
    if (event.type === 'azureChannel.activityReceived') called('activities');
  });
  for (const edge of edges) roll(edge);
  if (endpoint === 'azure') roll('activities');
  return { calls: () => calls, faulty: () => faulty, ambiguous: () => unclear };
}

/** Lets echoes get lost, and others come late: for each the dice are thrown when the one before it was used. */
export function loseEchoes(
  emulator: Emulator,
  { appId, percent, random }: Pick<KillFaultsOptions, 'appId' | 'percent' | 'random'>,
): void {
  if (percent === 0) return;
  const roll = (): void => {
    const dice = random() * 100;
    const match = { appId, kind: 'echo' } as const;
    if (dice < percent) emulator.injectWebhookFault({ fault: 'drop', match });
    else if (dice < 2 * percent) emulator.injectWebhookFault({ fault: 'delay', delayMs: lateMs * 4, match });
  };
  emulator.on((event: EmulatorEvent) => {
    if (event.type === 'pageMessage' && event.appId === appId) roll();
  });
}
