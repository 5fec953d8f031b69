/**
 * Makes foreign text safe for a terminal: removes whatever moves the cursor, or changes colours or the direction of writing. White
 * space becomes spaces; joiners stay, because they hold emoji together.
 */
export const printable = (text: string): string => text.replace(/[^\S\u00a0]/gu, ' ').replace(/(?!\u200d)\p{C}/gu, '');

/** The same for a text of several lines, whose line breaks stay. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');
