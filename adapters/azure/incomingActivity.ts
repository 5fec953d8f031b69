import type { IncomingMessage } from 'node:http';
import type { Activity } from 'botbuilder';
import { isLoopbackAuthority, isLoopbackUrl } from '../../helpers/loopback.ts';
import { countStandby } from '../../models/facebookActivity.ts';
import { isOwnEvent } from '../../models/ownEvents.ts';
import { readProperty } from '../../models/readJson.ts';
import { RequestRefusedError } from '../http/answer.ts';

/** The most events that Meta puts into one webhook; each becomes a turn of its own. */
const maxStandbyItems = 1000;

/**
 * The activity in a request's body.
 *
 * @throws {RequestRefusedError} 400 or 413 if the bot cannot handle it
 */
export function activityFrom(body: unknown): Activity {
  if (!isActivity(body)) throw new RequestRefusedError(400, 'The body must be an activity: an object with a type.');
  if (typeof body.channelId !== 'string' || body.channelId === '') {
    throw new RequestRefusedError(400, 'The activity must have a channelId.');
  }
  refuseLongNames(body);
  if (isOwnEvent(body)) throw new RequestRefusedError(400, "Events of this name are the bot's own.");
  // Without one, Bot Builder would send the bot's answers to a default address.
  if (typeof body.serviceUrl !== 'string' || !URL.canParse(body.serviceUrl)) {
    throw new RequestRefusedError(400, 'The activity must have a serviceUrl.');
  }
  if (countStandby(body) > maxStandbyItems) {
    throw new RequestRefusedError(413, `The activity must not have more than ${maxStandbyItems} standby items.`);
  }
  return body;
}

/** The longest names and ids, in UTF-16 units. They end up in keys, log lines and metrics. */
const longestNames = { type: 64, channelId: 64, name: 256, id: 1_024, replyToId: 1_024, serviceUrl: 1_024 } as const;

function refuseLongNames(activity: Activity): void {
  const { from, recipient, conversation } = activity as Partial<Activity>;
  const places: readonly [place: string, value: unknown, longest: number][] = [
    ...Object.entries(longestNames).map(([name, longest]): [string, unknown, number] => [
      name,
      readProperty(activity, name),
      longest,
    ]),
    ...Object.entries({ from, recipient, conversation }).map(([name, account]): [string, unknown, number] => [
      `${name}.id`,
      readProperty(account, 'id'),
      longestNames.id,
    ]),
  ];
  for (const [place, value, longest] of places) {
    if (typeof value === 'string' && value.length > longest) {
      throw new RequestRefusedError(400, `The activity's ${place} must not be longer than ${longest} characters.`);
    }
  }
}

function isActivity(body: unknown): body is Activity {
  return typeof body === 'object' && body !== null && 'type' in body && typeof body.type === 'string';
}

/** Otherwise any web page open in a browser could post to a bot on the same machine. */
export function refuseStrangers(request: IncomingMessage): void {
  if (!isLoopbackAuthority(request.headers.host)) {
    throw new RequestRefusedError(403, 'This bot runs without credentials and answers this machine only.');
  }
  if (request.headers.origin !== undefined && !isLoopbackUrl(request.headers.origin)) {
    throw new RequestRefusedError(403, 'This bot runs without credentials and answers no web page from elsewhere.');
  }
}

/** Without a token, nothing vouches for the address that answers should go to. */
export function refuseDistantServiceUrl(activity: Activity): void {
  if (!isLoopbackUrl(activity.serviceUrl)) {
    throw new RequestRefusedError(403, 'This bot runs without credentials and sends its answers to this machine only.');
  }
}
