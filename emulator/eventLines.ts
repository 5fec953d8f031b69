import type { EmulatorEvent } from './trace/emulatorEvent.ts';

/** How the lines call those who take part. */
export interface EventNames {
  /** An app by its id, or whoever else can own a thread; `null` is nobody. */
  receiver(appId: string | null | undefined): string;
  customer(psid: string): string;
  /** A bot by its app id at Azure, with the address that Azure's channel posts to. */
  bot(botAppId: string): { readonly name: string; readonly endpoint: string };
  /** Where the webhooks of an app go. */
  callback(appId: string): string;
}

type AddedEvent = Extract<EmulatorEvent, { readonly type: `${string}.${string}` }>;

/** What an event tells, in one line for people; undefined for what another event tells better. */
export function eventLine(event: EmulatorEvent, names: EventNames): string | undefined {
  const who = (appId: string | null | undefined): string => names.receiver(appId);
  switch (event.type) {
    case 'customerMessage': {
      const files = (event.attachments ?? []).map(({ type }) => ` and sends a file: ${type}`).join('');
      if (event.unsupported) return `${names.customer(event.psid)} sends something that Messenger does not pass on`;
      const does = event.quickReplyPayload === undefined ? 'says' : 'taps';
      return `${names.customer(event.psid)} ${does} ${quoted(event.text)}${files}`;
    }
    case 'customerPostback':
      return `${names.customer(event.psid)} taps ${quoted(event.title)}`;
    case 'customerReaction':
      return `${names.customer(event.psid)} ${event.action === 'react' ? 'reacts' : 'no longer reacts'} with ${event.reaction}`;
    case 'customerReceipt':
      return `${names.customer(event.psid)} has ${event.receipt === 'read' ? 'read' : 'received'} what the Page said`;
    case 'customerReferral': {
      const { ref, adId } = event;
      const what = adId === undefined ? 'a link' : `the ad ${shown(adId)}`;
      return `${names.customer(event.psid)} follows ${what}${ref === undefined ? '' : ` with ref ${quoted(ref)}`}`;
    }
    case 'customerOptIn':
      return `${names.customer(event.psid)} opts in to ${quoted(event.payload)}`;
    case 'customerAdded':
      return `customer ${event.psid} is new: ${quoted(event.name)}`;
    case 'pageMessage': {
      const offers = [...event.quickReplies, ...event.buttons].map(quoted).join(', ');
      return `${who(event.appId)} says ${quoted(event.text)}${offers === '' ? '' : `, offers ${offers}`}`;
    }
    case 'senderAction':
      return `${who(event.appId)} shows ${event.action}`;
    case 'inboxAction':
      // A reply is a message of the Page too.
      return event.action === 'reply' ? undefined : `an agent clicks ${agentClicks[event.action]}`;
    case 'metaAiAction': {
      const note = event.note === undefined ? '' : `: ${quoted(event.note)}`;
      return `Meta's AI ${metaAiDoes[event.action]}${note}`;
    }
    case 'notice':
      return `Messenger notes ${quoted(event.text)}`;
    case 'conversationSeen':
      return `an agent has seen what ${names.customer(event.psid)} wrote`;
    case 'folderChanged':
      return `the conversation of ${names.customer(event.psid)} is in the folder ${event.folder}`;
    case 'ownershipChanged': {
      const guessed = event.guessed ? ', guessed' : '';
      return `the thread of ${names.customer(event.psid)} moves: ${who(event.from)} → ${who(event.to)} (${event.cause}${guessed})`;
    }
    case 'refused':
      return `refused to ${who(event.by)}: ${event.command}, because ${event.because}${event.guessed ? ' (guessed)' : ''}`;
    case 'graphCall': {
      // A message that was sent shows as what was said.
      if (event.path.endsWith('/messages') && event.status === 200) return undefined;
      const caller = event.appId === undefined ? 'somebody' : who(event.appId);
      return `${caller} calls ${event.method} ${shown(event.path)}: ${event.status ?? 'the connection was cut'}${refusalIn(event.answer)}`;
    }
    case 'webhookDelivered':
      // The receipt itself tells it better.
      if (event.kind === 'read' || event.kind === 'delivery') return undefined;
      return `webhook ${event.kind} to ${who(event.appId)} on ${event.channel}: ${event.status}`;
    case 'webhookFailed': {
      const what = `webhook ${event.kind} to ${who(event.appId)}`;
      return event.status === undefined
        ? `${what}: cannot be reached at ${names.callback(event.appId)}. ${event.because}`
        : `${what}: refused with ${event.status} at ${names.callback(event.appId)}`;
    }
    case 'webhookPostponed':
      return `webhook ${event.kind} to ${who(event.appId)} is tried again in ${Math.round(event.pauseMs / 1000)} s`;
    case 'webhookGaveUp':
      return `webhook ${event.kind} to ${who(event.appId)} is given up after ${event.attempts} tries`;
    case 'webhookNotSent':
      return `webhook ${event.kind} to ${who(event.appId)} is not sent: ${event.because}`;
    case 'webhookNotSubscribed':
      return `webhook ${event.kind} to ${who(event.appId)} is not sent: the app is not subscribed to ${event.field}`;
    case 'webhooksFailing':
      return `${who(event.appId)} has taken no webhook for a quarter of an hour`;
    case 'webhooksDisabled':
      return `${who(event.appId)} has taken no webhook for an hour and is unsubscribed`;
    case 'webhookRegistered':
      return `webhooks of ${who(event.appId)} go to ${event.callbackUrl}`;
    case 'subscriptionChanged':
      return `${who(event.appId)} is subscribed to ${event.fields === null ? 'nothing' : event.fields.join(', ')}`;
    case 'profileChanged':
      return `${who(event.appId)} changes its profile: ${event.properties.join(', ')}`;
    case 'rolesChanged':
      return `${who(event.primaryAppId)} is the primary receiver or default app`;
    case 'modeChanged':
      return `the mode is ${event.mode}`;
    case 'metaAiChanged':
      return `Meta's AI is ${event.metaAi}`;
    case 'entryPointsChanged':
      return 'the entry points are changed';
    case 'switchesChanged':
      return 'the switches are changed';
    case 'clockAdvanced':
      return `the clock goes ${event.ms} ms forward`;
    case 'faultInjected':
      return `fault ${event.faultId} waits for ${event.times} of its calls`;
    case 'faultUsed':
      return `fault ${event.faultId} strikes`;
    case 'notModelled':
      return `not emulated: ${event.method} ${shown(event.path)}, ${event.what}`;
    case 'internalError':
      return `the emulator itself failed: ${event.because}`;
    case 'reset':
      return 'everything is back at the beginning';
    default:
      return addedLine(event, names);
  }
}

