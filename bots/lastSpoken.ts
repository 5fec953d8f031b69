/** Who, and when in milliseconds since 1970: any event that names its customer. */
export interface Moment {
  psid?: string | undefined;
  timestamp?: number | undefined;
}

/** More customers than an inbox has open at the same time; beyond it the longest unheard is forgotten. */
const maxCustomers = 10_000;

/**
 * When others last spoke with each customer, by the time of Messenger's events. It is kept in this process only: after a
 * restart, counting begins again with the first event of the customer.
 */
export class LastSpoken {
  /** Oldest note first: a Map keeps the order of insertion. */
  readonly #times = new Map<string, number>();

  note({ psid, timestamp }: Moment): void {
    if (psid === undefined || timestamp === undefined) return;
    const latest = Math.max(timestamp, this.#times.get(psid) ?? timestamp);
    this.#times.delete(psid);
    this.#times.set(psid, latest);
    for (const oldest of this.#times.keys()) {
      if (this.#times.size <= maxCustomers) break;
      this.#times.delete(oldest);
    }
  }

  /** Milliseconds from the last note to this moment; 0 when there is none, and then counting begins with it. */
  silence(moment: Moment): number {
    const { psid, timestamp } = moment;
    if (psid === undefined || timestamp === undefined) return 0;
    const last = this.#times.get(psid);
    if (last === undefined) this.note(moment);
    return last === undefined ? 0 : timestamp - last;
  }

  forget({ psid }: Moment): void {
    if (psid !== undefined) this.#times.delete(psid);
  }
}
