/**
 * What to do if nobody can find out whether an act happened. `deadLetter`: the turn becomes a dead letter. `resend`: do it again, at the risk of
 * doing it twice. `assumeSent`: go on, at the risk that it never happened.
 */
export type OnUnknownOutcome = 'deadLetter' | 'resend' | 'assumeSent';

/** What to do with a turn that did something else when it ran again: go on if nothing is lost or doubled, or always ask a person. */
export type DivergedTurns = 'goOn' | 'deadLetter';
