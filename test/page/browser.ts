import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Where Chromium or Chrome is, on the systems that people use. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const executablePath = places.find((place) => existsSync(place));

/** A browser for a whole suite, and a fresh page of it for each test. */
export interface BrowserUnderTest {
  /** Opens an address in a window of its own. */
  open(url: string, options?: OpenOptions): Promise<Page>;
}

export interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

let told = false;

/**
 * A suite that needs a browser. Without one it is left out, and the summary says so: a pending test would be a failure.
 */
export function describeInBrowser(title: string, define: (browser: BrowserUnderTest) => void): void {
  if (executablePath === undefined) {
    if (!told)
      after(
        () =>
          void process.stdout.write(
            '\n  No Chromium was found, so the tests of the page in a browser were left out.\n',
          ),
      );
    told = true;
    return;
  }
  describe(title, () => {
    let browser: Browser;
    const problems: string[] = [];

    before(async () => {
      browser = await chromium.launch({
        executablePath,
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      });
    });
    after(() => browser.close());
    afterEach(async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
      const found = problems.splice(0);
      if (found.length > 0) throw new Error(`The page itself had problems: ${found.join(' | ')}`);
    });

    define({
      async open(url, { width = 1280, height = 800, colorScheme = 'light' } = {}) {
        const context = await browser.newContext({ viewport: { width, height }, colorScheme });
        await context.grantPermissions(['clipboard-read', 'clipboard-write']);
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        page.on('pageerror', (error) => problems.push(error.message));
        page.on('request', (request) => {
          if (!request.url().startsWith(new URL(url).origin)) problems.push(`asked for ${request.url()}`);
        });
        await page.goto(url);
        return page;
      },
    });
  });
}
