// Makes the pictures of docs/read-the-report.md from the report of a stored run: npm run screenshots -- results/latest.
// Needs a Chromium (REMUSTER_BROWSER, or one in the PATH). Pictures that are too large for a repository are refused.
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { findBrowser, openPage, startBrowser } from '../test/browser.js';

const MOST_BYTES = 300_000;
const OUT = 'docs/images';

interface Picture {
  readonly name: string;
  readonly options: BrowserContextOptions;
  readonly prepare?: (page: Page) => Promise<void>;
}

const pictures: readonly Picture[] = [
  { name: 'report', options: { viewport: { width: 1280, height: 1180 } } },
  {
    name: 'report-evidence',
    options: { viewport: { width: 1280, height: 1000 }, colorScheme: 'dark' },
    prepare: async (page) => {
      await page.evaluate("document.documentElement.style.scrollBehavior = 'auto'");
      await page.locator('#receipts td.broken a').first().click();
      await page.getByRole('button', { name: 'show on the time line' }).click();
    },
  },
  { name: 'report-narrow', options: { viewport: { width: 390, height: 844 } } },
];

const run = process.argv[2] ?? 'results/latest';
const executable = findBrowser();
if (executable === undefined) throw new Error('no Chromium was found; REMUSTER_BROWSER can name one');
mkdirSync(OUT, { recursive: true });
const browser = await startBrowser(executable);
try {
  for (const { name, options, prepare } of pictures) {
    const { page, wrongs } = await openPage(browser, options);
    await page.goto(pathToFileURL(resolve(run, 'report.html')).href);
    await page.waitForSelector('html[data-ready]');
    await prepare?.(page);
    const path = join(OUT, `${name}.png`);
    await page.screenshot({ path, animations: 'disabled' });
    const { size } = statSync(path);
    if (wrongs.length > 0) throw new Error(`${name}: ${wrongs.join('; ')}`);
    if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes; at most ${MOST_BYTES} are wanted`);
    process.stdout.write(`${path} ${Math.round(size / 1000)} kB\n`);
  }
} finally {
  await browser.close();
}
