import { expect } from 'chai';
import { findPhrase } from '../../../bots/takeover/phrases.ts';
import { personWishes } from '../../../bots/takeover/wishes.ts';

const wishes: Readonly<Record<string, readonly string[]>> = {
  en: [
    'can I talk to an agent',
    'human please',
    'I want to talk to a human',
    'agent please',
    'Agent',
    'HUMAN!!!',
    'Hi, can I speak with a real person?',
    'could you connect me to a representative',
    'transfer me to an operator',
    'put me through to someone',
    'I need to speak to a manager about my order 4711',
    'I don’t want to talk to a bot',
    'let me talk to customer service',
    'get me a human',
    'I need a real person',
    'operator',
    'Why can’t I talk to a human?',
    'No, I want to talk to a person.',
    'is there a human',
    'is anyone there?',
    'live agent',
    'I do not want a bot, I want to talk to a human',
    'customer service',
    'is human support available',
    'talk to human',
    'speak to agent pls',
    'I would like to chat with a support agent',
    'not a bot',
    'hand me over to a person',
    'I want a person',
    'a person please',
    'gimme a person',
    'Agent? Agent? AGENT',
    'agent agent agent agent agent',
    'human please HUMAN',
    'agent 🙏🙏',
    '🙋‍♀️ human please',
    'ag\u200bent',
  ],
  de: [
    'Kann ich mit einem Menschen sprechen?',
    'Ich möchte mit einem Mitarbeiter reden',
    'Mitarbeiter bitte',
    'Verbinden Sie mich bitte mit einem Berater',
    'mensch',
    'Kann ich mit jemandem sprechen',
    'Ich brauche einen Menschen',
    'Ich will mit einer echten Person chatten!',
  ],
  es: [
    'quiero hablar con una persona',
    '¿Puedo hablar con un agente?',
    'agente por favor',
    'Páseme con un asesor',
    'atención al cliente',
  ],
  fr: [
    'je voudrais parler à un conseiller',
    'Parler à un humain',
    "Je veux parler à quelqu'un",
    'un agent svp',
    'service client',
  ],
  pt: ['quero falar com um atendente', 'atendente', 'falar com alguém'],
  it: ['vorrei parlare con un operatore', 'operatore'],
  nl: ['ik wil met een medewerker spreken', 'medewerker aub'],
};

const others = [
  'your agent is rude',
  'The agent was very helpful, thanks',
  'I am an agent',
  'I talked to an agent yesterday',
  'I don’t want to talk to a human',
  'please do not transfer me to an agent',
  'How do I become an agent?',
  'travel agent',
  'are you a human?',
  'Am I talking to a human?',
  'human rights',
  'Do you sell a book about the human body',
  'first person shooter',
  'a table for one person',
  'two people',
  'ticket price per person',
  'I need an agent for my house in Miami',
  'no human',
  'hello',
  'please',
  '',
  '   ',
  '🙂',
  'hi there',
  'I want to talk to you',
  'machine',
  'operator precedence',
  'Ich will nicht mit einem Menschen sprechen',
  'Ihr Mitarbeiter war unfreundlich',
  'no quiero hablar con una persona',
  'Je ne veux pas parler à un humain',
  'el agente fue muy amable',
  'chat',
  'real',
  'thank you very much, a person would not have helped more',
];

describe('the wish for a person, in words', () => {
  for (const [language, texts] of Object.entries(wishes)) {
    for (const text of texts) {
      it(`hears it (${language}): ${text}`, () => {
        expect(findPhrase(text, personWishes)).to.deep.equal({ language });
      });
    }
  }

  for (const text of others) {
    it(`hears none in: ${text}`, () => {
      expect(findPhrase(text, personWishes)).to.equal(undefined);
    });
  }

  it('reads phrases of one word, of several, with = before them and in a language without spaces', () => {
    const phrases = { en: ['e-mail me', '=pass to inbox', 'take_from_inbox'], th: ['คุย กับ แอดมิน'] };
    expect(findPhrase('Please e-mail me!', phrases)).to.deep.equal({ language: 'en' });
    expect(findPhrase(' pass to inbox! ', phrases)).to.deep.equal({ language: 'en' });
    expect(findPhrase('pass to inbox or not', phrases)).to.equal(undefined);
    expect(findPhrase('TAKE_FROM_INBOX.', phrases)).to.deep.equal({ language: 'en' });
    expect(findPhrase('อยากคุยกับแอดมิน', phrases)).to.deep.equal({ language: 'th' });
  });

  it('does little work for a text that is made to cost much', () => {
    for (const text of ['talk to a '.repeat(2_000), 'please '.repeat(2_000), 'agent '.repeat(2_000)]) {
      expect(findPhrase(text, personWishes)).to.equal(undefined);
    }
  });
});
