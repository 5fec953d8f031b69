import { listAt, objectAt, textAt, type JsonObject } from '../json.ts';

/**
 * A receipt card as Messenger's receipt template. Which member becomes which is a guess, but that items go along with their quantity.
 *
 * Source: https://github.com/microsoft/BotFramework-Services/issues/115,
 * https://developers.facebook.com/docs/messenger-platform/reference/templates/receipt
 */
export function receiptOf(card: JsonObject): JsonObject {
  const facts = listAt(card, 'facts').map((fact) => ({ key: textAt(fact, 'key'), value: textAt(fact, 'value') }));
  const factOf = (word: RegExp): string | undefined => facts.find(({ key }) => word.test(key ?? ''))?.value;
  const elements = listAt(card, 'items').map((item) => {
    const subtitle = textAt(item, 'subtitle') ?? textAt(item, 'text');
    const imageUrl = textAt(objectAt(item, 'image'), 'url');
    return {
      title: textAt(item, 'title') ?? 'Item',
      ...(subtitle === undefined ? {} : { subtitle }),
      quantity: amountOf(textAt(item, 'quantity') ?? '1'),
      price: amountOf(textAt(item, 'price')),
      ...(imageUrl === undefined ? {} : { image_url: imageUrl }),
    };
  });
  const tax = textAt(card, 'tax');
  const payload = {
    template_type: 'receipt',
    recipient_name: textAt(card, 'title') ?? 'Receipt',
    order_number: factOf(/order/i) ?? facts[0]?.value ?? '1',
    currency: 'USD',
    payment_method: factOf(/pay|card/i) ?? 'Card',
    summary: {
      total_cost: amountOf(textAt(card, 'total')),
      ...(tax === undefined ? {} : { total_tax: amountOf(tax) }),
    },
    ...(elements.length === 0 ? {} : { elements }),
  };
  return { attachment: { type: 'template', payload } };
}

/** The number in a price as people write it: `$ 38.45`. */
const amountOf = (price = ''): number => Number(/\d+(?:\.\d+)?/.exec(price)?.[0] ?? 0);
