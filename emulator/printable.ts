/**
 * Text of others for a terminal: without what moves the cursor, changes colours or turns the direction of writing. Spaces and line
 * breaks become spaces; a joiner stays, because it holds an emoji together.
 */
export const printable = (text: string): string => text.replace(/[^\S\u00a0]/gu, ' ').replace(/(?!\u200d)\p{C}/gu, '');

/** The same for a text of several lines, whose line breaks stay. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');
