import type { AzureTrace } from './azureTrace.ts';
import { connectorError, guessedAnswer } from './connectorError.ts';
import { readConversation } from './conversationRequest.ts';
import type { HttpAnswer, HttpRequest } from './httpServer.ts';
import { isJsonObject, parseJson, textAt, type JsonObject } from '../json.ts';
import type { AzureRegistration } from './registration.ts';
import { sendActivity, type SendParts } from './sendActivity.ts';
import type { SigningKeys } from './signingKeys.ts';

export interface ConnectorParts extends SendParts {
  readonly registrations: readonly AzureRegistration[];
  readonly keys: SigningKeys;
  readonly trace: AzureTrace;
  readonly serviceUrl: () => string;
}

/** A call of a bot that has proved who it is. */
interface ConnectorCall {
  readonly request: HttpRequest;
  readonly registration: AzureRegistration;
  readonly parts: ConnectorParts;
  /** The conversation of the path, and its customer; empty where the path has none. */
  readonly conversationId: string;
  readonly psid: string;
  /** The part of the path behind the name of the operation: an activity or a member. */
  readonly item: string;
}

interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/v3/conversations`; a part is in braces. */
  readonly path: string;
  readonly answer: (call: ConnectorCall) => HttpAnswer | Promise<HttpAnswer>;
}

/** A call that is refused as it stands. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * What channels answer to an operation that they have not. The words were recorded of a `DELETE`, the status was not.
 * Source: https://github.com/microsoft/BotFramework-Services/issues/163
 */
function unsupported(): never {
  throw new Refusal(405, 'MethodNotAllowed', 'This channel does not support this operation');
}

/**
 * What a bot can do. Messenger has no threads, so an activity is sent in the same way whether it answers another one or not, and whether that
 * one exists or not. Nothing that was said can be changed or taken back.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
 */
const operations: readonly Operation[] = [
  { method: 'POST', path: '', answer: createConversation },
  { method: 'POST', path: '/{}/activities/history', answer: unsupported },
  { method: 'POST', path: '/{}/activities', answer: sendToConversation },
  { method: 'POST', path: '/{}/activities/{}', answer: sendToConversation },
  { method: 'PUT', path: '/{}/activities/{}', answer: unsupported },
  { method: 'DELETE', path: '/{}/activities/{}', answer: unsupported },
  { method: 'GET', path: '/{}/activities/{}/members', answer: (call) => guessed(membersOf(call)) },
  { method: 'GET', path: '/{}/members', answer: (call) => guessed(membersOf(call)) },
  { method: 'GET', path: '/{}/members/{}', answer: oneMember },
  { method: 'GET', path: '/{}/pagedmembers', answer: (call) => guessed({ members: membersOf(call) }) },
  { method: 'DELETE', path: '/{}/members/{}', answer: unsupported },
];

const patternOf = (path: string): RegExp => new RegExp(`^/v3/conversations${path.replaceAll('{}', '([^/]+)')}/?$`);
const withPatterns = operations.map((operation) => ({ ...operation, pattern: patternOf(operation.path) }));

/** The token of a call, or an empty text. */
export const bearerOf = (request: HttpRequest): string =>
  /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';

/** The Connector API, for the conversations of the Page of the bot that calls. */
export async function answerConnectorRequest(
  request: HttpRequest,
  /** The part of the path below the service URL. */
  path: string,
  parts: ConnectorParts,
): Promise<HttpAnswer> {
  const bearer = await parts.keys.readAccessToken(bearerOf(request));
  const registration = parts.registrations.find((one) => one.botAppId === bearer);
  try {
    if (registration === undefined) {
      const message = 'A valid token of the token endpoint is required: Authorization: Bearer …';
      throw new Refusal(401, 'Unauthorized', message);
    }
    return await answerBot(request, path, registration, parts);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, code, message } = error;
    const who = registration === undefined ? {} : { botAppId: registration.botAppId };
    parts.trace({ type: 'azureChannel.connectorRefused', method: request.method, status, code, ...who });
    return connectorError(status, code, message);
  }
}

function answerBot(
  request: HttpRequest,
  path: string,
  registration: AzureRegistration,
  parts: ConnectorParts,
): HttpAnswer | Promise<HttpAnswer> {
  const operation = withPatterns.find(({ method, pattern }) => method === request.method && pattern.test(path));
  if (operation === undefined) {
    throw new Refusal(501, 'NotImplemented', 'The Facebook channel of the emulator does not have this operation.');
  }
  const [conversationId = '', item = ''] = (operation.pattern.exec(path) ?? []).slice(1).map(decode);
  const psid = operation.path === '' ? '' : psidOf(conversationId, registration);
  return operation.answer({ request, registration, parts, conversationId, psid, item });
}

async function sendToConversation(call: ConnectorCall): Promise<HttpAnswer> {
  return (await send(call, bodyOf(call.request))).answer;
}

/** A conversation has always the same id, and exists whether it was made or not. */
async function createConversation(call: ConnectorCall): Promise<HttpAnswer> {
  const { pageId } = call.registration;
  const wanted = readConversation(bodyOf(call.request), pageId);
  if ('refused' in wanted) throw new Refusal(400, 'BadArgument', wanted.refused);
  const { psid, activity } = wanted;
  const conversation = { id: `${psid}-${pageId}`, serviceUrl: call.parts.serviceUrl() };
  if (activity === undefined) return guessed(conversation, 201);
  const { answer, activityId } = await send({ ...call, psid, conversationId: conversation.id }, activity);
  return activityId === undefined ? answer : guessed({ ...conversation, activityId }, 201);
}

async function send(
  { psid, conversationId, registration, parts }: ConnectorCall,
  activity: JsonObject,
): Promise<{ readonly answer: HttpAnswer; readonly activityId?: string }> {
  const { answer, ...outcome } = await sendActivity(activity, psid, registration, parts);
  const activityName = textAt(activity, 'name');
  parts.trace({
    type: 'azureChannel.activityReceived',
    botAppId: registration.botAppId,
    activityType: textAt(activity, 'type') ?? 'none',
    ...(activityName !== undefined && { activityName }),
    conversationId,
    status: answer.status,
    ...outcome,
  });
  const activityId = textAt(answer.json, 'id');
  return { answer, ...(activityId !== undefined && { activityId }) };
}

const membersOf = ({ psid, registration }: ConnectorCall) => [{ id: psid }, { id: registration.pageId }];

function oneMember(call: ConnectorCall): HttpAnswer {
  const member = membersOf(call).find(({ id }) => id === call.item);
  if (member === undefined) throw new Refusal(404, 'MemberNotFound', 'The conversation has no such member.');
  return guessed(member);
}

const guessed = (json: unknown, status = 200): HttpAnswer => ({ status, json, headers: guessedAnswer });

/** The customer of a conversation of this Page. */
function psidOf(conversationId: string, { pageId }: AzureRegistration): string {
  const suffix = `-${pageId}`;
  if (!conversationId.endsWith(suffix) || conversationId.length === suffix.length) {
    const message = 'This bot has no such conversation; its conversations end with its Page.';
    throw new Refusal(403, 'Forbidden', message);
  }
  return conversationId.slice(0, -suffix.length);
}

function bodyOf(request: HttpRequest): JsonObject {
  const body = parseJson(request.body.toString('utf8'));
  if (!isJsonObject(body)) throw new Refusal(400, 'BadSyntax', 'The body is not a JSON object.');
  return body;
}

/** What cannot be decoded is nobody's. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
