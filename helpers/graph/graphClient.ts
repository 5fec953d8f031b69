import { createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { parseJson } from '../../models/readJson.ts';
import type { GraphErrorReason } from './classifyGraphError.ts';
import { GraphApiError, GraphTransportError, graphApiErrorFrom, type GraphError } from './graphErrors.ts';
import { retryDelay } from './graphRetry.ts';
import type { Logger } from '../logging/logger.ts';
import { isLoopbackUrl } from '../loopback.ts';
import type { PlatformClock } from './platformClock.ts';
import { withoutTrailingSlashes } from '../trailingSlashes.ts';

/** Parameters of a call; those that are undefined are left out. */
export type GraphParams = Readonly<Record<string, string | number | undefined>>;

/** Calls the Graph API on behalf of one app on one Page. */
export interface GraphClient {
  /**
   * Reads. `path` is relative to the version, as in `me/thread_owner`.
   *
   * @throws GraphApiError if Meta refuses
   * @throws GraphTransportError if there is no usable answer
   */
  get(path: string, params?: GraphParams): Promise<unknown>;
  /** Writes, with a JSON body. Throws like `get`; after a {@link GraphTransportError} the call may have taken effect. */
  post(path: string, body: object): Promise<unknown>;
}

/** How one attempt at a call ended: `ok`, Meta's reason for refusing, or `transport` if there was no usable answer. */
export interface GraphCallEnd {
  reason: 'ok' | GraphErrorReason | 'transport';
  durationMs: number;
}

export interface GraphClientOptions {
  /** The Page token. It also says which app is asking. Travels in the `Authorization` header only. */
  pageToken: string;
  /** If set, every call carries `appsecret_proof`: writes in the body, reads in the address. */
  appSecret?: string | undefined;
  baseUrl?: string | undefined;
  version?: string | undefined;
  /** For each attempt, from the first byte sent to the last one received. In milliseconds. */
  timeoutMs?: number | undefined;
  /** How many attempts after the first one. */
  retries?: number | undefined;
  /** Whether a call may be repeated at all now: while Meta limits a Page, each further call may prolong that. Default: always. */
  mayRepeat?: () => boolean;
  /** The largest response, in bytes. */
  maxAnswerBytes?: number | undefined;
  clock?: () => number;
  /** Makes a signal that aborts after `ms`. */
  deadline?: (ms: number) => AbortSignal;
  sleep?: (ms: number) => Promise<unknown>;
  /** From 0 up to 1. */
  random?: () => number;
  logger?: Pick<Logger, 'debug' | 'warn'> | undefined;
  http?: Pick<AxiosInstance, 'request'>;
  /** Learns from the `Date` of each response. */
  platformClock?: Pick<PlatformClock, 'now' | 'learn'> | undefined;
  /** Called at the end of each attempt. */
  observe?: (end: GraphCallEnd) => void;
}

/**
 * All calls to the Graph API go through this client.
 *
 * The HTTP client's errors never leave it and are never logged, because they carry the request with its token. Redirects are not followed, and
 * no proxy is used for this machine. A response that is not JSON is a {@link GraphTransportError}, whatever its status. Whole numbers too long
 * for a double come back as strings.
 *
 * Source: https://developers.facebook.com/docs/graph-api/overview
 * Source: https://developers.facebook.com/docs/graph-api/guides/secure-requests
 *
 * @throws Error if the token cannot be sent in a header
 */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { pageToken, appSecret, baseUrl = 'https://graph.facebook.com', version = 'v27.0' } = options;
  const { timeoutMs = 10_000, retries = 2, maxAnswerBytes = 1_000_000, logger } = options;
  const { clock = () => performance.now(), sleep = delay, random = Math.random, http = axios.create() } = options;
  const { observe = () => undefined, mayRepeat = () => true, platformClock } = options;
  const { deadline: deadlineOf = (ms: number) => AbortSignal.timeout(ms) } = options;
  if (!/^[\x21-\x7e]+$/.test(pageToken)) {
    throw new Error('The Page token is empty or has a character that no token has, such as a space or a line break.');
  }
  const root = `${withoutTrailingSlashes(baseUrl)}/${version}`;
  const proof = appSecret === undefined ? undefined : appsecretProof(pageToken, appSecret);
  const proofParam = proof === undefined ? {} : { appsecret_proof: proof };
  // A proxy from the environment is for the outside world: it would see the token, and could not reach this machine.
  const proxy = isLoopbackUrl(baseUrl) ? { proxy: false as const } : {};
  const secrets = [pageToken, appSecret, proof].filter((secret) => secret !== undefined);

  async function call(method: 'GET' | 'POST', path: string, params: GraphParams, body?: object): Promise<unknown> {
    const route = checkedPath(path);
    for (let attempts = 1; ; attempts += 1) {
      const startedAt = clock();
      const outcome = await attemptOnce(method, route, params, body);
      const durationMs = Math.round(clock() - startedAt);
      observe({ reason: reasonOf(outcome), durationMs });
      const fields = { method, path: route, attempt: attempts, durationMs };
      if ('answer' in outcome) {
        logger?.debug({ ...fields, outcome: 'ok' }, 'Graph API call answered');
        return outcome.answer;
      }
      const { failure, retryAfterMs } = outcome;
      const allowed = mayRepeat() ? retries : 0;
      const waitMs = retryDelay({ method, failure, attempts, retries: allowed, retryAfterMs, random: random() });
      logger?.debug({ ...fields, ...summaryOf(failure), retryInMs: waitMs }, 'Graph API call failed');
      if (waitMs === undefined) throw failure;
      await sleep(waitMs);
    }
  }

  async function attemptOnce(
    method: 'GET' | 'POST',
    route: string,
    params: GraphParams,
    body: object | undefined,
  ): Promise<Outcome> {
    const deadline = deadlineOf(timeoutMs);
    const begunAt = platformClock?.now() ?? 0;
    let response: AxiosResponse<unknown>;
    try {
      response = await http.request<unknown>({
        method,
        url: `${root}/${route}`,
        params: method === 'GET' ? { ...params, ...proofParam } : params,
        ...(body === undefined ? {} : { data: { ...body, ...proofParam } }),
        ...proxy,
        headers: { authorization: `Bearer ${pageToken}`, accept: 'application/json' },
        signal: deadline,
        maxRedirects: 0,
        maxContentLength: maxAnswerBytes,
        responseType: 'text',
        transformResponse: [(text: unknown) => text],
        validateStatus: () => true,
      });
    } catch (error) {
      return { failure: deadline.aborted ? new GraphTransportError('timeout') : transportErrorFrom(error) };
    }
    platformClock?.learn(response.headers['date'], begunAt);
    return outcomeOf(response, secrets);
  }

  return {
    get: (path, params = {}) => call('GET', path, params),
    post: (path, body) => call('POST', path, {}, body),
  };
}

