import type { Command } from '../core/commands.ts';
import type { Result } from '../core/effects.ts';
import { graphFault, type FaultName, type GraphFault } from '../core/graphFaults.ts';
import type { MessengerState } from '../core/state.ts';
import type { NewFile, StoredFile } from '../files/fileStore.ts';
import type { JsonObject } from '../json.ts';
import type { AppAccounts } from './appAccounts.ts';

/** What a path can be about. `me` is the Page, or for the token of the person who set it up that person. */
export type NodeKind = 'page' | 'person' | 'user' | 'conversation' | 'message' | 'persona' | 'label';

/** A Graph call whose token was accepted. */
export interface GraphCall {
  readonly appId: string;
  readonly pageToken: string;
  /** The id of the node that it is about. */
  readonly nodeId: string;
  /** Where this emulator is, `http://127.0.0.1:<port>`. */
  readonly origin: string;
  readonly params: JsonObject;
  readonly state: MessengerState;
  readonly accounts: AppAccounts;
  /** Runs a command; its effects come after the answer. */
  readonly run: (command: Command) => Result;
  /** The files that came with the call, by the names of their parts. */
  readonly files: ReadonlyMap<string, NewFile>;
  readonly keepFile: (file: NewFile) => StoredFile;
  /** Notes what Graph would take no notice of. */
  readonly passOver: (what: string) => void;
}

export type GraphReply =
  | {
      readonly type: 'answer';
      readonly body: JsonObject;
      /** The call changes nothing, and the answer is always the same. */
      readonly faked?: true;
    }
  | {
      readonly type: 'fault';
      readonly fault: FaultName;
      /** What is wrong with the parameters, put behind Meta's sentence. */
      readonly detail?: string;
    };

export interface GraphRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Default: the Page. */
  readonly on?: Exclude<NodeKind, 'page'>;
  /** The part of the path behind the node; empty for the node itself. */
  readonly edge: string;
  /** The parameters that it reads, beside those of every call. Others are passed over, as Graph does. */
  readonly params: readonly string[];
  /** Parameters that Meta has and the emulator has not, and what to say of them. */
  readonly missing?: Readonly<Record<string, string>>;
  readonly handle: (call: GraphCall) => GraphReply;
}

export const answer = (body: JsonObject): GraphReply => ({ type: 'answer', body });
export const success = answer({ success: true });
export const faulty = (fault: FaultName, detail?: string): GraphReply => ({
  type: 'fault',
  fault,
  ...(detail === undefined ? {} : { detail }),
});

/** A parameter that is not what Meta takes. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
  readonly fault: FaultName;

  constructor(message: string, fault: FaultName = 'invalidParameter') {
    super(message);
    this.fault = fault;
  }
}

/** Meta's error envelope. */
export function faultBody(fault: FaultName | GraphFault, detail: string | undefined, traceId: string): JsonObject {
  const { message, type, code, subcode, transient, open } = typeof fault === 'string' ? graphFault(fault) : fault;
  const joint = open === true || message.endsWith('.') ? '' : ':';
  return {
    error: {
      message: detail === undefined ? message : `${message}${joint} ${detail}`,
      type,
      code,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
      ...(transient === undefined ? {} : { is_transient: transient }),
      fbtrace_id: traceId,
    },
  };
}
