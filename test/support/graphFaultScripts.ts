import { createGraphClient, type GraphClient, type GraphClientOptions } from '../../helpers/graph/graphClient.ts';
import type { GraphErrorReason } from '../../helpers/graph/classifyGraphError.ts';
import type { TransportFailure } from '../../helpers/graph/graphErrors.ts';
import type { Script, ScriptedGraph } from './scriptedGraph.ts';

/** Something that Graph does instead of its work, and what has to be understood by it. */
export interface ScriptedFault {
  name: string;
  script: Script;
  /** A refusal's reason, or what kept the answer away. */
  means: { reason: GraphErrorReason } | { failure: TransportFailure };
  /** Attempts allowed: for questions, and for commands, which may not be repeated when they may have taken effect. */
  attempts: { get: number; post: number };
}

/** Graph's own envelope. Source: https://developers.facebook.com/docs/graph-api/guides/error-handling */
export function graphError(
  status: number,
  code: number,
  subcode?: number,
  more: { message?: string; headers?: Record<string, string>; is_transient?: boolean } = {},
): Script {
  const { message = 'Something went wrong.', headers, is_transient } = more;
  const error = {
    message: `(#${code}) ${message}`,
    type: 'OAuthException',
    code,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    ...(is_transient === undefined ? {} : { is_transient }),
    fbtrace_id: 'AbCdEfGhIjKlMnOpQrStUv',
  };
  return { status, json: { error }, ...(headers && { headers }) };
}

const once = { get: 1, post: 1 };
const askedAgain = { get: 3, post: 1 };
const saidAgain = { get: 3, post: 3 };

const refused = (
  name: string,
  script: Script,
  reason: GraphErrorReason,
  attempts: ScriptedFault['attempts'] = once,
): ScriptedFault => ({ name, script, means: { reason }, attempts });

const lost = (
  name: string,
  script: Script,
  failure: TransportFailure,
  attempts: ScriptedFault['attempts'],
): ScriptedFault => ({ name, script, means: { failure }, attempts });

/** Every way in which Graph is known to fail, each answered for as long as it is asked. */
export const graphFaultScripts: readonly ScriptedFault[] = [
  refused('500 with an error of code 1', graphError(500, 1), 'temporary', askedAgain),
  refused('500 with an error of code 2', graphError(500, 2, undefined, { is_transient: true }), 'temporary', saidAgain),
  refused('503 with an error of code 1200', graphError(503, 1200), 'temporary', saidAgain),
  lost('500 without a body', { status: 500 }, 'unreadable', askedAgain),
  lost('502 with a page in HTML', { status: 502, text: '<html>Bad gateway</html>' }, 'unreadable', askedAgain),
  refused(
    '429 with Retry-After',
    graphError(429, 4, undefined, { headers: { 'retry-after': '3' } }),
    'rateLimited',
    saidAgain,
  ),
  refused(
    '429 with a Retry-After longer than a turn',
    graphError(429, 4, undefined, { headers: { 'retry-after': '600' } }),
    'rateLimited',
  ),
  refused('code 4, the limit of the app', graphError(400, 4), 'rateLimited', saidAgain),
  refused('code 17, the limit of the user', graphError(400, 17), 'rateLimited', saidAgain),
  refused('code 32, the limit of the Page', graphError(403, 32), 'rateLimited', saidAgain),
  refused('code 613, the limit of calls', graphError(400, 613), 'rateLimited', saidAgain),
  refused('code 80006, the limit of Messenger', graphError(400, 80006), 'rateLimited', saidAgain),
  refused('code 190, a token that is none', graphError(401, 190), 'invalidToken'),
  refused('code 190/463, a token that is over', graphError(400, 190, 463), 'invalidToken'),
  refused('code 10/2018300, another owner', graphError(400, 10, 2018300), 'notThreadOwner'),
  refused('code 100/2534037, another owner', graphError(400, 100, 2534037), 'notThreadOwner'),
  refused('code 10/2018278, outside of the window', graphError(403, 10, 2018278), 'outsideWindow'),
  refused('code 551, nobody there', graphError(400, 551, 1545041), 'userUnavailable'),
  refused('code 100/2018001, no such customer', graphError(400, 100, 2018001), 'userUnavailable'),
  refused('code 10/2018321, an automated flow', graphError(400, 10, 2018321), 'automatedFlow'),
  refused('code 200, no permission', graphError(403, 200), 'permission'),
  refused('200 with an error in it', graphError(200, 100, 2018164), 'invalidTarget'),
  lost('silence', 'silence', 'timeout', askedAgain),
  lost('a reset before the effect', 'reset', 'connection', askedAgain),
  lost('a body cut short', 'cut', 'connection', askedAgain),
  lost('a drip that never ends', 'drip', 'timeout', askedAgain),
  lost('HTML with 200', { status: 200, text: '<!doctype html><title>Facebook</title>' }, 'unreadable', once),
  lost('nothing with 200', { status: 200, text: '' }, 'unreadable', once),
  lost('half of the JSON with 200', { status: 200, text: '{"success":tr' }, 'unreadable', once),
  lost('another kind of JSON', { status: 404, json: ['not', 'found'] }, 'unreadable', once),
  lost('a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'redirect', once),
  lost('an answer without end', { status: 200, text: `"${'x'.repeat(1_100_000)}"` }, 'tooLarge', once),
];

/** Whether only a time limit ends the call: such a test reaches it once the call has arrived, all others never. */
export function endsByTimeLimit(script: Script): boolean {
  return script === 'silence' || script === 'drip';
}

/** A client whose time is up as soon as a call has arrived that is going to fail by its time limit, and never for others. */
export function impatientClient(
  graph: ScriptedGraph,
  options: Omit<GraphClientOptions, 'baseUrl' | 'timeoutMs' | 'deadline'>,
  isSlow: (path: string) => boolean,
): GraphClient {
  const patient = createGraphClient({ ...options, baseUrl: graph.url, timeoutMs: 15_000 });
  const impatient = createGraphClient({ ...options, baseUrl: graph.url, deadline: () => graph.untilNextCall() });
  return {
    get: (path, params) => (isSlow(path) ? impatient : patient).get(path, params),
    post: (path, body) => (isSlow(path) ? impatient : patient).post(path, body),
  };
}
