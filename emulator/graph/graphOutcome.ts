import type { Effect } from '../core/effects.ts';
import { graphFault, type FaultName } from '../core/graphFaults.ts';
import type { NewFile, StoredFile } from '../files/fileStore.ts';
import type { JsonObject } from '../json.ts';
import { faultOfTrouble, type TokenTrouble } from './accessTokens.ts';
import { faultBody } from './graphCall.ts';

/** A call of Graph, however it came. */
export interface GraphRequest {
  readonly method: string;
  /** With the version, as it was called; for the event stream. */
  readonly calledPath: string;
  /** Without the version. */
  readonly path: string;
  readonly token: string | undefined;
  /** With those about access. */
  readonly params: JsonObject;
  readonly files: ReadonlyMap<string, NewFile>;
  readonly keepFile: (file: NewFile) => StoredFile;
  readonly origin: string;
  readonly traceId: string;
}

/** What a call comes to before a byte of the answer is written. */
export interface GraphOutcome {
  readonly status: number;
  readonly body: JsonObject | readonly (JsonObject | null)[];
  readonly headers?: Record<string, string>;
  readonly effects: readonly Effect[];
  readonly fault?: FaultName | 'injected';
  /** What the header `x-emulated` says. */
  readonly emulated?: 'guessed' | 'faked';
}

/** Who calls. `app` is absent for calls of an app in its own name. */
export type Admitted = { readonly appId?: string; readonly serve: () => GraphOutcome | Promise<GraphOutcome> };

export function refusal(fault: FaultName, detail: string | undefined, traceId: string): GraphOutcome {
  const { status, guessed, open } = graphFault(fault);
  // Words that were recorded stay as they were.
  const body = faultBody(fault, guessed === 'body' || open === true ? detail : undefined, traceId);
  return { status, body, effects: [], fault, ...(guessed === undefined ? {} : { emulated: 'guessed' }) };
}

export function tokenRefusal(trouble: TokenTrouble, traceId: string): GraphOutcome {
  const fault = faultOfTrouble(trouble);
  return {
    status: fault.status,
    body: faultBody(fault, undefined, traceId),
    effects: [],
    fault: trouble.fault,
    emulated: 'guessed',
  };
}
