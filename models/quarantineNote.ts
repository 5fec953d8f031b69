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
  /** One sentence that holds nothing from the payload except a Page id. */
  sentence: string;
}
