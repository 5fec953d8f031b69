import { BotState, type Storage, type TurnContext } from 'botbuilder';
import { readId } from '../models/readJson.ts';
import { customerOf } from './facebookTurn.ts';

/**
 * State of a customer, as Bot Builder's `UserState`, but the same customer's in every event. `UserState` goes by the sender, and of an echo that
 * is the Page: all customers of the Page would share one state there, and each echo's would be missing in the customer's own.
 *
 * The key is the Page and the customer's page-scoped id; on other channels the sender. In turns about no customer, such as `app_roles`,
 * reading it throws.
 *
 * @example
 * const customers = new CustomerState(parts.storage);
 * const language = customers.createProperty<string>('language');
 *
 * Source: https://learn.microsoft.com/azure/bot-service/bot-builder-concept-state
 */
export class CustomerState extends BotState {
  /** @param namespace keeps the states of several parts of a bot apart */
  constructor(storage: Storage, namespace = '') {
    super(storage, (context) => Promise.resolve(keyOf(context, namespace)));
  }
}

function keyOf(context: TurnContext, namespace: string): string {
  const { channelId, from } = context.activity;
  const customer = customerOf(context);
  if (customer !== undefined) return `${channelId}/customers/${customer.pageId}/${customer.psid}/${namespace}`;
  const sender = readId(from, 'id');
  if (channelId === 'facebook' || sender === undefined) {
    throw new Error('This turn is about no customer, so there is no state of one.');
  }
  return `${channelId}/customers/${sender}/${namespace}`;
}
