// A real browser for tests and pictures of pages: the system's own Chromium, driven by playwright-core, without a network.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where a browser is: REMUSTER_BROWSER, or one of the usual names in the PATH; undefined when there is none. */
export function findBrowser(): string | undefined {
  const { REMUSTER_BROWSER, PATH = '' } = process.env;
  const places = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(REMUSTER_BROWSER === undefined ? [] : [REMUSTER_BROWSER]), ...places].find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export async function startBrowser(executablePath: string): Promise<Browser> {
  // A container's root has no sandbox of its own; only pages that we made are opened.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A page with the network off, that notes whatever goes wrong in it or is asked of the network. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly wrongs: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options, offline: true });
  const page = await context.newPage();
  const wrongs: string[] = [];
  page.on('pageerror', (error) => void wrongs.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') wrongs.push(`${message.type()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) wrongs.push(`asked for ${request.url()}`);
  });
  return { page, wrongs };
}
