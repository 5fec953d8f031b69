/**
 * Why a person has, or is to have, a conversation. Asked for: `phrase`, `button`, `unhelpful` (answers in a row that did not help), `bot` (the
 * bot's own call), `exception`. By a person: `requested` (*Move to Main*), `personSpoke`, `personTook`. `found`: it was another receiver's already.
 */
export const handoverReasons = [
  'phrase',
  'button',
  'unhelpful',
  'bot',
  'exception',
  'requested',
  'personSpoke',
  'personTook',
  'found',
] as const;
export type HandoverReason = (typeof handoverReasons)[number];

/**
 * How a handover ended. Back: `done` (*Done*, or passed back), `expired` (nobody owned the thread any more), `silence`, `hardLimit`, `customer` and
 * `person` (a word of theirs), `bot` (the bot's own call). Never with a person: `declined` (every receiver refused), `closed` (outside of the
 * opening hours), `withdrawn` (the customer no longer wanted it), `elsewhere` (another receiver had the thread already).
 */
export const handoverEnds = [
  'done',
  'expired',
  'silence',
  'hardLimit',
  'customer',
  'person',
  'bot',
  'declined',
  'closed',
  'withdrawn',
  'elsewhere',
] as const;
export type HandoverEnd = (typeof handoverEnds)[number];
