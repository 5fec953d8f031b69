import type { EmulatorEvent, Mode } from '../emulator/startPlatform.ts';
import { describeGraphCall, psidOf } from './describeGraphCall.ts';
import type { Names } from './names.ts';
import { inReadingOrder, type ReadingItem } from './readingOrder.ts';
import type { TimelineEntry } from './timelineEntry.ts';

export interface TimelineOptions {
  readonly names: Names;
  readonly mode: Mode;
  /** Owns every thread that nobody has taken, in mode `classic`. */
  readonly primaryAppId: string;
}

/** Turns events into rows for people. It remembers who owns which thread, so it has to see every event, in order. */
export interface Timeline {
  entries(events: readonly EmulatorEvent[]): readonly TimelineEntry[];
}

type Row = Omit<TimelineEntry, 'at' | 'owner'>;
type Other = Extract<ReadingItem, { readonly type: 'other' }>['event'];

export function createTimeline(options: TimelineOptions): Timeline {
  const { names } = options;
  const owners = new Map<string, string | null>();
  let { mode, primaryAppId } = options;
  let lastPsid = '';

  const ownerOf = (psid: string): string => {
    const known = owners.get(psid);
    return names.receiver(known === undefined && mode === 'classic' ? primaryAppId : known);
  };
  const remember = (event: Other): void => {
    if (event.type === 'ownershipChanged') owners.set(event.psid, event.to);
    if (event.type === 'reset') owners.clear();
    if (event.type === 'modeChanged') mode = event.mode;
    if (event.type === 'rolesChanged') primaryAppId = event.primaryAppId;
  };

  return {
    entries: (events) =>
      inReadingOrder(events).flatMap((item) => {
        if (item.type === 'other') remember(item.event);
        lastPsid = psidIn(item) ?? lastPsid;
        const row = rowOf(item, names);
        return row === undefined ? [] : [{ at: item.at, owner: ownerOf(lastPsid), ...row }];
      }),
  };
}

function psidIn(item: ReadingItem): string | undefined {
  switch (item.type) {
    case 'told':
      return item.deliveries[0]?.psid;
    case 'called':
      return psidOf(item);
    case 'other':
      return 'psid' in item.event && typeof item.event.psid === 'string' ? item.event.psid : undefined;
  }
}

/** Nothing for what would only be noise. */
function rowOf(item: ReadingItem, names: Names): Row | undefined {
  switch (item.type) {
    case 'told':
      return toldRow(item.deliveries, names);
    case 'called':
      return calledRow(item, names);
    case 'other':
      return otherRow(item.event, names);
  }
}

/** Who heard of it where: `primary on messaging, secondary on standby`. */
export function hearersOf(
  deliveries: readonly { readonly appId: string; readonly channel: string }[],
  names: Names,
): string {
  const counts = new Map<string, number>();
  for (const { appId, channel } of [...deliveries].sort((one, other) => one.appId.localeCompare(other.appId))) {
    const hearer = `${names.receiver(appId)} on ${channel}`;
    counts.set(hearer, (counts.get(hearer) ?? 0) + 1);
  }
  return [...counts].map(([hearer, count]) => (count === 1 ? hearer : `${hearer} (${count} times)`)).join(', ');
}

function toldRow(
  deliveries: Extract<ReadingItem, { readonly type: 'told' }>['deliveries'],
  names: Names,
): Row | undefined {
  const kind = deliveries[0]?.kind;
  if (kind === 'read' || kind === 'delivery') return undefined;
  const what = `${kind ?? ''} to ${hearersOf(deliveries, names)}`;
  return { who: 'Messenger', does: 'sends', what, tone: 'delivery' };
}

function calledRow(item: Extract<ReadingItem, { readonly type: 'called' }>, names: Names): Row | undefined {
  const { by, edge, call, answer, because } = describeGraphCall(item, names);
  // What was said shows as a message of its own.
  if (edge === 'messages' && answer === 'ok') return undefined;
  const refused = item.call.fault !== undefined;
  return {
    who: by,
    does: 'calls',
    what: `${call} → ${answer}`,
    tone: refused ? 'refusal' : 'call',
    ...(because === undefined ? {} : { more: [{ does: 'because', what: because }] }),
  };
}

const causes = {
  pass: 'it was passed on',
  take: 'it was taken',
  release: 'it was released',
  expiry: 'a day has passed',
  customer: 'the customer wrote',
  inbox: 'by what the agent did',
  metaAi: "by what Meta's AI did",
  request: 'it was requested',
  settings: 'the settings of the Page changed',
} as const;

const metaAiDoes = {
  take: 'takes the thread',
  passBack: 'passes the thread back',
  letGo: 'gives the thread back, without an event',
} as const;

const agentDoes = {
  reply: 'answers',
  markAsDone: 'clicks "Mark as done"',
  moveToMain: 'clicks "Move to Main"',
} as const;

