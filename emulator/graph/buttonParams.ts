import type { OfferedButton } from '../core/commands.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { ParameterError } from './graphCall.ts';
import { addressParam, membersParam, stringParam } from './graphParams.ts';
import { readOffer, readTitle } from './offerParams.ts';

/** Source: https://developers.facebook.com/docs/messenger-platform/reference/buttons */
const maxButtons = 3;

/** Two kinds of buttons have a title of Messenger's own. */
const ownTitles: ReadonlyMap<unknown, string> = new Map([
  ['account_link', 'Log In'],
  ['account_unlink', 'Log Out'],
]);
const titleOf = (button: JsonObject): string => ownTitles.get(button['type']) ?? readTitle(button, 'button');

/** With the titles of its buttons as a phone shows them, and so as they come back when they are tapped. */
export function withShownTitles(buttoned: JsonObject): JsonObject {
  const buttons = (membersParam(buttoned, 'buttons') ?? [])
    .filter(isJsonObject)
    .map((button) => ({ ...button, title: titleOf(button) }));
  return buttons.length === 0 ? buttoned : { ...buttoned, buttons };
}

/** The buttons of a part of a template, which may have none. */
export function readSomeButtons(part: JsonObject): readonly OfferedButton[] {
  const buttons = membersParam(part, 'buttons') ?? [];
  return buttons.length === 0 ? [] : readButtons(buttons, 'An element');
}

/** Every button is checked; those that can be tapped and tell an app are returned. */
export function readButtons(buttons: readonly unknown[] = [], what: string): readonly OfferedButton[] {
  if (buttons.length === 0 || buttons.length > maxButtons) {
    throw new ParameterError(`${what} has 1 to ${maxButtons} buttons.`);
  }
  return buttons.flatMap((button) => {
    if (!isJsonObject(button)) throw new ParameterError('A button has to be an object with a type.');
    return readButton(button);
  });
}

function readButton(button: JsonObject): readonly OfferedButton[] {
  const type = stringParam(button, 'type');
  switch (type) {
    case 'postback':
      return [readOffer(button, 'button')];
    case 'web_url':
      readTitle(button, 'button');
      addressParam(button, 'url', 'address button');
      return [];
    case 'phone_number':
      readOffer(button, 'button');
      return [];
    case 'account_link':
      addressParam(button, 'url', 'button to log in');
      return [{ title: titleOf(button), payload: '', account: 'linked' }];
    case 'account_unlink':
      return [{ title: titleOf(button), payload: '', account: 'unlinked' }];
    case 'game_play':
      readTitle(button, 'button');
      return [];
    case undefined:
      throw new ParameterError('A button has to be an object with a type.');
    default:
      throw new ParameterError(`Buttons of type ${type} are not modelled.`, 'notModelled');
  }
}
