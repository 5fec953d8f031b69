/** What is in a Markdown document, as far as the tests of the documents ask. GitHub's dialect; no nesting in quotes or lists. */
export interface MarkdownFacts {
  /** Targets of links, images and link definitions. */
  links: readonly string[];
  /** `[text][label]` without a definition of that label. */
  undefinedLabels: readonly string[];
  /** The anchors of the headings, as GitHub makes them. */
  anchors: readonly string[];
  /** Fenced blocks. */
  blocks: readonly MarkdownBlock[];
  /** Words in backticks outside of blocks. */
  codeWords: readonly string[];
  /** Rows of tables without head and rule, as the text of their cells. */
  rows: readonly (readonly string[])[];
}

export interface MarkdownBlock {
  /** What stands behind the opening fence. */
  info: string;
  text: string;
  /** The line of its first line, from 1 on. */
  line: number;
}

export function readMarkdown(text: string): MarkdownFacts {
  const { prose, blocks } = withoutBlocks(text);
  const codeWords = [...prose.matchAll(/`+([^`]+)`+/g)].map(([, word]) => word ?? '');
  const plain = prose.replaceAll(/`[^`]*`/g, 'code');
  const definitions = new Map(
    [...plain.matchAll(/^ {0,3}\[([^\]]+)\]:\s*<?([^\s>]+)/gm)].map(([, label = '', target = '']) => [
      label.toLowerCase(),
      target,
    ]),
  );
  const inline = [...plain.matchAll(/\]\(\s*<?([^\s)>]+)[^)]*\)/g)].map(([, target = '']) => target);
  const labels = [...plain.matchAll(/\]\[([^\]]+)\]/g)].map(([, label = '']) => label);
  return {
    links: [...inline, ...definitions.values()],
    undefinedLabels: labels.filter((label) => !definitions.has(label.toLowerCase())),
    anchors: anchorsOf(prose),
    blocks,
    codeWords,
    rows: rowsOf(prose),
  };
}

/** The prose keeps its lines: those of blocks become empty. */
function withoutBlocks(text: string): { prose: string; blocks: MarkdownBlock[] } {
  const blocks: MarkdownBlock[] = [];
  const prose: string[] = [];
  let open: { fence: string; info: string; lines: string[]; line: number } | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, fence = '', info = ''] = /^\s{0,3}(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line) ?? [];
    if (open === undefined && fence !== '') {
      open = { fence, info, lines: [], line: index + 2 };
    } else if (open !== undefined && fence.startsWith(open.fence) && info === '') {
      blocks.push({ info: open.info, text: open.lines.join('\n'), line: open.line });
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(line);
    }
    prose.push(open !== undefined || fence !== '' ? '' : line);
  }
  if (open !== undefined) blocks.push({ info: open.info, text: open.lines.join('\n'), line: open.line });
  return { prose: prose.join('\n'), blocks };
}

/** GitHub's rule: small letters, no punctuation, hyphens for blanks, a number behind what is there already. */
function anchorsOf(prose: string): string[] {
  const seen = new Map<string, number>();
  return [...prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

function rowsOf(prose: string): string[][] {
  const lines = prose.split('\n');
  const isRow = (line = '') => line.trimStart().startsWith('|');
  const isRule = (line = '') => isRow(line) && /^[\s|:-]+$/.test(line);
  return lines
    .filter((line, index) => isRow(line) && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .trim()
        .replace(/^\||\|$/g, '')
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}
