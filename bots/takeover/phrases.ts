/** Phrases by language, such as `en`. See {@link findPhrase} for how one is written. */
export type Phrases = Readonly<Record<string, readonly string[]>>;

interface Word {
  options: ReadonlySet<string>;
  isOptional: boolean;
}

interface Phrase {
  language: string;
  words: readonly Word[];
  /** It must be all that was said, but for polite words. */
  isWhole: boolean;
}

/** Words that change nothing about a wish: `I want to talk to a human, please`. */
const politeWords: Readonly<Record<string, string>> = {
  en: 'please pls plz hi hello hey a an the i id im want wanna need would like get give gimme have can could may me you to with there is any now just right asap thanks real live actual talk speak chat',
  de: 'bitte hallo hi guten tag ich will mochte brauche hatte gern gerne kann darf mit zu einen ein eine einem einer echten echter echte richtigen jetzt sofort danke sprechen reden',
  es: 'por favor hola buenas quiero quisiera necesito puedo con a un una el la me real ya gracias hablar',
  fr: 'sil vous te plait svp stp bonjour je veux voudrais jai besoin dun puis peux avec a un une vrai vraie maintenant merci parler',
  pt: 'por favor oi ola quero queria preciso de gostaria posso com a um uma o me agora obrigado obrigada falar',
  it: 'per favore ciao buongiorno voglio vorrei ho bisogno di posso con un una vero vera ora grazie parlare',
  nl: 'alstublieft aub graag hallo hoi ik wil zou willen heb nodig kan met een echte nu dank bedankt spreken praten',
};

/** Who says one of these shortly before a phrase, in the same part of a sentence, does not want it. */
const negations = new Set(
  'dont not never without wont nicht kein keine keinen keinem no ne pas nunca jamas jamais nao non niet geen'.split(
    ' ',
  ),
);
/** With a question before it, it is a wish after all: `why can't I talk to a human`. */
const questions = new Set('why warum wieso porque pourquoi perche waarom'.split(' '));
const negationReach = 5;

/** Messenger takes no longer message. Source: https://developers.facebook.com/docs/messenger-platform/reference/send-api */
const longestText = 2_000;

const compiled = new WeakMap<Phrases, readonly Phrase[]>();
const politeIn = new Map(Object.entries(politeWords).map(([language, words]) => [language, new Set(words.split(' '))]));

/**
 * Finds the first of the phrases that a text says, and its language. Letter case, accents and punctuation do not count.
 *
 * In a phrase `|` separates words that may stand in one place, and a word with `?` behind it may be missing. A phrase of several words counts
 * wherever it stands in the text, unless it is negated: `talk|speak to a? human` is in "Can I speak to a human about my order?". A phrase of
 * one word, or with `=` before it, counts only if, but for polite words and the same words again, nothing else is said: `agent` is in "An agent, please!", but not in
 * "Your agent is rude".
 */
export function findPhrase(text: string, phrases: Phrases): { language: string } | undefined {
  const clauses = clausesOf(text.slice(0, longestText));
  const all = clauses.flat();
  // Who repeats a word wants nothing else.
  const once = [...new Set(all)];
  const wholes = once.length < all.length ? [all, once] : [all];
  const found = compile(phrases).find(({ language, words, isWhole }) =>
    isWhole
      ? wholes.some((said) => isAll(said, words, politeIn.get(language)))
      : clauses.some((clause) => isIn(clause, words)),
  );
  return found && { language: found.language };
}

/** A text as words in lower case without accents and apostrophes. Works for languages without spaces too. */
function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’ʼ`´\u00ad\u200b\u2060\ufeff]/g, '')
    .toLowerCase();
  return [...segmenter.segment(plain)].flatMap(({ segment, isWordLike }) => (isWordLike === true ? [segment] : []));
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

function clausesOf(text: string): string[][] {
  return text.split(/[.!?;:,\n]+/).map(wordsOf);
}

function compile(phrases: Phrases): readonly Phrase[] {
  const known = compiled.get(phrases);
  if (known !== undefined) return known;
  const made = Object.entries(phrases).flatMap(([language, list]) =>
    list.map((phrase): Phrase => {
      const words = phrase.replace(/^=/, '').trim().split(/\s+/).flatMap(wordFrom);
      return { language, words, isWhole: phrase.startsWith('=') || words.length === 1 };
    }),
  );
  compiled.set(phrases, made);
  return made;
}

/** One place of a phrase; several where a word of it is several, as in `e-mail`. */
function wordFrom(written: string): Word[] {
  const isOptional = written.endsWith('?');
  const options = written
    .replace(/\?$/, '')
    .split('|')
    .map((option) => wordsOf(option));
  const isSimple = options.every(({ length }) => length === 1);
  return isSimple
    ? [{ options: new Set(options.flat()), isOptional }]
    : options.flat().map((word) => ({ options: new Set([word]), isOptional }));
}

/** Whether the phrase is all that is said, but for polite words before, between and after its own. */
function isAll(said: readonly string[], words: readonly Word[], polite: ReadonlySet<string> = new Set()): boolean {
  const rest = (at: number, index: number): boolean => {
    const [word, next] = [words[index], said[at]];
    if (word === undefined) return said.slice(at).every((one) => polite.has(one));
    if (next !== undefined && word.options.has(next) && rest(at + 1, index + 1)) return true;
    if (word.isOptional && rest(at, index + 1)) return true;
    return next !== undefined && polite.has(next) && rest(at + 1, index);
  };
  // Nobody is that polite.
  return said.length <= words.length + 15 && rest(0, 0);
}

function isIn(clause: readonly string[], words: readonly Word[]): boolean {
  return clause.some((_word, at) => startsAt(clause, at, words) && !isNegated(clause.slice(0, at)));
}

function startsAt(clause: readonly string[], at: number, [word, ...rest]: readonly Word[]): boolean {
  if (word === undefined) return true;
  const next = clause[at];
  if (next !== undefined && word.options.has(next) && startsAt(clause, at + 1, rest)) return true;
  return word.isOptional && startsAt(clause, at, rest);
}

function isNegated(before: readonly string[]): boolean {
  return (
    before.slice(-negationReach).some((word) => negations.has(word)) && !before.some((word) => questions.has(word))
  );
}

/** All phrases of several lists, by language. */
export function mergePhrases(...lists: readonly Phrases[]): Phrases {
  const languages = new Set(lists.flatMap((list) => Object.keys(list)));
  return Object.fromEntries([...languages].map((one) => [one, lists.flatMap((list) => list[one] ?? [])]));
}
