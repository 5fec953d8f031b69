import type { Effect } from '../core/effects.ts';
import type { EmulatorEventBody } from '../trace/emulatorEvent.ts';
import { runBatch, type Operation } from './batch.ts';
import { accessParams } from './globalParams.ts';
import { ParameterError } from './graphCall.ts';
import { refusal, type Admitted, type GraphOutcome, type GraphRequest } from './graphOutcome.ts';
import { pathWithoutVersion } from './graphVersions.ts';

/** Makes the calls of a batch, each with its own token where it has one. Each is recorded like one that came alone. */
export async function makeBatch(
  request: GraphRequest,
  admit: (request: GraphRequest) => Admitted | GraphOutcome,
  record: (event: EmulatorEventBody) => void,
): Promise<GraphOutcome> {
  const effects: Effect[] = [];
  const make = async ({ method, path: calledPath, params, files: named }: Operation): Promise<GraphOutcome> => {
    const own = params['access_token'];
    const token = typeof own === 'string' ? own : request.token;
    const files = new Map(named.flatMap((name) => [...request.files].filter(([there]) => there === name)));
    const [first] = files.values();
    const call = { method, calledPath, path: pathWithoutVersion(calledPath), params, token };
    const admitted = admit({
      ...request,
      ...call,
      files: first === undefined ? files : new Map([['filedata', first]]),
    });
    const outcome = 'serve' in admitted ? await admitted.serve() : admitted;
    effects.push(...outcome.effects);
    const who = 'serve' in admitted && admitted.appId !== undefined ? { appId: admitted.appId } : {};
    const told = Object.fromEntries(Object.entries(params).filter(([name]) => !accessParams.has(name)));
    const { status, body: answer, fault } = outcome;
    const event = { type: 'graphCall', ...who, method, path: calledPath, params: told, status, answer } as const;
    record({ ...event, ...(fault === undefined ? {} : { fault }) });
    return outcome;
  };
  try {
    return { status: 200, body: await runBatch(request.params, make), effects };
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    return { ...refusal(error.fault, error.message, request.traceId), effects };
  }
}
