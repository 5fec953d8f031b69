import type { SeededRandom } from '../support/seededRandom.ts';

/** What bots say: short words again and again, Markdown, lines, links, and what is too long. */
export const botWords: readonly string[] = [
  ...['hello', '**hello**', 'yes', 'yes!', 'Which size?', 'Which size?', '?', '😀'],
  'Line one\nLine two',
  'First\n\n* one\n* two',
  '[Our shop](https://shop.example/a?b=c&d=e) is _open_',
  '# Title\n\n1. one\n2. two',
  'Tom & Jerry <b>rest</b>',
  ' with blanks ',
  'Read this: ' + 'all of it is long and has many words in it, '.repeat(60),
];

export const otherWords: readonly string[] = ['I am Ana, how can I help?', 'One moment please', 'Your parcel is here'];

export type Renderer = (text: string) => string;

/** The webhook's way: Meta trims. */
export const trimmed: Renderer = (text) => text.trim();

const plain: Renderer = (text) =>
  text
    .replaceAll(/\[([^\]]*)\]\(([^)]*)\)/g, '$1 $2')
    .replaceAll(/^\s*[*#-]+\s*/gm, '')
    .replaceAll(/\*\*|__|`|_(?=\w)|(?<=\w)_/g, '');

/** Ways in which Azure's channel was seen, or may be, to change words. */
const renderers: readonly Renderer[] = [
  trimmed,
  plain,
  (text) => plain(text).replaceAll(/\s*\n+\s*/g, ' '),
  (text) => plain(text).replaceAll(/\n+/g, '\n\n').replaceAll('&', '&amp;'),
  (text) => text.replaceAll(/<[^>]*>/g, '').replaceAll(/\*\*/g, '*'),
  (text) => plain(text).slice(0, 640),
  (text) => `${text.slice(0, 1997)}${text.length > 1997 ? '...' : ''}`.trim(),
];

export function channelRenderer({ pick, next }: SeededRandom, strangeShare: number): Renderer {
  const render = pick(renderers);
  // Nobody knows all that a channel does to words.
  const isStrange = next() < strangeShare;
  return isStrange ? (text) => `${Array.from(render(text)).reverse().join('')} (via bot)` : render;
}
