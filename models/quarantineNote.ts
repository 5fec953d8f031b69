/** Why an event is quarantined, as a word to sort and count by. */
export type QuarantineReason =
  | 'malformed'
  | 'severalEvents'
  | 'notMessaging'
  | 'dashboardTest'
  | 'instagram'
  | 'otherPage'
  | 'pageIsSender'
  | 'tooOld'
  | 'inTheFuture';

export interface QuarantineNote {
  reason: QuarantineReason;
  /** One sentence without any value of the payload but the id of a Page. */
  sentence: string;
}
