import { idAt, isJsonObject, listAt, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { TranslationOptions } from './translationOptions.ts';

interface Account {
  readonly id: string;
}

interface Reaction {
  readonly type: string;
}

export interface ActivityAttachment {
  readonly contentType: string;
  readonly contentUrl: string;
}

/** An activity as the Facebook channel gives it to a bot. */
export interface FacebookActivity {
  readonly type: 'message' | 'event' | 'conversationUpdate' | 'messageReaction';
  readonly id: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly channelId: 'facebook';
  readonly serviceUrl: string;
  readonly name?: string;
  readonly text?: string;
  readonly attachments?: ActivityAttachment[];
  readonly from?: Account;
  readonly recipient?: Account;
  readonly conversation?: Account;
  readonly channelData?: unknown;
  readonly value?: unknown;
  readonly membersAdded?: readonly Account[];
  readonly reactionsAdded?: readonly Reaction[];
  readonly reactionsRemoved?: readonly Reaction[];
  /** The message of a reaction. */
  readonly replyToId?: string;
}

export interface Translated {
  readonly activity: FacebookActivity;
  /** The conversations it tells about, whether it says so or not. */
  readonly conversations: readonly string[];
  /** Set when nobody has published what the channel makes of such an event. */
  readonly guessed?: true;
}

export interface TranslationContext {
  readonly serviceUrl: string;
  /** Now, in milliseconds since 1970. */
  readonly now: number;
  /** An id for an activity whose event has none. */
  readonly nextId: () => string;
  /** Whether nothing came from this conversation before; asked once for each thing that a customer does. */
  readonly isNew: (conversationId: string) => boolean;
  readonly options: TranslationOptions;
}

/** What one entry of a webhook comes to. */
export interface EntryTranslation {
  readonly activities: readonly Translated[];
  /** One sentence for each thing that is not forwarded. */
  readonly ignored: readonly string[];
}

/** What an entry has that the channel reads. */
const known = ['messaging', 'standby'];

const turnedRound = (conversationId: string): string => conversationId.split('-').toReversed().join('-');

const conversationIdOf = (psid: string, pageId: string): string => `${psid}-${pageId}`;

/** The conversation of an item, whichever side spoke. Nothing for events about the Page itself. */
function conversationOf(item: unknown, pageId: string): string | undefined {
  const sender = idAt(objectAt(item, 'sender'), 'id');
  const psid = sender === pageId ? idAt(objectAt(item, 'recipient'), 'id') : sender;
  return psid === undefined ? undefined : conversationIdOf(psid, pageId);
}

/** Messenger's word for the kind becomes the content type, a guess: no recorded activity tells. */
const attachmentsOf = (message: JsonObject): ActivityAttachment[] =>
  listAt(message, 'attachments').flatMap((attachment) => {
    const contentUrl = textAt(objectAt(attachment, 'payload'), 'url');
    return contentUrl === undefined ? [] : [{ contentType: textAt(attachment, 'type') ?? 'file', contentUrl }];
  });

/**
 * Turns one entry of a Messenger webhook into activities, in the order of the entry: one for each item of `messaging`, one
 * for all items of `standby` together.
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-service-channel-connect-facebook,
 * https://github.com/microsoft/BotFramework-Samples (blog-samples/CSharp/FacebookHandover),
 * https://github.com/BotBuilderCommunity/botbuilder-community-dotnet/issues/7 (the standby activity)
 */
export function translateEntry(entry: JsonObject, pageId: string, context: TranslationContext): EntryTranslation {
  const { options } = context;
  const activities: Translated[] = [];
  const ignored: string[] = [];

  const base = (id?: string): Pick<FacebookActivity, 'id' | 'timestamp' | 'channelId' | 'serviceUrl'> => ({
    id: id ?? context.nextId(),
    timestamp: new Date(context.now).toISOString(),
    channelId: 'facebook',
    serviceUrl: context.serviceUrl,
  });

  const address = (item: JsonObject): Pick<FacebookActivity, 'from' | 'recipient' | 'conversation'> => {
    const from = idAt(objectAt(item, 'sender'), 'id');
    const recipient = idAt(objectAt(item, 'recipient'), 'id');
    const conversation = conversationOf(item, pageId);
    return {
      ...(from !== undefined && { from: { id: from } }),
      ...(recipient !== undefined && { recipient: { id: recipient } }),
      ...(conversation !== undefined && { conversation: { id: conversation } }),
    };
  };

  const add = (activity: FacebookActivity, items: readonly unknown[], guess: 'known' | 'guessed' = 'known'): void => {
    const conversations = new Set(items.map((item) => conversationOf(item, pageId) ?? pageId));
    activities.push({ activity, conversations: [...conversations], ...(guess === 'guessed' && { guessed: true }) });
  };

  const addEvent = (item: JsonObject): void =>
    add({ type: 'event', ...base(), ...address(item), value: item }, [item], 'guessed');

  const addEchoEvent = (item: JsonObject): void => {
    const { conversation, ...ends } = address(item);
    const turned = conversation === undefined ? {} : { conversation: { id: turnedRound(conversation.id) } };
    add({ type: 'event', name: 'echo', ...base(), ...ends, ...turned, text: JSON.stringify(item) }, [item]);
  };

  /** The customer and the bot, which has the ids of both as its own: a bot that greets everybody but itself greets twice. */
  const addMembers = (item: JsonObject): void => {
    const { from, conversation, ...where } = address(item);
    if (options.membersAdded === 'never' || conversation === undefined || !context.isNew(conversation.id)) return;
    const membersAdded = [...(from === undefined ? [] : [from]), { id: conversation.id }];
    add({ type: 'conversationUpdate', ...base(), from, conversation, ...where, membersAdded }, [item], 'guessed');
  };

  const addReaction = (item: JsonObject, reaction: JsonObject): void => {
    const type = textAt(reaction, 'reaction') ?? 'other';
    const list =
      textAt(reaction, 'action') === 'unreact' ? { reactionsRemoved: [{ type }] } : { reactionsAdded: [{ type }] };
    const about = { replyToId: textAt(reaction, 'mid') ?? '', channelData: item };
    add({ type: 'messageReaction', ...base(), ...address(item), ...list, ...about }, [item], 'guessed');
  };

  const addMessage = (item: JsonObject, message: JsonObject): void => {
    const echo = message['is_echo'] === true;
    if (echo && options.echoes === 'drop') {
      ignored.push('An echo is not forwarded.');
      return;
    }
    if (echo && options.echoes === 'event') {
      addEchoEvent(item);
      return;
    }
    if (!echo) addMembers(item);
    const guess = echo || 'admin_text' in message;
    const attachments = attachmentsOf(message);
    const activity: FacebookActivity = {
      type: 'message',
      ...base(textAt(message, 'mid')),
      ...address(item),
      ...(typeof message['text'] === 'string' && { text: message['text'] }),
      ...(attachments.length > 0 && { attachments }),
      channelData: item,
    };
    add(activity, [item], guess || attachments.length > 0 ? 'guessed' : 'known');
  };

  const addPostback = (item: JsonObject, postback: JsonObject): void => {
    addMembers(item);
    if (options.postbackAs === 'event') {
      add({ type: 'event', ...base(textAt(postback, 'mid')), ...address(item), value: item }, [item], 'guessed');
      return;
    }
    // That the text is the payload is what authors of bots report; it is not in Microsoft's pages.
    const text = textAt(postback, 'payload') ?? textAt(postback, 'title');
    const activity: FacebookActivity = {
      type: 'message',
      ...base(textAt(postback, 'mid')),
      ...address(item),
      ...(text !== undefined && { text }),
      channelData: item,
    };
    add(activity, [item]);
  };

  const addMessaging = (item: unknown): void => {
    if (!isJsonObject(item)) {
      ignored.push('An item that is no object is not forwarded.');
      return;
    }
    const message = objectAt(item, 'message');
    const postback = objectAt(item, 'postback');
    const reaction = options.reactionAs === 'messageReaction' ? objectAt(item, 'reaction') : undefined;
    if (message !== undefined) addMessage(item, message);
    else if (postback !== undefined) addPostback(item, postback);
    else if (reaction !== undefined) addReaction(item, reaction);
    else if ('pass_thread_control' in item || 'take_thread_control' in item) {
      add({ type: 'conversationUpdate', ...base(), ...address(item), channelData: item }, [item]);
    } else if ('request_thread_control' in item) {
      const where = options.requestAddress === 'present' ? address(item) : {};
      add({ type: 'event', ...base(), ...where, value: item }, [item]);
    } else if (('read' in item || 'delivery' in item) && options.receipts === 'drop') {
      ignored.push(`A ${'read' in item ? 'read' : 'delivery'} receipt is not forwarded.`);
    } else addEvent(item);
  };

  /** One event for all of an entry, or where events have an address, one for each conversation. */
  const addStandby = (items: readonly unknown[]): void => {
    if (options.standbyAddress === 'missing') {
      addStandbyEvent(items, {});
      return;
    }
    const byConversation = Map.groupBy(items, (item) => conversationOf(item, pageId));
    for (const theirs of byConversation.values()) {
      const [first] = theirs;
      addStandbyEvent(theirs, isJsonObject(first) ? address(first) : {}, 'guessed');
    }
  };

  const addStandbyEvent = (items: readonly unknown[], where: ReturnType<typeof address>, guess?: 'guessed'): void => {
    const envelope = { id: entry['id'], time: entry['time'] };
    const payload: Pick<FacebookActivity, 'channelData' | 'value'> =
      options.standbyShape === 'array'
        ? { channelData: { ...envelope, standby: items }, value: items }
        : { value: { ...envelope, [options.standbyShape]: items } };
    add({ type: 'event', name: 'standby', ...base(), ...where, ...payload }, items, guess);
  };

  const isEcho = (item: unknown): boolean => objectAt(item, 'message')?.['is_echo'] === true;
  for (const item of listAt(entry, 'messaging')) addMessaging(item);
  const standby = listAt(entry, 'standby');
  const apart = options.standbyEchoes === 'asEchoes' ? standby.filter(isEcho) : [];
  const together = standby.filter((item) => !apart.includes(item));
  if (together.length > 0) addStandby(together);
  for (const item of apart) addMessaging(item);
  for (const list of Object.keys(entry).filter((key) => !known.includes(key) && Array.isArray(entry[key]))) {
    ignored.push(`The list ${list} is not forwarded: what Azure makes of it is not known.`);
  }
  return { activities, ignored };
}
