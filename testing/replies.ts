import type { Emulator } from '../emulator/emulator.ts';
import type { EmulatorEvent } from '../emulator/startPlatform.ts';

/** A message of a bot, as the customer sees it. */
export interface Reply {
  /** The bot that said it: `primary` or `secondary`. */
  readonly from: string;
  /** Empty when it has no words of its own, as a card or a picture. */
  readonly text: string;
  /** The titles of the quick replies below it. */
  readonly quickReplies: readonly string[];
  /** The titles of its buttons, those of cards included. */
  readonly buttons: readonly string[];
  /** The elements of a template, in order. */
  readonly cards: readonly Card[];
  /** Pictures and other files. */
  readonly attachments: readonly { readonly type: string; readonly url: string }[];
}

export interface Card {
  readonly title: string;
  readonly subtitle: string;
}

/** What the apps of this Page, not its people and not Meta's AI, said to this customer in these events. */
export function repliesIn(events: readonly EmulatorEvent[], { apps }: Pick<Emulator, 'apps'>, psid: string): Reply[] {
  return events.flatMap((event) => {
    if (event.type !== 'pageMessage' || event.psid !== psid) return [];
    const from = apps.find(({ id }) => id === event.appId)?.name;
    if (from === undefined) return [];
    const { text, quickReplies, buttons, attachments = [] } = event;
    const files = attachments.filter(({ type }) => type !== 'template');
    return {
      ...{ from, text, quickReplies, buttons },
      cards: attachments.flatMap(({ payload }) => cardsIn(payload['elements'])),
      attachments: files.map(({ type, payload }) => ({ type, url: textOf(payload['url']) })),
    };
  });
}

/** A reply as one line: its text, or else the titles of its cards, or else `[image]`. */
export function lineOf({ text, cards, attachments }: Reply): string {
  if (text !== '') return text;
  return cards.length > 0
    ? cards.map(({ title }) => title).join(' | ')
    : attachments.map(({ type }) => `[${type}]`).join(' ');
}

function cardsIn(elements: unknown): Card[] {
  if (!Array.isArray(elements)) return [];
  return elements.flatMap((element: unknown) =>
    typeof element === 'object' && element !== null
      ? { title: textOf(fieldOf(element, 'title')), subtitle: textOf(fieldOf(element, 'subtitle')) }
      : [],
  );
}

const fieldOf = (element: object, name: string): unknown => new Map<string, unknown>(Object.entries(element)).get(name);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
