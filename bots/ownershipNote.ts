import type { PlatformSpan } from '../helpers/graph/platformClock.ts';
import type { FacebookEvent } from '../models/facebookEvent.ts';
import { present } from '../models/present.ts';
import { isJsonObject, readInteger, readProperty, readTime } from '../models/readJson.ts';

/** This app, or any other receiver. */
export type Owner = 'this' | 'other';

/** What is remembered of a thread, or of a Page. All times are by Messenger's clock, in milliseconds since 1970. */
export interface OwnershipNote {
  /** Absent in the note of a Page. */
  owner?: Owner;
  /** The time of the event that told it. */
  toldAt?: number;
  /** When this app found it, by a call or a refusal: the earliest time that it may have been if the thread is its own, otherwise mostly the latest. */
  foundAt?: number;
  /** The latest time of a call that found the thread its own: an event that tells how it got there is from no later than that. */
  foundUntil?: number;
  /** Of a Page: when its receivers last got other roles. Of a thread, in a note of an earlier version: which of these changes was known. */
  roles?: number;
  /** A person talks in it although nothing was moved, so nobody need be asked. */
  isPaused?: boolean;
}

/** That somebody owned a thread, and when that was. */
export interface OwnershipNews {
  owner: Owner;
  /** Who says so: an event, which may have been long on its way, or this app, which has just made a call, or just now gave the thread away. */
  by: 'event' | 'call' | 'pass';
  at: PlatformSpan;
  /** The latest time at which that call may have ended. Default: that of `at`. */
  until?: number;
}

/**
 * What is known after some news, in whatever order it comes: older news changes nothing. Where the order is in doubt the thread counts as
 * another receiver's, since then Meta is asked before anything is said.
 */
export function afterNews(known: OwnershipNote | undefined, news: OwnershipNews): OwnershipNote {
  if (known !== undefined && !isNewer(news, known)) return known;
  const { owner, by, at, until = at.latest } = news;
  const time = owner === 'this' ? at.earliest : lostSince(known, news);
  if (!Number.isFinite(time)) return { owner };
  if (by === 'event') return { owner, toldAt: time };
  return { owner, foundAt: time, ...(owner === 'this' && { foundUntil: until }) };
}

function isNewer({ owner, by, at }: OwnershipNews, known: OwnershipNote): boolean {
  const since = timeOf(known);
  // What a call has just found is newer than all that is known, except where an old turn runs again.
  if (owner === 'other') return by !== 'event' || at.latest >= since;
  if (by !== 'event') return at.latest >= since;
  // During a pause nobody is asked.
  return known.owner === 'other' && known.isPaused !== true ? at.earliest > since : at.earliest >= since;
}

/** The time that an event must be later than to tell that the thread is this app's again. */
function lostSince(known: OwnershipNote | undefined, { by, at }: OwnershipNews): number {
  if (by === 'event') return Math.max(timeOf(known), Number.isFinite(at.earliest) ? at.earliest : at.latest);
  if (by === 'pass' && known === undefined) return at.earliest;
  // What tells how this app got the thread that it gave away may still be on its way. What is later is from after the pass.
  const gotBy = known?.owner === 'this' ? (known.toldAt ?? known.foundUntil) : undefined;
  return by === 'pass' && gotBy !== undefined ? Math.max(gotBy, at.earliest) : Math.max(timeOf(known), at.latest);
}

/** The time of what is known; of some notes of earlier versions there is none. */
export function timeOf(note: OwnershipNote | undefined): number {
  return note?.toldAt ?? note?.foundAt ?? note?.roles ?? -Infinity;
}

/**
 * When an event happened. Without a time of its own, that may have been at any time before it was brought: that is the time of an activity, and of
 * the entry that a webhook brings.
 */
export function spanOfEvent({ raw, timestamp }: FacebookEvent): PlatformSpan {
  const own = readTime(raw, 'timestamp');
  if (own === undefined) return { earliest: -Infinity, latest: timestamp ?? Infinity };
  // Meta tells some takes in whole seconds.
  return { earliest: own, latest: own % 1000 === 0 ? own + 999 : own };
}

/** The note, read back from JSON. */
export function readOwnershipNote(json: unknown): OwnershipNote | undefined {
  if (json === 'passed') return { owner: 'other' };
  if (json === 'kept') return { owner: 'this' };
  if (!isJsonObject(json)) return undefined;
  const owner = readProperty(json, 'owner');
  return {
    ...(owner === 'this' || owner === 'other' ? { owner } : {}),
    ...present('toldAt', readInteger(json, 'toldAt')),
    ...present('foundAt', readInteger(json, 'foundAt')),
    ...present('foundUntil', readInteger(json, 'foundUntil')),
    ...present('roles', readInteger(json, 'roles')),
    ...(readProperty(json, 'isPaused') === true && { isPaused: true }),
  };
}
