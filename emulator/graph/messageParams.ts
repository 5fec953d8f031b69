import type { OfferedButton } from '../core/commands.ts';
import type { Attachment } from '../core/state.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { readAttachment } from './attachmentParams.ts';
import { ParameterError, type GraphCall } from './graphCall.ts';
import { membersParam, objectParam, stringParam } from './graphParams.ts';
import { readOffer } from './offerParams.ts';
import { readUtility } from './utilityMessage.ts';

/** Limits of the Send API. Source: https://developers.facebook.com/docs/messenger-platform/send-messages/quick-replies */
const maxText = 2000;
const maxMetadata = 1000;
const maxQuickReplies = 13;

/** What Meta has in a message and the emulator has not. */
const missing: readonly string[] = ['attachments', 'is_hidden', 'dynamic_text'];

export interface MessageParams {
  readonly text: string;
  readonly quickReplies: readonly OfferedButton[];
  readonly buttons: readonly OfferedButton[];
  readonly attachments?: readonly Attachment[];
  readonly metadata?: string;
}

/** Reads `message`. Throws a `ParameterError` for what Meta refuses and for what the emulator does not model. */
export function readMessage(message: JsonObject, call: GraphCall): MessageParams {
  for (const key of Object.keys(message)) {
    if (missing.includes(key)) throw new ParameterError(`message.${key} is not modelled.`, 'notModelled');
    if (!['text', 'quick_replies', 'metadata', 'attachment', 'template'].includes(key)) call.passOver(`message.${key}`);
  }
  const metadata = stringParam(message, 'metadata');
  if (metadata !== undefined && metadata.length > maxMetadata) {
    throw new ParameterError(`message.metadata may have at most ${maxMetadata} characters.`);
  }
  return {
    ...readContent(message, call),
    quickReplies: readQuickReplies(membersParam(message, 'quick_replies')),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

type Content = Pick<MessageParams, 'text' | 'buttons' | 'attachments'>;

/** One of text, attachment and template; the last in utility messages, and there nothing else. */
function readContent(message: JsonObject, call: GraphCall): Content {
  const attached = objectParam(message, 'attachment');
  const template = objectParam(message, 'template');
  const text = stringParam(message, 'text');
  const isUtility = call.params['messaging_type'] === 'UTILITY';
  if (isUtility !== (template !== undefined)) {
    throw new ParameterError('messaging_type UTILITY and message.template go together.');
  }
  if ([attached, template, text].filter((content) => content !== undefined).length !== 1) {
    throw new ParameterError('message needs either text or an attachment.');
  }
  if (template !== undefined) return readUtility(template, call);
  return attached === undefined ? { text: checkedText(text ?? ''), buttons: [] } : withAttachment(attached, call);
}

function withAttachment(attached: JsonObject, call: GraphCall): Content {
  const { attachment, text, buttons } = readAttachment(attached, call);
  return { text, buttons, attachments: [attachment] };
}

function checkedText(text: string): string {
  if (text === '') throw new ParameterError('message.text may not be empty.');
  if (text.length > maxText) throw new ParameterError('message.text is too long.', 'textTooLong');
  return text;
}

/** What Messenger offers by itself; it is the same for every customer here, and made up. */
const knownToMessenger: ReadonlyMap<string, string> = new Map([
  ['user_email', 'customer@example.com'],
  ['user_phone_number', '+15555550100'],
]);

function readQuickReplies(value: readonly unknown[] | undefined): readonly OfferedButton[] {
  if (value === undefined) return [];
  if (value.length === 0) throw new ParameterError('quick_replies has to be a list that is not empty.');
  if (value.length > maxQuickReplies) {
    throw new ParameterError(`quick_replies may have at most ${maxQuickReplies} members.`);
  }
  return value.map((reply) => {
    if (!isJsonObject(reply)) throw new ParameterError('A quick reply has to be an object.');
    const kind = stringParam(reply, 'content_type');
    const known = knownToMessenger.get(kind ?? '');
    if (known !== undefined) return { title: known, payload: known };
    if (kind !== 'text') throw new ParameterError('content_type of a quick reply has to be text.');
    return readOffer(reply, 'quick reply');
  });
}
