import type { TakeoverRules } from '../takeover/rules.ts';
import { takeoverTexts, type Sentence, type TakeoverTexts } from '../takeover/texts.ts';

/** Human takeover as the primary bot has it: it says itself what a pass event told it. */
export const primaryRules: Partial<TakeoverRules> = {
  phrases: {},
  onSilence: 'withNextWord',
  texts: Object.fromEntries(
    Object.entries(takeoverTexts).map(([language, texts]) => [language, inNameOf('Primary bot', texts)]),
  ),
};

/** Both bots speak in the same conversation, so each sentence says whose it is. */
function inNameOf(name: string, { returned = {}, ...texts }: TakeoverTexts): TakeoverTexts {
  const named = (all: object): object =>
    Object.fromEntries(
      Object.entries(all).map(([key, sentence]: [string, Sentence]) => [
        key,
        { ...sentence, text: `${name}: ${sentence.text}` },
      ]),
    );
  const { done: _done, ...others } = returned;
  return { ...named(texts), returned: named(others) };
}
