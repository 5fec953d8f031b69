/**
 * What to do when it cannot be found out whether an act happened. `deadLetter`: the turn becomes a dead letter. `resend`: do it again and
 * risk that it happens twice. `assumeSent`: go on and risk that it never happened.
 */
export type OnUnknownOutcome = 'deadLetter' | 'resend' | 'assumeSent';

/** What to do with a turn that did something else when it ran again: go on when nothing is lost or doubled, or always ask a person. */
export type DivergedTurns = 'goOn' | 'deadLetter';
