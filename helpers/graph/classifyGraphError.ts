import { readFlag, readInteger, readObject, readText } from '../../models/readJson.ts';

/**
 * Why Meta refused, to the extent that a bot can act on it.
 *
 * - `notThreadOwner`: another receiver owns the thread; only its owner may send, pass and release.
 * - `alreadyThreadOwner`: this app already has control.
 * - `notPrimaryReceiver`: the call is reserved for the primary receiver, today the Page's default app.
 * - `noDefaultApp`: the Page has no default app, so control cannot be taken.
 * - `invalidTarget`: the target is not a receiver of this Page.
 * - `automatedFlow`: Messenger itself is taking the customer through questions and answers; after a lead form it passes control back.
 * - `outsideWindow`: the customer's last message is too old for this kind of answer: 24 hours, or up to 7 days after an ad.
 * - `restricted`: the Page may not do this now: Meta restricted it for a while, or its routing switched the handover calls off.
 * - `invalidToken`: the Page token or its proof is malformed, expired or revoked.
 * - `permission`: the app lacks a permission or a feature.
 * - `rateLimited`: too many calls; more calls make the pause longer.
 * - `temporary`: a problem on Meta's side.
 * - `userUnavailable`: the customer cannot be reached, blocked the Page or does not exist for it.
 * - `unknown`: none of these.
 */
export type GraphErrorReason = (typeof graphErrorReasons)[number];

export const graphErrorReasons = [
  'notThreadOwner',
  'alreadyThreadOwner',
  'notPrimaryReceiver',
  'noDefaultApp',
  'invalidTarget',
  'automatedFlow',
  'outsideWindow',
  'restricted',
  'invalidToken',
  'permission',
  'rateLimited',
  'temporary',
  'userUnavailable',
  'unknown',
] as const;

/**
 * Whether a refusal proves that nothing happened. Temporary errors do not, except for codes 2 and 1200, which ask for another try.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/error-codes
 */
export function isDefiniteRefusal({ reason, code }: { reason: GraphErrorReason; code: number | undefined }): boolean {
  return reason !== 'temporary' || code === 2 || code === 1200;
}

/** Subcodes are the most precise, and Meta's table prints some of them as bare codes. Code 10 alone says next to nothing. */
const reasonsBySubcode: ReadonlyMap<number, GraphErrorReason> = new Map([
  [2018300, 'notThreadOwner'],
  [2534037, 'notThreadOwner'], // recorded under code 100 and, on Instagram, under code 200
  [1893035, 'alreadyThreadOwner'],
  [2018171, 'notPrimaryReceiver'],
  [2018234, 'notPrimaryReceiver'],
  [2018164, 'invalidTarget'],
  [2018321, 'automatedFlow'],
  [2018278, 'outsideWindow'],
  [2534022, 'outsideWindow'], // Instagram
  [2018065, 'outsideWindow'], // the same for a Page that would need the news permission
  [1893063, 'restricted'],
  [2018338, 'restricted'], // abuse of message tags; waiting a moment does not help, so it is no rate limit
  [2018021, 'permission'], // reaching a person by phone number
  [2018027, 'permission'],
  [2018028, 'permission'], // the app is not live, so it may message its own people only
  [1545041, 'userUnavailable'],
  [2018001, 'userUnavailable'],
  [2018108, 'userUnavailable'],
  [2018218, 'userUnavailable'], // no profile: github.com/jgorset/facebook-messenger/issues/202
]);

const reasonsByCode: ReadonlyMap<number, GraphErrorReason> = new Map([
  [27, 'noDefaultApp'], // without a subcode: a take on a Page without default app
  [102, 'invalidToken'],
  [104, 'invalidToken'],
  [190, 'invalidToken'], // 458, 460, 463, 467 and 490 below it say how the token was lost
  [210, 'invalidToken'], // "requires a Page access token": github.com/Yoctol/bottender/issues/373
  [3, 'permission'],
  [368, 'restricted'],
  [551, 'userUnavailable'],
  [803, 'userUnavailable'],
  [4, 'rateLimited'],
  [17, 'rateLimited'],
  [32, 'rateLimited'],
  [341, 'rateLimited'],
  [613, 'rateLimited'],
  [1, 'temporary'],
  [2, 'temporary'],
  [1200, 'temporary'],
]);

