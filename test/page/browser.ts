import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Emulator, EmulatorOptions } from '../../emulator/emulator.ts';
import { startEmulator } from '../../emulator/startEmulator.ts';
import { chromiumFlags } from './chromiumFlags.ts';

/** Where Chromium or Chrome is, on the systems that people use. */
const places = [
  // Needs the least processor time.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
export const executablePath = places.find((place) => existsSync(place));

/** A browser with one window. */
export interface BrowserUnderTest {
  /** Opens an address in the window: a window of its own for each test would cost a second of computing. */
  open(url: string, options?: OpenOptions): Promise<Page>;
}

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

interface Window {
  readonly browser: Browser;
  readonly page: Page;
  /** What the page did wrong since somebody looked. */
  readonly problems: string[];
}

/**
 * Opened by the first suite that needs it, and used by all suites of this process: a start of Chromium costs seconds of computing. It is
 * closed after the last test; a process that mocha runs files in plays others later, so there it is closed when that process ends.
 */
let opened: Promise<Window> | undefined;
let origin = '';
let told = false;

let lastPort = 0;

/** An emulator at the port of the last one, if that is still free, so that the browser has the files of the page in its cache. */
export async function startEmulatorForPage(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ ...options, port: lastPort, portTaken: 'next' });
  lastPort = emulator.port;
  return emulator;
}

async function openWindow(): Promise<Window> {
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: chromiumFlags,
  });
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) problems.push(`asked for ${request.url()}`);
  });
  return { browser, page, problems };
}

/** Something to do after all tests, once. */
function atTheEnd(what: () => void | Promise<void>): void {
  if (!told) after(what);
  told = true;
}

/**
 * A suite that needs a browser. Without one it is left out, and the summary says so: a pending test would be a failure.
 */
export function describeInBrowser(title: string, define: (browser: BrowserUnderTest) => void): void {
  if (executablePath === undefined) {
    atTheEnd(
      () =>
        void process.stdout.write('\n  No Chromium was found, so the tests of the page in a browser were left out.\n'),
    );
    return;
  }
  if (process.env['MOCHA_WORKER_ID'] === undefined) atTheEnd(async () => (await opened)?.browser.close());
  describe(title, () => {
    let window: Window;

    before(async () => {
      window = await (opened ??= openWindow());
    });
    afterEach(async () => {
      const { page, problems } = window;
      await page.unrouteAll();
      await page.goto('about:blank');
      const found = problems.splice(0);
      if (found.length > 0) throw new Error(`The page itself had problems: ${found.join(' | ')}`);
    });

    define({
      async open(url, { width = 1280, height = 800, colorScheme = 'light' } = {}) {
        const { page } = window;
        origin = new URL(url).origin;
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        await page.goto(url);
        return page;
      },
    });
  });
}
