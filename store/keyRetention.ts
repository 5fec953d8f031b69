/** How long the key of an event is remembered, in milliseconds: 7 days, well beyond the time in which Meta redelivers. */
export const keyRetentionMs = 7 * 24 * 60 * 60 * 1000;
