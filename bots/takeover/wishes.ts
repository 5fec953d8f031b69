import type { Phrases } from './phrases.ts';

const person =
  'human|humans|person|people|agent|agents|representative|rep|operator|advisor|adviser|employee|staff|manager|supervisor|someone|somebody|being|consultant|support|service|care';
const one = 'a|an|the|some|your|one? real|live|actual|human|customer|support|sales? support|service|human?';

/** How customers say that they want to talk to a person. See `findPhrase` for how these are read, and `Takeover` for how to replace them. */
export const personWishes: Phrases = {
  en: [
    `talk|speak|chat|write to|with ${one} ${person}`,
    `connect|transfer|switch|pass|put|forward|redirect|hand me|us|over? through|over? to|with ${one} ${person}`,
    'want|need|prefer|get|give|like me? a|an|to? talk|speak? to? a? real|live|actual|human human|person|agent|representative|operator|being|help|support',
    'want|need|prefer|like a? human',
    'human agent|help|support|assistance|operator|representative',
    'dont want to? talk|speak|chat? to|with? a|this|the|your? bot|robot|machine',
    'human',
    'person',
    'agent',
    'representative',
    'operator',
    '=human|person|agent|operator now|please',
    '=human being',
    '=customer service|support|care',
    '=is? anyone|anybody|someone|somebody there|here',
    '=not|no a? bot|robot|machine',
  ],
  de: [
    'mit|zu|an einem|einer|einen|eine|ihrem|ihrer|dem|der? echten|richtigen|menschlichen|realen|anderen? mensch|menschen|mitarbeiter|mitarbeiterin|person|berater|beraterin|jemand|jemandem|jemanden|kundendienst|kundenservice|support|agent|agenten|ansprechpartner|kollegen|kollegin sprechen|reden|chatten|schreiben|verbinden|verbunden|weiterleiten|weitergeben|telefonieren',
    'sprechen|reden|chatten|verbinden|verbinde|verbindet sie? mich? bitte? mit einem|einer|ihrem|ihrer|dem|der? echten|richtigen|menschlichen? menschen|mitarbeiter|mitarbeiterin|person|berater|beraterin|jemandem|kundendienst|kundenservice|support|agenten|ansprechpartner',
    'will|mochte|brauche einen|einem echten|richtigen? menschen|mitarbeiter|ansprechpartner',
    '=mensch|menschen',
    '=mitarbeiter|mitarbeiterin|ansprechpartner|berater|kundendienst|kundenservice',
    '=jemand da',
  ],
  es: [
    'hablar|chatear|comunicarme|contactar con un|una|el|la|algun|alguna? persona|humano|humana|agente|asesor|asesora|operador|operadora|representante|alguien|ejecutivo|ejecutiva',
    'paseme|pasame|comuniqueme|comunicame|transfierame|transfiereme|poneme|pongame con|a un|una? persona|humano|humana|agente|asesor|asesora|operador|operadora|representante|alguien',
    '=persona|humano|agente|asesor|asesora|operador|operadora|representante',
    '=atencion|servicio al cliente',
    '=hay alguien',
  ],
  fr: [
    'parler|discuter|echanger a|avec un|une|le|la? vrai|vraie|veritable|autre? humain|humaine|personne|conseiller|conseillere|agent|operateur|quelquun|representant|etre',
    'passez|passe|transferez|mettez moi? en? relation? a|avec? un|une? humain|personne|conseiller|conseillere|agent|operateur|quelquun',
    '=humain|conseiller|conseillere|agent|operateur',
    '=service client',
    '=une|vraie personne',
  ],
  pt: [
    'falar|conversar|chatear com um|uma|o|a|algum|alguma? pessoa|humano|humana|atendente|agente|alguem|operador|operadora|representante',
    '=humano|atendente|agente|operador|pessoa',
    '=atendimento humano?',
  ],
  it: [
    'parlare|chattare con un|una|il|la? vera|vero? persona|operatore|operatrice|umano|agente|qualcuno|consulente',
    '=operatore|operatrice|umano|persona|agente',
    '=servizio clienti',
  ],
  nl: [
    'met een|de? echt|echte|echt? mens|medewerker|persoon|iemand|agent praten|spreken|chatten',
    'praten|spreken|chatten met een|de? echte? mens|medewerker|persoon|iemand|agent',
    '=mens|medewerker|klantenservice',
  ],
};

/** How customers say that they want the bot back while a person has the conversation. */
export const botWishes: Phrases = {
  en: ['back to the? bot', '=talk|speak to? the? bot', '=bot please'],
  de: ['zuruck zum bot', '=zum bot', '=bot'],
  es: ['volver al bot', '=bot'],
  fr: ['revenir|retour au bot', '=bot'],
};
