import type { Activity, Middleware, Storage, Transcript, TurnContext } from 'botbuilder';
import { cutText } from '../../helpers/splitText.ts';
import { accountOf, conversationAccountOf, conversationIdOf } from '../../models/facebookActivity.ts';
import { present } from '../../models/present.ts';
import { readArray, readInteger, readProperty, readText } from '../../models/readJson.ts';
import { customerOf, facebookEventOf } from '../facebookTurn.ts';
import type { Thread } from '../threadNotes.ts';

export interface TranscriptsOptions {
  /** Keeps an item until its `until`, in milliseconds since 1970, and then deletes it. */
  storage: Storage;
  appId: string | undefined;
  /** For how long what was said is kept, in milliseconds. */
  keepMs: number;
  /** Milliseconds since 1970. */
  now: () => number;
}

const speakers = ['customer', 'bot', 'person', 'app', 'metaAi'] as const;
type Speaker = (typeof speakers)[number];

/** Something that was said. */
interface Line {
  by: Speaker;
  /** Milliseconds since 1970. */
  at: number;
  id?: string;
  text?: string;
  attachments?: readonly { contentType: string; contentUrl?: string; name?: string }[];
}

/** How many lines are told at most, the newest; and of each part of the time as many. */
const mostLines = 500;
const mostAttachments = 10;
const longestText = 2_000;

/** The time is divided into so many parts. A part is deleted whole, so nothing is kept for longer than it may, and some of it a little less long. */
const parts = 8;

/**
 * What was said in each conversation, by whomever, for the person who takes over. It is kept only if a setting says so, and for as long as it says.
 *
 * What a turn adds is committed with the turn. A turn that is given up leaves nothing.
 */
export class Transcripts implements Middleware {
  readonly #options: TranscriptsOptions;
  readonly #partMs: number;

  constructor(options: TranscriptsOptions) {
    this.#options = options;
    this.#partMs = Math.max(1, Math.floor(options.keepMs / parts));
  }

  async onTurn(context: TurnContext, next: () => Promise<void>): Promise<void> {
    const thread = customerOf(context);
    if (thread === undefined) return next();
    const lines = this.#heard(context);
    context.onSendActivities(async (_context, activities, send) => {
      const at = this.#options.now();
      const sent = await send();
      lines.push(...activities.flatMap((activity, index) => said(activity, at, sent[index]?.id)));
      return sent;
    });
    await next();
    if (lines.length > 0) await this.#add(thread, lines);
  }

  /** What was said in a conversation, the oldest first, in Bot Builder's form. */
  async of(thread: Thread): Promise<Transcript> {
    const now = this.#options.now();
    const current = Math.floor(now / this.#partMs);
    const keys = Array.from({ length: parts + 1 }, (_, back) => this.#keyOf(thread, current - parts + back));
    const items: unknown = await this.#options.storage.read(keys);
    const kept = keys.map((key) => readProperty(items, key)).filter((item) => (readInteger(item, 'until') ?? 0) > now);
    const lines = kept.flatMap(linesOf).slice(-mostLines);
    return { activities: lines.map((line) => activityOf(line, thread)) };
  }

  async #add(thread: Thread, lines: readonly Line[]): Promise<void> {
    const { storage, keepMs, now } = this.#options;
    const part = Math.floor(now() / this.#partMs);
    const key = this.#keyOf(thread, part);
    const item: unknown = (await storage.read([key]))[key];
    const all = [...linesOf(item), ...lines].slice(-mostLines);
    await storage.write({ [key]: { until: part * this.#partMs + keepMs, lines: all } });
  }

  /** What the turn's event says, whoever said it. */
  #heard(context: TurnContext): Line[] {
    const event = facebookEventOf(context);
    const at = event?.timestamp ?? this.#options.now();
    switch (event?.kind) {
      case 'message': {
        const attachments = event.attachments.slice(0, mostAttachments).map(({ type, url, title }) => {
          return { contentType: type, ...present('contentUrl', url), ...present('name', title) };
        });
        const text = present('text', cut(event.text));
        return [
          { by: 'customer', at, ...present('id', event.mid), ...text, ...(attachments.length > 0 && { attachments }) },
        ];
      }
      case 'postback':
        return [
          { by: 'customer', at, ...present('id', event.mid), ...present('text', cut(event.title ?? event.payload)) },
        ];
      case 'echo': {
        // The bot's own words were noted when they were sent.
        if (event.author === 'app' && event.appId === this.#options.appId) return [];
        return [{ by: event.author, at, ...present('id', event.mid), ...present('text', cut(event.text)) }];
      }
      default:
        return [];
    }
  }

  #keyOf({ pageId, psid }: Thread, part: number): string {
    const { appId = '' } = this.#options;
    return `thread notes/transcript ${part}/${appId}/${pageId}/${psid}`;
  }
}

/** What the bot said. Without an id it was not sent. */
function said(activity: Partial<Activity>, at: number, id: string | undefined): Line[] {
  if (activity.type !== 'message' || id === undefined || id === '') return [];
  const attachments = (activity.attachments ?? [])
    .slice(0, mostAttachments)
    .map(({ contentType, contentUrl, name }) => {
      // A picture may stand in its address. Only what can be looked up is of use.
      const url = contentUrl?.startsWith('http') === true ? contentUrl : undefined;
      return { contentType, ...present('contentUrl', url), ...present('name', name) };
    });
  return [
    { by: 'bot', at, id, ...present('text', cut(activity.text)), ...(attachments.length > 0 && { attachments }) },
  ];
}

function cut(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cutText(text, longestText);
}

function linesOf(item: unknown): Line[] {
  return readArray(item, 'lines').flatMap((json) => {
    const by = speakers.find((speaker) => speaker === readText(json, 'by'));
    const at = readInteger(json, 'at');
    if (by === undefined || at === undefined) return [];
    const attachments = readArray(json, 'attachments').map((one) => ({
      contentType: readText(one, 'contentType') ?? '',
      ...present('contentUrl', readText(one, 'contentUrl')),
      ...present('name', readText(one, 'name')),
    }));
    const text = { ...present('id', readText(json, 'id')), ...present('text', readText(json, 'text')) };
    return [{ by, at, ...text, ...(attachments.length > 0 && { attachments }) }];
  });
}

/** As Bot Builder has it. Everybody but the customer speaks for the Page, so the name tells who it was. */
function activityOf({ by, at, id, text, attachments }: Line, { pageId, psid }: Thread): Activity {
  const [customer, page] = [
    { ...accountOf(psid), role: 'user' },
    { ...accountOf(pageId), role: 'bot' },
  ];
  const isCustomer = by === 'customer';
  const activity: Partial<Activity> = {
    ...{ type: 'message', channelId: 'facebook', timestamp: new Date(at), ...present('id', id), text: text ?? '' },
    from: isCustomer ? customer : { ...page, name: by },
    recipient: isCustomer ? page : customer,
    conversation: conversationAccountOf(conversationIdOf(psid, pageId)),
    ...(attachments !== undefined && { attachments: [...attachments] }),
  };
  // Bot Builder's type wants fields that a stored activity has not.
  return activity as Activity;
}
