import { posix } from 'node:path';
import { readMarkdown, type MarkdownFacts } from './markdown.ts';

/** What documents are held against. Paths are from the root of the project, with slashes. */
export interface Project {
  /** Markdown documents by their paths. */
  documents: ReadonlyMap<string, string>;
  exists: (path: string) => boolean;
  /** Names in package.json's `scripts`. */
  scripts: readonly string[];
  /** Settings and their second names. */
  settings: readonly string[];
  /** Text in which a word that looks like a setting may stand because it is the name of something else. */
  code: string;
  /** Files that every user has and git does not. */
  ignored: readonly string[];
}

/** Everything that the documents say and the project does not have, as sentences. */
export function findDocumentProblems(project: Project): string[] {
  return [...project.documents].flatMap(([path, text]) => {
    const facts = readMarkdown(text);
    return [
      ...linkProblems(project, path, facts),
      ...scriptProblems(project, text),
      ...settingProblems(project, text, facts),
      ...placeProblems(project, path, facts),
      ...fileProblems(project, facts),
    ].map((problem) => `${path}: ${problem}`);
  });
}

function linkProblems(project: Project, from: string, { links, undefinedLabels }: MarkdownFacts): string[] {
  const missing = undefinedLabels.map((label) => `the link label [${label}] is not defined`);
  const broken = links.flatMap((link) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return [];
    const [target = '', anchor] = decodeURI(link).split('#', 2);
    const path = target === '' ? from : posix.join(target.startsWith('/') ? '.' : posix.dirname(from), target);
    if (path.startsWith('..') || !project.exists(path)) return [`the link ${link} leads nowhere`];
    if (anchor === undefined) return [];
    const document = project.documents.get(path);
    const known = document !== undefined && readMarkdown(document).anchors.includes(anchor);
    return known ? [] : [`the anchor of the link ${link} does not exist`];
  });
  return [...missing, ...broken];
}

function scriptProblems({ scripts }: Project, text: string): string[] {
  const run = [...text.matchAll(/\bnpm run(?:-script)?(?:\s+(?:-s|--silent))*\s+([\w:.-]*\w)/g)];
  const short = [...text.matchAll(/\bnpm (start|test)\b/g)];
  const names = new Set([...run, ...short].map(([, name = '']) => name));
  return [...names].filter((name) => !scripts.includes(name)).map((name) => `npm run ${name} does not exist`);
}

/** A word that begins as a setting does (`Facebook…`, `ToBot…`) and is neither a setting nor a name of the code. */
function settingProblems({ settings, code }: Project, text: string, { codeWords, blocks }: MarkdownFacts): string[] {
  const beginnings = new Set(
    settings.map((name) => /^[A-Z][a-z]+/.exec(name)?.[0]).filter((word) => word !== undefined),
  );
  const looksLikeSetting = (word: string) => {
    const [beginning] = /^[A-Z][a-z]+(?=[A-Z])/.exec(word) ?? [];
    return beginning !== undefined && beginnings.has(beginning) && /^[A-Za-z]+$/.test(word);
  };
  const assigned = [...text.matchAll(/(?:^|\s)([A-Za-z]+)=(?=\S)/gm)].map(([, name = '']) => name);
  const inJson = blocks
    .filter(({ info }) => info.startsWith('json'))
    .flatMap((block) => [...block.text.matchAll(/^\s*"([A-Za-z]+)":/gm)].map(([, name = '']) => name));
  return [...new Set([...codeWords, ...assigned, ...inJson])]
    .filter(looksLikeSetting)
    .filter((word) => !settings.includes(word) && !new RegExp(`\\b${word}\\b`).test(code))
    .map((word) => `the setting ${word} does not exist`);
}

/** In the README and in CONTRIBUTING, paths in the first cell of a table are the map of the project. */
function placeProblems({ exists, ignored }: Project, path: string, { rows }: MarkdownFacts): string[] {
  if (path !== 'README.md' && path !== 'CONTRIBUTING.md') return [];
  const named = rows.flatMap(([first = '']) => [...first.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word));
  return named
    .filter((word) => /^[\w.-]+(?:\/[\w.-]*)*$/.test(word) && /\/|\.(?:ts|js|json|md)$/.test(word))
    .filter((place) => !ignored.includes(place) && !exists(place))
    .map((place) => `the place ${place} does not exist`);
}

/**
 * Anywhere else a word in backticks names a file when it has an ending of ours and begins with a folder of the project. `my…` is a file
 * that the reader is to write.
 */
function fileProblems({ exists }: Project, { codeWords }: MarkdownFacts): string[] {
  const named = codeWords.filter((word) =>
    /^[\w.-]+\/(?:[\w.-]+\/)*(?!my[A-Z])[\w.-]+\.(?:ts|js|sh|ps1|json|md)$/.test(word),
  );
  return [...new Set(named)]
    .filter((file) => exists(`${file.split('/', 1)[0] ?? ''}/`) && !exists(file))
    .map((file) => `the file ${file} does not exist`);
}
