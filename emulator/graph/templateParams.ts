import type { OfferedButton } from '../core/commands.ts';
import type { FaultName } from '../core/graphFaults.ts';
import type { Attachment } from '../core/state.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { readButtons, readSomeButtons, withShownTitles } from './buttonParams.ts';
import { ParameterError } from './graphCall.ts';
import { addressParam, membersParam, objectParam, stringParam } from './graphParams.ts';

/** Limits of templates. Source: https://developers.facebook.com/docs/messenger-platform/reference/templates */
const maxButtonText = 640;
const maxElements = 10;
const maxElementText = 80;

export interface AttachmentParams {
  readonly attachment: Attachment;
  /** What stands in the conversation as text: that of a button template. */
  readonly text: string;
  readonly buttons: readonly OfferedButton[];
}

/** Reads the payload of a template. */
export function readTemplate(payload: JsonObject): AttachmentParams {
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

/** Templates that Meta has ended, and what it says of them. */
const ended: ReadonlyMap<string | undefined, FaultName> = new Map([
  ['list', 'listTemplateEnded'],
  ['open_graph', 'openGraphTemplateEnded'],
]);

function readOtherTemplate(kind: string | undefined, payload: JsonObject): AttachmentParams {
  const over = ended.get(kind);
  if (over !== undefined) throw new ParameterError(`The template ${kind ?? ''} has ended.`, over);
  if (kind === undefined || !otherTemplates.includes(kind)) {
    throw new ParameterError(`The template ${kind ?? 'without a template_type'} is not modelled.`, 'notModelled');
  }
  const elements = objectsIn(membersParam(payload, 'elements'));
  const buttons = [payload, ...elements].flatMap((part) => readSomeButtons(part));
  const shown = elements.length === 0 ? {} : { elements: elements.map(withShownTitles) };
  return { attachment: { type: 'template', payload: { ...withShownTitles(payload), ...shown } }, text: '', buttons };
}

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
    if (isThere(element['image_url'])) addressParam(element, 'image_url', 'element');
    const tapped = objectParam(element, 'default_action');
    if (tapped !== undefined) {
      if (tapped['type'] !== 'web_url') throw new ParameterError('default_action has to be of type web_url.');
      addressParam(tapped, 'url', 'action');
    }
    return readSomeButtons(element);
  });
}

const isThere = (value: unknown): boolean => value !== undefined && value !== '';

function shortText(from: JsonObject, name: string, most: number, what: string): string {
  const text = stringParam(from, name) ?? '';
  if (text === '') throw new ParameterError(`${name} of the ${what} may not be empty.`);
  if (text.length > most) throw new ParameterError(`${name} of the ${what} may have at most ${most} characters.`);
  return text;
}
