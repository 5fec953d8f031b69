import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { ownOriginOnly } from './answer.ts';

const own = new URL('../page/', import.meta.url);
const narration = new URL('../narration/', import.meta.url);

/** The files of the page, by the paths that the browser asks for. Nothing else is served. */
const pageScripts = [
  'addresses.js',
  'armedFaults.js',
  'chat.js',
  'clockSheet.js',
  'controlsPane.js',
  'copies.js',
  'customerMenu.js',
  'customerPane.js',
  'details.js',
  'faultsSheet.js',
  'fileButton.js',
  'forms.js',
  'inboxPane.js',
  'main.js',
  'marks.js',
  'message.js',
  'metaAiSheet.js',
  'ownerStrip.js',
  'participants.js',
  'plansStrip.js',
  'reactions.js',
  'requests.js',
  'rowLayout.js',
  'sentFiles.js',
  'session.js',
  'sheet.js',
  'shownNames.js',
  'stateSheet.js',
  'templates.js',
  'timeline.js',
  'timelinePane.js',
  'timelineRow.js',
  'tokensForm.js',
  'tourBar.js',
  'words.js',
];

/** The narrator, which the terminal uses too. */
const narratorScripts = [
  'attachments.js',
  'azureInWords.js',
  'callInWords.js',
  'faultsInWords.js',
  'json.js',
  'names.js',
  'rowOfEvent.js',
  'rows.js',
  'time.js',
  'words.js',
];

const styleSheets = ['page.css', 'chat.css', 'diagram.css'];

const packages: Readonly<Record<string, string>> = {
  'preact.mjs': import.meta.resolve('preact'),
  'hooks.mjs': import.meta.resolve('preact/hooks'),
  'signals.mjs': import.meta.resolve('@preact/signals'),
  'signals-core.mjs': import.meta.resolve('@preact/signals-core'),
  'htm.mjs': import.meta.resolve('htm'),
  'htm-preact.mjs': import.meta.resolve('htm/preact'),
};

const prefix = '/_emulator/page/';
const narrationPrefix = '/_emulator/narration/';
const script = 'text/javascript; charset=utf-8';
const styles = 'text/css; charset=utf-8';

interface PageFile {
  readonly url: URL;
  readonly type: string;
}

const files: ReadonlyMap<string, PageFile> = new Map([
  ['/', { url: new URL('index.html', own), type: 'text/html; charset=utf-8' }],
  ...styleSheets.map((name): [string, PageFile] => [`${prefix}${name}`, { url: new URL(name, own), type: styles }]),
  [`${prefix}icon.svg`, { url: new URL('icon.svg', own), type: 'image/svg+xml' }],
  ...pageScripts.map((name): [string, PageFile] => [`${prefix}${name}`, { url: new URL(name, own), type: script }]),
  ...narratorScripts.map((name): [string, PageFile] => [
    `${narrationPrefix}${name}`,
    { url: new URL(name, narration), type: script },
  ]),
  ...Object.entries(packages).map(([name, url]): [string, PageFile] => [
    `${prefix}packages/${name}`,
    { url: new URL(url), type: script },
  ]),
]);

/** Answers a request for the page or one of its files, and says whether it was one. */
export type PageFiles = (method: string, path: string, response: ServerResponse) => Promise<boolean>;

/** The page names its files behind a version of all of them, so that a browser that has them asks for none of them again. */
const versioned = /^(\/_emulator\/)v-\w+\/((?:page|narration)\/)/;

/**
 * Serves the page, its own files and the packages that it uses. The browser is told to load nothing from elsewhere and to run only
 * these scripts.
 */
export function createPageFiles(): PageFiles {
  return async (method, path, response) => {
    const file = method === 'GET' || method === 'HEAD' ? files.get(path.replace(versioned, '$1$2')) : undefined;
    if (file === undefined) return false;
    const bytes = path === '/' ? await readPage(file.url) : await readFile(file.url);
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': bytes.length,
      'cache-control': versioned.test(path) ? 'max-age=31536000, immutable' : 'no-cache',
      ...ownOriginOnly,
      'referrer-policy': 'no-referrer',
      ...(path === '/' ? { 'content-security-policy': contentSecurityPolicy(bytes.toString('utf8')) } : {}),
    });
    response.end(method === 'HEAD' ? undefined : bytes);
    return true;
  };
}

/** The page, which names its files in their version of now: one that was changed is loaded again. */
async function readPage(url: URL): Promise<Buffer> {
  const found = await Promise.all([...files.values()].map((file) => stat(file.url)));
  const version = createHash('sha256').update(found.map(({ mtimeMs, size }) => `${mtimeMs} ${size}`).join());
  const html = await readFile(url, 'utf8');
  return Buffer.from(html.replaceAll(`"${prefix}`, `"/_emulator/v-${version.digest('hex').slice(0, 16)}/page/`));
}

/** The import map must be inline, so it is allowed by its hash. */
function contentSecurityPolicy(html: string): string {
  const inline = /<script type="importmap">([^]*?)<\/script>/.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(inline).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "connect-src 'self'",
    // Nothing is loaded from elsewhere; `data:` images are part of the page already.
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
