import { isJsonObject, readArray, readProperty, readText, type JsonObject } from '../../models/readJson.ts';
import { buttonsOf, messagesOfCard } from './cardTemplates.ts';
import { UnsendableMessageError } from '../../helpers/unsendableMessageError.ts';
import { type OutgoingMessage } from './sendApiMessage.ts';

export const receiptCardType = 'application/vnd.microsoft.card.receipt';

/**
 * A receipt card as Meta's receipt template. Fields that the template needs and the card lacks are read from the card's facts, by key: an
 * order number, a payment method and, if present, the customer's name. Its buttons follow as a separate template.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/send-messages/template/receipt
 *
 * @throws UnsendableMessageError naming what is missing: guessed figures would be worse than no receipt
 */
export function receiptMessages(attachment: unknown): OutgoingMessage[] {
  const content = readProperty(attachment, 'content');
  const title = readText(content, 'title') ?? '';
  const facts = readArray(content, 'facts').filter(isJsonObject);
  const fact = (key: RegExp) => facts.map((one) => (key.test(readText(one, 'key') ?? '') ? textOf(one['value']) : ''));
  const first = (key: RegExp) => fact(key).find((value) => value !== '');
  const needed = (value: string | undefined, name: string): string => {
    if (value !== undefined && value !== '') return value;
    throw new UnsendableMessageError(`A receipt on Messenger needs ${name}.`);
  };
  const total = needed(textOf(readProperty(content, 'total')), 'a total');
  const currency = needed(
    currencyOf(first(/currency/i) ?? total),
    'a currency: a fact called Currency with its code, such as EUR',
  );
  const tax = textOf(readProperty(content, 'tax'));
  const payload = {
    template_type: 'receipt',
    recipient_name: needed(first(/recipient|customer|^name$/i) ?? title, 'a title, or a fact called Customer'),
    order_number: needed(first(/order|invoice|receipt/i), 'a fact called Order Number'),
    payment_method: needed(first(/payment/i), 'a fact called Payment Method'),
    currency,
    elements: readArray(content, 'items').map((item) => elementOf(item, currency)),
    summary: { total_cost: amountOf(total), ...(tax === '' ? {} : { total_tax: amountOf(tax) }) },
  };
  const receipt = { attachment: { type: 'template', payload } };
  const buttons = buttonsOf(readArray(content, 'buttons'));
  if (buttons.length === 0) return [receipt];
  return [
    receipt,
    ...messagesOfCard({
      texts: [needed(title, 'a title beside buttons')],
      imageUrl: undefined,
      buttons,
      link: undefined,
    }),
  ];
}

function elementOf(item: unknown, currency: string): JsonObject {
  const text = (name: string) => textOf(readProperty(item, name));
  const imageUrl = readText(readProperty(item, 'image'), 'url');
  const subtitle = [text('subtitle'), text('text')].filter((part) => part !== '').join('\n');
  if (text('title') === '') throw new UnsendableMessageError('Each item of a receipt needs a title.');
  return {
    title: text('title'),
    price: amountOf(text('price') || '0'),
    currency,
    ...(subtitle === '' ? {} : { subtitle }),
    ...(text('quantity') === '' ? {} : { quantity: amountOf(text('quantity')) }),
    ...(imageUrl === undefined ? {} : { image_url: imageUrl }),
  };
}

/** `$ 1,234.50` and `1.234,50 €` are the same: the cents follow the last comma or point if it has one or two digits after it. */
function amountOf(text: string): number {
  const [, whole = '', cents = '0'] = /^\D{0,12}(\d[\d.,' ]{0,20}?)(?:[.,](\d{1,2}))?\D{0,12}$/.exec(text) ?? [];
  if (whole === '') throw new UnsendableMessageError('An amount in a receipt cannot be read as a number.');
  const amount = Number(`${whole.replaceAll(/\D/g, '')}.${cents}`);
  return /^\s?-/.test(text) ? -amount : amount;
}

const currencySigns: ReadonlyMap<string, string> = new Map([
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['US$', 'USD'],
  ['$', 'USD'],
]);

function currencyOf(text: string): string {
  const code = /\b[A-Z]{3}\b/.exec(text.toUpperCase())?.[0];
  return code ?? [...currencySigns].find(([sign]) => text.includes(sign))?.[1] ?? '';
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : '';
}