function otherRow(event: Other, names: Names): Row | undefined {
  switch (event.type) {
    case 'customerMessage': {
      if (event.unsupported) {
        const what = 'something that Messenger does not pass on';
        return { who: names.customer(event.psid), does: 'sends', what, tone: 'speech' };
      }
      const does = event.quickReplyPayload === undefined ? 'says' : 'taps';
      return { who: names.customer(event.psid), does, what: event.text, tone: 'speech' };
    }
    case 'customerPostback':
      return { who: names.customer(event.psid), does: 'taps', what: event.title, tone: 'speech' };
    case 'pageMessage': {
      const offers = numbered([...event.quickReplies, ...event.buttons]);
      return {
        who: names.receiver(event.appId),
        does: 'says',
        what: event.text,
        tone: 'speech',
        ...(offers === '' ? {} : { more: [{ does: 'offers', what: offers }] }),
      };
    }
    case 'ownershipChanged': {
      const cause = `${causes[event.cause]}${event.guessed ? ' (guessed)' : ''}`;
      const what = `${names.receiver(event.from)} → ${names.receiver(event.to)}: ${cause}`;
      return { who: 'the thread', does: 'moves', what, tone: 'ownership' };
    }
    case 'inboxAction':
      // A reply shows as a message of its own.
      return event.action === 'reply'
        ? undefined
        : { who: 'an agent', does: 'acts', what: agentDoes[event.action], tone: 'action' };
    case 'metaAiAction': {
      const note = event.note === undefined ? '' : `: "${event.note}"`;
      return { who: "Meta's AI", does: 'acts', what: `${metaAiDoes[event.action]}${note}`, tone: 'action' };
    }
    case 'notice':
      return { who: 'Messenger', does: 'notes', what: event.text, tone: 'action' };
    case 'metaAiChanged':
      return { who: 'the Page', does: 'has', what: `Meta's AI ${event.metaAi} now`, tone: 'action' };
    case 'folderChanged':
      return {
        who: 'page inbox',
        does: 'shows',
        what: `the conversation in the folder ${event.folder}`,
        tone: 'action',
      };
    case 'senderAction':
      return { who: names.receiver(event.appId), does: 'shows', what: event.action, tone: 'delivery' };
    case 'customerAdded':
      return { who: event.name, does: 'comes', what: 'as a new customer', tone: 'action' };
    case 'modeChanged':
      return { who: 'the Page', does: 'follows', what: `the rules of mode ${event.mode} now`, tone: 'action' };
    case 'rolesChanged':
      return {
        who: 'the Page',
        does: 'has',
        what: `${names.receiver(event.primaryAppId)} as primary receiver or default app now`,
        tone: 'action',
      };
    case 'clockAdvanced':
      return { who: 'the clock', does: 'moves', what: `${durationOf(event.ms)} ahead`, tone: 'action' };
    case 'reset':
      return { who: 'Messenger', does: 'begins', what: 'from the beginning', tone: 'action' };
    case 'webhookFailed':
      return troubleOf(names.receiver(event.appId), `did not take the webhook ${event.kind}: ${event.because}`);
    case 'webhookPostponed':
      return troubleOf(
        names.receiver(event.appId),
        `gets the webhook ${event.kind} again in ${durationOf(event.pauseMs)}`,
      );
    case 'webhooksFailing':
      return troubleOf(names.receiver(event.appId), 'has taken no webhook for a quarter of an hour');
    case 'webhooksDisabled':
      return troubleOf(names.receiver(event.appId), 'has taken no webhook for an hour and is unsubscribed');
    case 'webhookGaveUp':
      return troubleOf(names.receiver(event.appId), `loses the webhook ${event.kind} after ${event.attempts} tries`);
    case 'webhookNotSent':
      return troubleOf(names.receiver(event.appId), `does not get the webhook ${event.kind}: ${event.because}`);
    case 'notModelled':
      return troubleOf('emulator', `does not know ${event.method} ${event.path}: ${event.what}`);
    case 'internalError':
      return troubleOf('emulator', event.because);
    case 'webhookNotSubscribed':
      return troubleOf(
        names.receiver(event.appId),
        `does not get the webhook ${event.kind} without the field ${event.field}`,
      );
    case 'faultInjected':
    case 'faultUsed':
    case 'customerReaction':
    case 'customerReceipt':
    case 'conversationSeen':
    case 'customerReferral':
    case 'customerOptIn':
    case 'entryPointsChanged':
    case 'switchesChanged':
    case 'subscriptionChanged':
    case 'profileChanged':
      return undefined;
    case 'webhookRegistered':
      return {
        who: names.receiver(event.appId),
        does: 'gets',
        what: `its webhooks at ${event.callbackUrl} from now on`,
        tone: 'action',
      };
    default:
      return azureRow(event);
  }
}

/** `1 this   2 that`, which breaks only between two of them. */
export const numbered = (titles: readonly string[]): string =>
  titles.map((title, index) => `${index + 1} ${title}`.replaceAll(' ', '\u00a0')).join('\u00a0\u00a0 ');

const troubleOf = (who: string, what: string): Row => ({ who, does: 'trouble', what, tone: 'trouble' });

/** Of Azure's channel only what goes wrong: everything else shows as webhooks and messages. */
function azureRow(event: Extract<Other, { readonly type: `${string}.${string}` }>): Row | undefined {
  const { type, outcome, status } = event;
  if (type === 'azureChannel.activitySent' && !(outcome === 'answered' && Number(status) < 300)) {
    const how = outcome === 'answered' ? `it answered ${String(status)}` : String(outcome);
    return troubleOf('Azure', `could not deliver an activity to a bot: ${how}`);
  }
  if (type === 'azureChannel.tokenRefused') return troubleOf('Azure', `refuses a token: ${String(event['error'])}`);
  if (type === 'azureChannel.connectorRefused') {
    return troubleOf('Azure', `refuses a call of a bot: ${String(status)} ${String(event['code'])}`);
  }
  return undefined;
}

export function durationOf(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (ms < 60_000) return `${ms / 1000} s`;
  const hours = Math.floor(minutes / 60);
  return [hours > 0 ? `${hours} h` : '', minutes % 60 > 0 ? `${minutes % 60} min` : ''].filter(Boolean).join(' ');
}