const metaAiDoes = {
  take: 'takes the conversation',
  passBack: 'passes the conversation back',
  letGo: 'gives the conversation back, without an event',
} as const;

const agentClicks = { markAsDone: 'Mark as done', moveToMain: 'Move to Main' } as const;

/** What Azure's channel does, and nothing of parts that are not known here. */
function addedLine(event: AddedEvent, names: EventNames): string | undefined {
  const text = (field: string): string => {
    const value = event[field];
    return typeof value === 'string' || typeof value === 'number' ? shown(String(value)) : '';
  };
  const { name, endpoint } = names.bot(text('botAppId') || text('clientId'));
  switch (event.type) {
    case 'azureChannel.activitySent':
      return `activity ${text('activityName') || text('activityType')} to the bot of ${name}${deliveryOf(event, endpoint)}`;
    case 'azureChannel.activityReceived':
      // What was sent on shows as what was said.
      return event['outcome'] === 'sent' && event['reason'] === undefined
        ? undefined
        : `activity ${text('activityName') || text('activityType')} of the bot of ${name} is ${text('outcome')}: ${text('status')} ${text('reason')}`;
    case 'azureChannel.connectorRefused':
      return `Azure refuses a call of the bot of ${name}: ${text('status')} ${text('code')}`;
    case 'azureChannel.tokenIssued':
      return `Azure gives the bot of ${name} a token`;
    case 'azureChannel.tokenRefused':
      return `Azure refuses the bot of ${name} a token: ${text('error')}`;
    case 'azureChannel.webhookIgnored':
      return `Azure makes no activity for the bot of ${name}: ${text('reason')}`;
    default:
      return undefined;
  }
}

function deliveryOf(event: AddedEvent, endpoint: string): string {
  switch (event['outcome']) {
    case 'answered': {
      const { status } = event;
      return typeof status === 'number' && status < 300
        ? `: ${status}`
        : `: refused with ${String(status)} at ${endpoint}`;
    }
    case 'gaveUp':
      return `: no answer in time from ${endpoint}`;
    case 'noEndpoint':
      return ': it has no address';
    default:
      return `: cannot be reached at ${endpoint}`;
  }
}

/** Meta's code and sentence, when the answer is an error. */
function refusalIn(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return '';
  const { error } = answer;
  if (typeof error !== 'object' || error === null) return '';
  const code = 'code' in error ? ` refused with code ${String(error.code)}` : ' refused';
  const subcode = 'error_subcode' in error ? `/${String(error.error_subcode)}` : '';
  return `,${code}${subcode}${'message' in error ? `: ${shown(String(error.message))}` : ''}`;
}

const longest = 160;

/** Not too long. What moves the cursor of a terminal is taken out of the whole line by whoever prints it. */
const shown = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest - 1)}…`);

const quoted = (text: string): string => `"${shown(text)}"`;
