import type { OfferedButton } from '../core/commands.ts';
import type { Attachment } from '../core/state.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { ParameterError, type GraphCall } from './graphCall.ts';
import { idParam, membersParam, objectParam, stringParam } from './graphParams.ts';
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
 * The address of a file; one that came with the call gets an address of the emulator.
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/saving-assets
 */
function readFile(payload: JsonObject, { files, keepFile, state }: GraphCall): string {
  const id = idParam(payload, 'attachment_id');
  if (id !== undefined) {
    const asset = state.assets.find((one) => one.id === id);
    if (asset === undefined) throw new ParameterError('attachment_id is not the id of a saved attachment.');
    return asset.url;
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
      return readOtherTemplate(kind, payload);
  }
}

/** Templates that are kept and shown as they were sent, without a look at what Meta would refuse in them. */
const otherTemplates: readonly string[] = [
  ...['media', 'receipt', 'customer_feedback', 'coupon', 'product', 'notification_messages', 'one_time_notif_req'],
  ...['airline_boardingpass', 'airline_checkin', 'airline_itinerary', 'airline_update'],
];

function readOtherTemplate(kind: string | undefined, payload: JsonObject): AttachmentParams {
  if (kind === undefined || !otherTemplates.includes(kind)) {
    throw new ParameterError(`The template ${kind ?? 'without a template_type'} is not modelled.`, 'notModelled');
  }
  const elements = objectsIn(membersParam(payload, 'elements'));
  const buttons = [payload, ...elements].flatMap((part) => readSomeButtons(part));
  const shown = elements.length === 0 ? {} : { elements: elements.map(withShownTitles) };
  return { attachment: { type: 'template', payload: { ...withShownTitles(payload), ...shown } }, text: '', buttons };
}

/** With the titles of its buttons as a phone shows them, and so as they come back when they are tapped. */
function withShownTitles(buttoned: JsonObject): JsonObject {
  const buttons = objectsIn(membersParam(buttoned, 'buttons')).map((button) => ({
    ...button,
    title: titleOf(button),
  }));
  return buttons.length === 0 ? buttoned : { ...buttoned, buttons };
}

/** Two kinds of buttons have a title of Messenger's own. */
const ownTitles: ReadonlyMap<unknown, string> = new Map([
  ['account_link', 'Log In'],
  ['account_unlink', 'Log Out'],
]);
const titleOf = (button: JsonObject): string => ownTitles.get(button['type']) ?? readTitle(button, 'button');

const objectsIn = (members: readonly unknown[] = []): readonly JsonObject[] => members.filter(isJsonObject);

function readElements(elements: readonly unknown[] = []): readonly OfferedButton[] {
  if (elements.length === 0 || elements.length > maxElements) {
    throw new ParameterError(`A generic template has 1 to ${maxElements} elements.`);
  }
  return elements.flatMap((element) => {
    if (!isJsonObject(element)) throw new ParameterError('An element of a generic template has to be an object.');
    shortText(element, 'title', maxElementText, 'element');
    // Meta takes no notice of these where they are empty; its own sample sends them so.
    if (isThere(element['subtitle'])) shortText(element, 'subtitle', maxElementText, 'element');
    if (isThere(element['image_url'])) readUrl(element, 'image_url', 'element');
    const tapped = objectParam(element, 'default_action');
    if (tapped !== undefined) {
      if (tapped['type'] !== 'web_url') throw new ParameterError('default_action has to be of type web_url.');
      readUrl(tapped, 'url', 'action');
    }
    return readSomeButtons(element);
  });
}

const isThere = (value: unknown): boolean => value !== undefined && value !== '';

function readSomeButtons(part: JsonObject): readonly OfferedButton[] {
  const buttons = membersParam(part, 'buttons') ?? [];
  return buttons.length === 0 ? [] : readButtons(buttons, 'An element');
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
      case 'account_link':
        readUrl(button, 'url', 'button to log in');
        return [];
      case 'account_unlink':
        return [];
      case 'game_play':
        readTitle(button, 'button');
        return [];
      default:
        throw new ParameterError(`Buttons of type ${type} are not modelled.`, 'notModelled');
    }
  });
}
