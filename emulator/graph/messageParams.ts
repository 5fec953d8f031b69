import type { OfferedButton } from '../core/commands.ts';
import { isObject, type JsonObject } from '../http/requestBody.ts';
import { ParameterError } from './graphCall.ts';
import { objectParam, stringParam } from './graphParams.ts';

/** Limits of the Send API. Source: https://developers.facebook.com/docs/messenger-platform/send-messages/quick-replies */
const maxText = 2000;
const maxMetadata = 1000;
const maxQuickReplies = 13;
const maxTitle = 20;
const maxPayload = 1000;
const maxButtons = 3;

export interface MessageParams {
  readonly text: string;
  readonly quickReplies: readonly OfferedButton[];
  readonly buttons: readonly OfferedButton[];
  readonly metadata?: string;
}

/** Reads `message`. Throws a `ParameterError` for what Meta refuses and for what the emulator does not model. */
export function readMessage(message: JsonObject): MessageParams {
  for (const key of Object.keys(message)) {
    if (!['text', 'quick_replies', 'metadata', 'attachment'].includes(key)) {
      throw new ParameterError(`message.${key} is not modelled.`, 'notModelled');
    }
  }
  const metadata = stringParam(message, 'metadata');
  if (metadata !== undefined && metadata.length > maxMetadata) {
    throw new ParameterError(`message.metadata may have at most ${maxMetadata} characters.`);
  }
  const template = objectParam(message, 'attachment');
  const text = stringParam(message, 'text');
  if ((template === undefined) === (text === undefined)) {
    throw new ParameterError('message needs either text or an attachment.');
  }
  return {
    ...(template === undefined ? { text: checkedText(text ?? ''), buttons: [] } : readButtonTemplate(template)),
    quickReplies: readQuickReplies(message['quick_replies']),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function checkedText(text: string): string {
  if (text === '') throw new ParameterError('message.text may not be empty.');
  if (text.length > maxText) throw new ParameterError('message.text is too long.', 'textTooLong');
  return text;
}

function readQuickReplies(value: unknown): readonly OfferedButton[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0) throw new ParameterError('quick_replies has to be a list of some.');
  if (value.length > maxQuickReplies) {
    throw new ParameterError(`quick_replies may have at most ${maxQuickReplies} members.`);
  }
  return value.map((reply: unknown) => {
    if (!isObject(reply)) throw new ParameterError('A quick reply has to be an object.');
    const kind = stringParam(reply, 'content_type');
    if (kind === 'user_phone_number' || kind === 'user_email') {
      throw new ParameterError(`Quick replies of content_type ${kind} are not modelled.`, 'notModelled');
    }
    if (kind !== 'text') throw new ParameterError('content_type of a quick reply has to be text.');
    return readOffer(reply, 'quick reply');
  });
}

/** Meta cuts a long title; it refuses a long payload. */
function readOffer(offer: JsonObject, what: string): OfferedButton {
  const title = stringParam(offer, 'title') ?? '';
  const payload = stringParam(offer, 'payload') ?? '';
  if (title === '') throw new ParameterError(`A ${what} needs a title.`);
  if (payload === '') throw new ParameterError(`A ${what} needs a payload.`);
  if (payload.length > maxPayload) {
    throw new ParameterError(`The payload of a ${what} may have at most ${maxPayload} characters.`);
  }
  return { title: Array.from(title).slice(0, maxTitle).join(''), payload };
}

function readButtonTemplate(attachment: JsonObject): { text: string; buttons: readonly OfferedButton[] } {
  const payload = objectParam(attachment, 'payload') ?? {};
  if (attachment['type'] !== 'template' || payload['template_type'] !== 'button') {
    throw new ParameterError('Of attachments only the button template is modelled.', 'notModelled');
  }
  const buttons = payload['buttons'];
  if (!Array.isArray(buttons) || buttons.length === 0 || buttons.length > maxButtons) {
    throw new ParameterError(`A button template has 1 to ${maxButtons} buttons.`);
  }
  return {
    text: checkedText(stringParam(payload, 'text') ?? ''),
    buttons: buttons.map((button: unknown) => {
      if (!isObject(button) || button['type'] !== 'postback') {
        throw new ParameterError('Of buttons only those of type postback are modelled.', 'notModelled');
      }
      return readOffer(button, 'button');
    }),
  };
}
