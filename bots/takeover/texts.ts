import { handoverEnds, type HandoverEnd } from './record.ts';

/**
 * What the customer is told, with the quick replies below it. In the text of `closed` and `kept`, `{closed}` stands for a sentence that says
 * until when nobody is there, and `{opening}` for the time alone; in that of `declined` and `couldNotReturn`, `{because}` stands for the reason, in
 * English.
 */
export interface Sentence {
  readonly text: string;
  readonly choices?: readonly { readonly title: string; readonly payload: string }[];
}

/** What the customer is told about a handover, in one language. What is missing is not said. */
export interface TakeoverTexts {
  /** Before the conversation goes to a person. */
  readonly handingOver?: Sentence | undefined;
  /** The same when a person asked for it with *Move to Main*. Default: `handingOver`. */
  readonly requested?: Sentence | undefined;
  /** Nobody is there. */
  readonly closed?: Sentence | undefined;
  /** The same, and the conversation goes to a person then. */
  readonly kept?: Sentence | undefined;
  /** When that time has come. Default: `handingOver`. */
  readonly opened?: Sentence | undefined;
  /** No receiver took the conversation. */
  readonly declined?: Sentence | undefined;
  /** Nobody has answered for some time. */
  readonly notice?: Sentence | undefined;
  /** The customer wanted the bot back, and does not get it. */
  readonly couldNotReturn?: Sentence | undefined;
  /** The first sentence of the bot when it is back, by how the handover ended. */
  readonly returned?: Partial<Record<HandoverEnd, Sentence>> | undefined;
}

/** What may be said on its own. */
export type SentenceName = Exclude<keyof TakeoverTexts, 'returned'>;

/** What is said when the bot is back. */
export type ReturnName = `returned.${HandoverEnd}`;

export function sentenceOf(texts: TakeoverTexts, name: SentenceName | ReturnName): Sentence | undefined {
  const end = handoverEnds.find((one) => name === `returned.${one}`);
  return end === undefined ? texts[name as SentenceName] : texts.returned?.[end];
}

const en: TakeoverTexts = {
  handingOver: { text: 'I am passing you on to a person, who will answer you here.' },
  closed: { text: '{closed}' },
  kept: { text: '{closed} Then a person will answer you. Until then I do what I can.' },
  opened: { text: 'We are open again, and a person will answer you here.' },
  declined: { text: 'I am sorry, I cannot reach a person at the moment, so I go on helping you.' },
  notice: { text: 'I am sorry that it takes so long. A person will answer you here.' },
  couldNotReturn: { text: 'I am sorry, the conversation is still with a person.' },
  returned: {
    done: { text: 'The conversation with our team has ended. You are talking to the bot again.' },
    silence: { text: 'Nobody from our team has written for a while. You are talking to the bot again.' },
    hardLimit: { text: 'You are talking to the bot again.' },
    customer: { text: 'You are talking to the bot again.' },
    person: { text: 'You are talking to the bot again.' },
    bot: { text: 'You are talking to the bot again.' },
    withdrawn: { text: 'All right, you keep talking to the bot.' },
  },
};

const de: TakeoverTexts = {
  handingOver: { text: 'Ich gebe an einen Menschen weiter, der hier antwortet.' },
  closed: { text: '{closed}' },
  kept: { text: '{closed} Dann antwortet hier ein Mensch. Bis dahin helfe ich, so gut ich kann.' },
  opened: { text: 'Wir sind wieder da. Ein Mensch antwortet hier.' },
  declined: { text: 'Leider kann ich im Moment keinen Menschen erreichen. Ich helfe weiter, so gut ich kann.' },
  notice: { text: 'Entschuldigung, dass es so lange dauert. Ein Mensch antwortet hier.' },
  couldNotReturn: { text: 'Das Gespräch ist leider noch bei einem Menschen.' },
  returned: {
    done: { text: 'Das Gespräch mit unserem Team ist beendet. Hier schreibt wieder der Bot.' },
    silence: { text: 'Aus unserem Team hat länger niemand geschrieben. Hier schreibt wieder der Bot.' },
    hardLimit: { text: 'Hier schreibt wieder der Bot.' },
    customer: { text: 'Hier schreibt wieder der Bot.' },
    person: { text: 'Hier schreibt wieder der Bot.' },
    bot: { text: 'Hier schreibt wieder der Bot.' },
    withdrawn: { text: 'In Ordnung, hier schreibt weiter der Bot.' },
  },
};

const es: TakeoverTexts = {
  handingOver: { text: 'Te paso con una persona, que te responderá aquí.' },
  closed: { text: '{closed}' },
  kept: { text: '{closed} Entonces te responderá una persona. Hasta entonces te ayudo en lo que pueda.' },
  opened: { text: 'Ya estamos de vuelta. Una persona te responderá aquí.' },
  declined: { text: 'Lo siento, ahora no puedo contactar con una persona. Sigo ayudándote yo.' },
  notice: { text: 'Disculpa la espera. Una persona te responderá aquí.' },
  couldNotReturn: { text: 'Lo siento, la conversación sigue con una persona.' },
  returned: {
    done: { text: 'La conversación con nuestro equipo ha terminado. Vuelves a hablar con el bot.' },
    silence: { text: 'Hace rato que nadie de nuestro equipo escribe. Vuelves a hablar con el bot.' },
    hardLimit: { text: 'Vuelves a hablar con el bot.' },
    customer: { text: 'Vuelves a hablar con el bot.' },
    person: { text: 'Vuelves a hablar con el bot.' },
    bot: { text: 'Vuelves a hablar con el bot.' },
    withdrawn: { text: 'De acuerdo, sigues hablando con el bot.' },
  },
};

const fr: TakeoverTexts = {
  handingOver: { text: 'Je vous passe une personne, qui vous répondra ici.' },
  closed: { text: '{closed}' },
  kept: { text: "{closed} Une personne vous répondra alors. D'ici là, je fais ce que je peux." },
  opened: { text: 'Nous sommes de retour. Une personne vous répondra ici.' },
  declined: {
    text: 'Désolé, je ne peux joindre personne pour le moment. Je continue à vous aider.',
  },
  notice: { text: "Désolé pour l'attente. Une personne vous répondra ici." },
  couldNotReturn: { text: 'Désolé, la conversation est encore avec une personne.' },
  returned: {
    done: { text: 'La conversation avec notre équipe est terminée. Vous parlez de nouveau au bot.' },
    silence: { text: "Personne de notre équipe n'a écrit depuis un moment. Vous parlez de nouveau au bot." },
    hardLimit: { text: 'Vous parlez de nouveau au bot.' },
    customer: { text: 'Vous parlez de nouveau au bot.' },
    person: { text: 'Vous parlez de nouveau au bot.' },
    bot: { text: 'Vous parlez de nouveau au bot.' },
    withdrawn: { text: "D'accord, vous continuez avec le bot." },
  },
};

/** What is said unless the rules say otherwise. */
export const takeoverTexts: Readonly<Record<string, TakeoverTexts>> = { en, de, es, fr };

/** A text with its places filled in. */
export function fillIn(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\{(\w{1,20})\}/g, (_whole, name: string) => values[name] ?? '');
}
