import type { OfferedButton } from '../core/commands.ts';
import type { Attachment } from '../core/state.ts';
import { isJsonObject, listAt, textAt, type JsonObject } from '../json.ts';
import { ParameterError, type GraphCall } from './graphCall.ts';
import { membersParam, objectParam, stringParam } from './graphParams.ts';
import { bodyOf, maxTemplateText, partOf } from './messageTemplateRoutes.ts';
import { readTitle } from './offerParams.ts';

/**
 * Reads `message.template`: the text of a template with its gaps filled. How the buttons of one look in an echo is a guess: here it is a
 * button template then.
 *
 * Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/utility-messages
 */
export function readUtility(
  template: JsonObject,
  { state }: GraphCall,
): { readonly text: string; readonly buttons: readonly OfferedButton[]; readonly attachments?: readonly Attachment[] } {
  const name = stringParam(template, 'name');
  const language = textAt(objectParam(template, 'language'), 'code');
  const found = state.messageTemplates.find((one) => one.name === name && one.language === language);
  if (found === undefined) {
    throw new ParameterError(
      `The Page has no template ${name ?? ''} in ${language ?? 'no language'}.`,
      'noSuchTemplate',
    );
  }
  const given = (membersParam(template, 'components') ?? []).filter(isJsonObject);
  const text = fill(bodyOf(found.components) ?? '', listAt(partOf(given, 'body'), 'parameters'));
  const shown = listAt(partOf(found.components, 'buttons'), 'buttons').filter(isJsonObject);
  if (shown.length === 0) return { text, buttons: [] };
  const values = listAt(partOf(given, 'buttons'), 'parameters');
  const buttons = shown.map((button, index) => buttonOf(button, values[index]));
  return {
    text,
    buttons: buttons.flatMap(({ type, title, payload }) =>
      type === 'postback' ? [{ title, payload: payload ?? title }] : [],
    ),
    attachments: [{ type: 'template', payload: { template_type: 'button', text, buttons } }],
  };
}

const gap = /\{\{(\w{1,100})\}\}/g;

/** Gaps have numbers or names, and each needs a parameter. */
function fill(text: string, parameters: readonly unknown[]): string {
  const filled = text.replace(gap, (_all, word: string) => {
    const value = parameters.find((one) => textAt(one, 'parameter_name') === word) ?? parameters[Number(word) - 1];
    const given = textAt(value, 'text');
    if (given === undefined || given.length > maxTemplateText) {
      throw new ParameterError(`The template needs a text, not too long, for {{${word}}}.`);
    }
    return given;
  });
  if (filled.length > maxTemplateText) throw new ParameterError('The filled template is too long.', 'textTooLong');
  return filled;
}

interface ShownButton {
  readonly type: 'postback' | 'web_url';
  readonly title: string;
  readonly url?: string;
  readonly payload?: string;
}

/** A button to follow or to tap; its address can end with what the message says, its payload is the message's own. */
function buttonOf(button: JsonObject, value: unknown): ShownButton {
  const title = readTitle({ title: button['text'] }, 'button of the template');
  const url = textAt(button, 'url');
  if (url !== undefined) {
    const end = textAt(value, 'url') ?? textAt(value, 'text') ?? '';
    return { type: 'web_url', title, url: url.replace(gap, encodeURIComponent(end)) };
  }
  return { type: 'postback', title, payload: textAt(value, 'payload') ?? title };
}
