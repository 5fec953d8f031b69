import type { OfferedButton } from '../core/commands.ts';
import type { Attachment } from '../core/state.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { ParameterError, type GraphCall } from './graphCall.ts';
import { membersParam, objectParam, stringParam } from './graphParams.ts';
import { readOffer, readTitle } from './offerParams.ts';

/** Limits of templates. Source: https://developers.facebook.com/docs/messenger-platform/reference/templates */
const maxButtonText = 640;
const maxButtons = 3;
const maxElements = 10;
const maxElementText = 80;

export interface AttachmentParams {
  readonly attachment: Attachment;
  /** What stands in the conversation as text: that of a button template. */
  readonly text: string;
  readonly buttons: readonly OfferedButton[];
}

/** Reads `message.attachment`: a file by its address or its bytes, or a template. */
export function readAttachment(attachment: JsonObject, call: GraphCall): AttachmentParams {
  const type = stringParam(attachment, 'type');
  const payload = objectParam(attachment, 'payload') ?? {};
  switch (type) {
    case 'image':
    case 'video':
    case 'audio':
    case 'file':
      return { attachment: { type, payload: { url: readFile(payload, call) } }, text: '', buttons: [] };
    case 'template':
      return readTemplate(payload);
    default:
      throw new ParameterError('attachment.type has to be one of image, video, audio, file, template.');
  }
}

/**
 * The address of a file; one that came with the call gets an address of the emulator. `is_reusable` is accepted and ignored: the answer
 * has no `attachment_id`.
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/saving-assets
 */
function readFile(payload: JsonObject, { files, keepFile }: GraphCall): string {
  if (payload['attachment_id'] !== undefined) {
    throw new ParameterError('Reusable attachments (attachment_id) are not modelled; send a url.', 'notModelled');
  }
  const uploaded = files.get('filedata');
  if (uploaded !== undefined && payload['url'] === undefined) return keepFile(uploaded).url;
  return readUrl(payload, 'url', 'attachment');
}

function readUrl(from: JsonObject, name: string, what: string): string {
  const text = stringParam(from, name);
  const url = text === undefined ? null : URL.parse(text);
  if (text === undefined || url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ParameterError(`${name} of an ${what} has to be an http or https address.`);
  }
  return text;
}

function readTemplate(payload: JsonObject): AttachmentParams {
  const kind = stringParam(payload, 'template_type');
  switch (kind) {
    case 'button': {
      const text = shortText(payload, 'text', maxButtonText, 'button template');
      const buttons = readButtons(membersParam(payload, 'buttons'), 'A button template');
      return { attachment: { type: 'template', payload: withShownTitles(payload) }, text, buttons };
    }
    case 'generic': {
      const given = membersParam(payload, 'elements');
      const buttons = readElements(given);
      const elements = objectsIn(given).map(withShownTitles);
      return { attachment: { type: 'template', payload: { ...payload, elements } }, text: '', buttons };
    }
    default:
      throw new ParameterError('Of templates only button and generic are modelled.', 'notModelled');
  }
}

/** With the titles of its buttons as a phone shows them, and so as they come back when they are tapped. */
function withShownTitles(buttoned: JsonObject): JsonObject {
  const buttons = objectsIn(membersParam(buttoned, 'buttons')).map((button) => ({
    ...button,
    title: readTitle(button, 'button'),
  }));
  return buttons.length === 0 ? buttoned : { ...buttoned, buttons };
}

const objectsIn = (members: readonly unknown[] = []): readonly JsonObject[] => members.filter(isJsonObject);

function readElements(elements: readonly unknown[] = []): readonly OfferedButton[] {
  if (elements.length === 0 || elements.length > maxElements) {
    throw new ParameterError(`A generic template has 1 to ${maxElements} elements.`);
  }
  return elements.flatMap((element) => {
    if (!isJsonObject(element)) throw new ParameterError('An element of a generic template has to be an object.');
    shortText(element, 'title', maxElementText, 'element');
    if (element['subtitle'] !== undefined) shortText(element, 'subtitle', maxElementText, 'element');
    if (element['image_url'] !== undefined) readUrl(element, 'image_url', 'element');
    const tapped = objectParam(element, 'default_action');
    if (tapped !== undefined) {
      if (tapped['type'] !== 'web_url') throw new ParameterError('default_action has to be of type web_url.');
      readUrl(tapped, 'url', 'action');
    }
    return element['buttons'] === undefined ? [] : readButtons(membersParam(element, 'buttons'), 'An element');
  });
}

function shortText(from: JsonObject, name: string, most: number, what: string): string {
  const text = stringParam(from, name) ?? '';
  if (text === '') throw new ParameterError(`${name} of the ${what} may not be empty.`);
  if (text.length > most) throw new ParameterError(`${name} of the ${what} may have at most ${most} characters.`);
  return text;
}

/** Every button is checked; only those that come back as a postback can be tapped. */
function readButtons(buttons: readonly unknown[] = [], what: string): readonly OfferedButton[] {
  if (buttons.length === 0 || buttons.length > maxButtons) {
    throw new ParameterError(`${what} has 1 to ${maxButtons} buttons.`);
  }
  return buttons.flatMap((button) => {
    const type = isJsonObject(button) ? stringParam(button, 'type') : undefined;
    if (!isJsonObject(button) || type === undefined)
      throw new ParameterError('A button has to be an object with a type.');
    switch (type) {
      case 'postback':
        return [readOffer(button, 'button')];
      case 'web_url':
        readTitle(button, 'button');
        readUrl(button, 'url', 'address button');
        return [];
      case 'phone_number':
        readOffer(button, 'button');
        return [];
      default:
        throw new ParameterError(
          'Of buttons only those of type postback, web_url and phone_number are modelled.',
          'notModelled',
        );
    }
  });
}