/** Codes that Meta gives out by the hundred. Source: https://developers.facebook.com/docs/graph-api/guides/error-handling */
function reasonOfRange(code: number): GraphErrorReason | undefined {
  if (code >= 200 && code <= 299) return 'permission';
  // Limits of a business use case. Source: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
  return code >= 80_000 && code <= 80_014 ? 'rateLimited' : undefined;
}

type Phrases = readonly (readonly [RegExp, GraphErrorReason])[];

/** What a sentence says about a thread or a customer is more precise than code 10, 100 or 200 alone. */
const phrasesOfThreads: Phrases = [
  [/another app is controlling/i, 'notThreadOwner'],
  [/not the (current )?(thread )?owner|only the (current )?thread owner/i, 'notThreadOwner'],
  [/thread control already has it/i, 'alreadyThreadOwner'],
  [/handover protocol apis disabled for this page/i, 'restricted'],
  [/blocked unless a default application|when conversation routing is not enabled/i, 'noDefaultApp'],
  [/only available to primary|another secondary receiver/i, 'notPrimaryReceiver'],
  [/incorrect app id|app is not installed/i, 'invalidTarget'],
  [/automated question and answer/i, 'automatedFlow'],
  [/outside (of )?(the )?allowed window/i, 'outsideWindow'],
  [/temporarily (restricted|blocked)/i, 'restricted'],
  // The second: github.com/jgorset/facebook-messenger/issues/96, under code 200
  [/no matching user|isn't (available|receiving messages)|can't receive your messages/i, 'userUnavailable'],
  [/cannot send messages to this|aliases you requested do not exist/i, 'userUnavailable'],
];

/** For responses with no usable numbers. */
const phrasesOfAccess: Phrases = [
  [
    /appsecret_proof|(oauth|oauth 2\.0|validating|page|active|valid|user|malformed|parse) access token/i,
    'invalidToken',
  ],
  [/permission denied|does not have (the )?(permission|capability)|requires [^.]{0,80}permission/i, 'permission'],
  [/request limit reached|exceeded the rate limit|too many (calls|requests)|rate.?limited/i, 'rateLimited'],
  [/(service|api) (is )?temporarily unavailable|retry your request later/i, 'temporary'],
];

/**
 * Why Meta refused, decided by the subcode, then the code, then the wording, then the status alone. The codes 200 to 299 are so broad that what
 * the sentence says about the thread or the customer comes first.
 *
 * Source: https://developers.facebook.com/docs/messenger-platform/error-codes
 * Source: https://developers.facebook.com/docs/graph-api/guides/error-handling
 *
 * @param body the parsed response with Meta's `error` object
 */
export function classifyGraphError(status: number, body: unknown): GraphErrorReason {
  const error = readObject(body, 'error');
  const sentence = readText(error, 'message') ?? '';
  const written = numbersIn(sentence);
  const code = readInteger(error, 'code') ?? written.code;
  return (
    reasonsBySubcode.get(readInteger(error, 'error_subcode') ?? 0) ??
    reasonsBySubcode.get(written.subcode) ??
    reasonsBySubcode.get(code) ??
    reasonsByCode.get(code) ??
    reasonOfWords(sentence, phrasesOfThreads) ??
    reasonOfRange(code) ??
    reasonOfWords(sentence, phrasesOfAccess) ??
    (readFlag(error, 'is_transient') ? 'temporary' : reasonOfStatus(status))
  );
}

function reasonOfWords(sentence: string, phrases: Phrases): GraphErrorReason | undefined {
  return phrases.find(([phrase]) => phrase.test(sentence))?.[1];
}

/** The numbers at the start of Meta's sentence, such as `(#100 - 2534037)`; sometimes only the subcode is there. */
function numbersIn(sentence: string): { code: number; subcode: number } {
  const [, code, subcode] = /\(#(\d{1,9})(?: ?[-\u2013] ?(\d{1,9}))?\)/.exec(sentence) ?? [];
  return { code: Number(code ?? 0), subcode: Number(subcode ?? 0) };
}

function reasonOfStatus(status: number): GraphErrorReason {
  if (status === 401) return 'invalidToken';
  if (status === 429) return 'rateLimited';
  return status >= 500 ? 'temporary' : 'unknown';
}