/**
 * The proof that the caller of the Graph API knows the app secret: HMAC-SHA256 of the token, in hex.
 *
 * Source: https://developers.facebook.com/docs/graph-api/guides/secure-requests
 */
export function appsecretProof(token: string, appSecret: string): string {
  return createHmac('sha256', appSecret).update(token).digest('hex');
}

type Outcome = { answer: unknown } | { failure: GraphError; retryAfterMs?: number | undefined };

function reasonOf(outcome: Outcome): GraphCallEnd['reason'] {
  if ('answer' in outcome) return 'ok';
  return outcome.failure instanceof GraphApiError ? outcome.failure.reason : 'transport';
}

function outcomeOf(response: AxiosResponse<unknown>, secrets: readonly string[]): Outcome {
  const { status, data } = response;
  if (status >= 300 && status < 400) return { failure: new GraphTransportError('redirect', { status }) };
  const retryAfterMs = retryAfterOf(response);
  let answer: unknown;
  try {
    answer = parseJson(typeof data === 'string' ? data : '');
  } catch {
    return { failure: new GraphTransportError('unreadable', { status }), retryAfterMs };
  }
  const refusal = graphApiErrorFrom(status, answer, secrets);
  if (refusal !== undefined) return { failure: refusal, retryAfterMs };
  if (status >= 400) return { failure: new GraphTransportError('unreadable', { status }), retryAfterMs };
  return { answer };
}

/** Retry-After, from seconds to milliseconds. Dates are ignored: Meta does not send any. */
function retryAfterOf({ headers }: AxiosResponse<unknown>): number | undefined {
  const value: unknown = headers['retry-after'];
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) * 1000 : undefined;
}

/** Keeps only the code: anything else in the HTTP client's error may hold the token. */
function transportErrorFrom(error: unknown): GraphTransportError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const tooLarge = error instanceof Error && error.message.startsWith('maxContentLength');
  if (tooLarge) return new GraphTransportError('tooLarge');
  const systemCode = code !== undefined && /^E[A-Z]{2,20}$/.test(code) ? { systemCode: code } : {};
  return new GraphTransportError('connection', systemCode);
}

/** A path of plain segments, so that no argument can send the token to another address. */
function checkedPath(path: string): string {
  const route = path.replace(/^\//, '');
  if (!/^\w[\w.-]*(\/\w[\w.-]*)*$/.test(route)) {
    throw new Error('A Graph API path consists of plain segments, as in me/thread_owner.');
  }
  return route;
}

function summaryOf(failure: GraphError): object {
  return failure instanceof GraphApiError
    ? {
        outcome: failure.reason,
        status: failure.status,
        code: failure.code,
        subcode: failure.subcode,
        fbtraceId: failure.fbtraceId,
      }
    : { outcome: failure.failure, status: failure.status, systemCode: failure.systemCode };
}
