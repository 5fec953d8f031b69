import type { Emulator } from '../emulator.ts';
import type { JsonObject } from '../json.ts';

export interface ControlCall {
  readonly emulator: Emulator;
  /** The value of `:psid`, `:appId` or another id in the path. */
  readonly id: string;
  readonly body: JsonObject;
}

/** One request of the control API: what the emulator's own methods do, over HTTP. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST';
  /** Behind `/_emulator/`. */
  readonly path: string;
  /** The fields of the body in words. */
  readonly body?: string;
  readonly does: string;
  /** In bytes; default: 100,000. */
  readonly longestBody?: number;
  readonly handle: (call: ControlCall) => unknown;
}
