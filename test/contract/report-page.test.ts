// report.html in a real browser, from a file, with the network off: it opens without an error, fast; zoom, filter, evidence,
// dark, narrow and keyboard work; axe finds nothing serious. Where there is no browser, this is skipped, and says so.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml, reportData } from '../../harness/report/html/index.js';
import type { RunResult } from '../../harness/verdict/model.js';
import { findBrowser, openPage, startBrowser } from '../browser.js';
import { environment, flagship, plans, receipt } from '../unit/report/flagship.js';
import { journal } from '../unit/report/html/journal.js';

const executable = findBrowser();
const why = executable === undefined ? ' (skipped: no Chromium found; REMUSTER_BROWSER can name one)' : '';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A slow machine that does other things at the same time is allowed this; the time itself is printed. */
const GENEROUS_MS = 30_000;

let folder: string;
let browser: Browser;

beforeAll(async () => {
  if (executable === undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'remuster-page-'));
  browser = await startBrowser(executable);
  const minute = (name: string) =>
    journal({
      environment: name,
      minutes: 1,
      restartEveryMs: 15_000,
      ...(name === 'production' ? { lostFromMs: 31_000 } : {}),
    });
  writeFileSync(join(folder, 'flagship.html'), renderHtml(await reportData(flagship, plans, minute)));
  writeFileSync(join(folder, 'live.html'), renderHtml(await reportData(flagship, plans, minute, { live: true })));
  writeFileSync(join(folder, 'bare.html'), renderHtml(await reportData(flagship, plans, () => [])));
  const none = { ...flagship, environments: [] };
  writeFileSync(join(folder, 'none.html'), renderHtml(await reportData(none, plans, () => [])));
  const hours = (name: string) => journal({ environment: name, minutes: 240, restartEveryMs: 15_000 });
  writeFileSync(join(folder, 'soak.html'), renderHtml(await reportData(soak(), plans, hours)));
});
afterAll(async () => {
  if (executable === undefined) return;
  await browser.close();
  rmSync(folder, { recursive: true });
});

function soak(): RunResult {
  const receipts = Array.from({ length: 960 }, (_, index) =>
    receipt(`web-${1 + (index % 4)}`, 1 + Math.floor(index / 4), index * 15_000),
  );
  return { ...flagship, environments: [environment('release', { receipts })] };
}

async function opened(
  file: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; wrongs: readonly string[] }> {
  const { page, wrongs } = await openPage(browser, options);
  await page.goto(pathToFileURL(join(folder, file)).href);
  await page.waitForSelector('html[data-ready]');
  return { page, wrongs };
}

const range = (page: Page): Promise<string> => page.locator('.range').innerText();

async function seriousFindings(page: Page): Promise<readonly string[]> {
  // The page's own policy allows no other script: axe is run by the browser's debugger, beside it.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(async () =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html.slice(0, 120))
          .slice(0, 3)
          .join(' | ')}`,
    );
}

describe.skipIf(why !== '')(`report.html in a browser${why}`, () => {
  it('opens from a file with the network off, without an error, with the verdict first', async () => {
    const { page, wrongs } = await opened('flagship.html');
    expect(wrongs).toEqual([]);
    expect(await page.title()).toBe('PASS: supervisor-swap');
    expect(await page.locator('h1').innerText()).toMatch(/PASS\s+exit 0/);
    expect(await page.locator('.reason strong').first().innerText()).toMatch(
      /^web-1 was restarted by bluepill.*owns the port\.$/,
    );
    expect(await page.locator('#timeline canvas').count()).toBe(2);
    expect(await page.locator('#timeline .lane').count()).toBe(4);
    // The words of a supervisor that would break out are words.
    await page.keyboard.press('/');
    await page.keyboard.type('broken out');
    expect(await page.locator('#story .lines li').innerText()).toContain('</script><script>');
    expect(await page.title()).toBe('PASS: supervisor-swap');
  });

  it('zooms with buttons, by dragging and back, all lanes together', async () => {
    const { page } = await opened('flagship.html');
    const whole = await range(page);
    const bars = await page.locator('#timeline .lane').first().innerHTML();
    await page.getByRole('button', { name: 'zoom in (+)' }).click();
    expect(await range(page)).not.toBe(whole);
    expect(await page.locator('#timeline .lane').first().innerHTML()).not.toBe(bars);
    await page.getByRole('button', { name: 'all of the run (0)' }).click();
    expect(await range(page)).toBe(whole);
    const box = (await page.locator('#timeline .u-over').first().boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.3, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 4 });
    await page.mouse.up();
    const [from, to] = [...(await range(page)).matchAll(/(-?\d+\.\d) s/g)].map(([, text]) => Number(text));
    expect(to! - from!).toBeGreaterThan(10);
    expect(to! - from!).toBeLessThan(25);
  });

  it('opens the evidence of a finding and of a cell, and keeps it in the address', async () => {
    const { page } = await opened('flagship.html');
    await page.locator('#receipts td.broken a').first().click();
    const panel = page.getByRole('dialog', { name: 'answers' });
    expect(await panel.innerText()).toContain('0 of 5 direct answers since 31.2 s');
    expect(await panel.innerText()).toContain('Did you forget to tell bluepill');
    const address = page.url();
    expect(address).toContain('#env=production&receipt=1&claim=answers');
    await page.keyboard.press('Escape');
    expect(await page.locator('.panel').count()).toBe(0);
    await page.goto('about:blank');
    await page.goto(address);
    expect(await page.locator('.panel').innerText()).toContain('0 of 5 direct answers');
    await page.locator('#findings a').last().click();
    expect(await page.locator('.panel h2').innerText()).toContain('no-cascade');
  });

  it('filters findings, receipts and story by words, node and problems', async () => {
    const { page } = await opened('flagship.html');
    const rows = () => page.locator('#receipts tbody tr').count();
    expect(await rows()).toBe(4);
    await page.selectOption('#node', 'web-3');
    expect(await rows()).toBe(1);
    expect(await page.locator('#timeline .lane').count()).toBe(1);
    await page.selectOption('#node', '');
    await page.getByRole('button', { name: '✓ release' }).click();
    expect(await rows()).toBe(5);
    await page.check('#problems');
    expect(await rows()).toBe(0);
    await page.uncheck('#problems');
    await page.fill('#search', 'web-1');
    expect(await rows()).toBe(2);
    await page.fill('#search', 'no such words');
    expect(await rows()).toBe(0);
  });

  it('can be used with the keyboard alone', async () => {
    const { page } = await opened('flagship.html');
    const whole = await range(page);
    await page.keyboard.press('n');
    expect(await range(page)).toContain('cursor at');
    await page.keyboard.press('+');
    expect(await range(page)).not.toContain(whole.split(' · ')[0]!);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('0');
    expect((await range(page)).split(' · ')[0]).toBe(whole.split(' · ')[0]);
    await page.keyboard.press('e');
    expect(await page.locator('#timeline h2').innerText()).toBe('Time line: production-fixed');
    await page.keyboard.press('e');
    await page.keyboard.press('e');
    // By Tab alone to the first cell of the receipts, and into its evidence and back.
    await page.locator('#receipts .wide').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.locator('.panel h2').innerText()).toContain('old-gone');
    await page.keyboard.press('Escape');
    expect(await page.evaluate<string>("document.activeElement.getAttribute('href')")).toContain('claim=old-gone');
  });

  it.each([
    ['a desktop', { viewport: { width: 1280, height: 900 } }],
    ['a narrow screen', { viewport: { width: 390, height: 844 }, hasTouch: true }],
    ['a dark, narrow screen', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
  ] as const)('on %s needs no sideways scrolling and has nothing serious for axe', async (_, options) => {
    const { page } = await opened('flagship.html', options);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(options.viewport.width);
    const background = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(background === 'rgb(255, 255, 255)').toBe(!('colorScheme' in options));
    await page.locator('#receipts td.broken a').first().click();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(options.viewport.width);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('knows what axe would find', async () => {
    const { page } = await opened('flagship.html');
    await page.evaluate("document.body.append(document.createElement('button'))");
    expect((await seriousFindings(page)).join()).toContain('button-name');
  });

  it('of a run that goes on says so, and can be paused', async () => {
    const { page, wrongs } = await opened('live.html');
    expect(await page.locator('h1').innerText()).toContain('RUNNING');
    await page.getByRole('button', { name: 'pause' }).click();
    expect(await page.getByRole('button', { name: 'go on' }).count()).toBe(1);
    expect(wrongs).toEqual([]);
  });

  it.each(['bare.html', 'none.html'])(
    'without journals, or without any environment, opens all the same: %s',
    async (file) => {
      const { page, wrongs } = await opened(file);
      for (const key of ['n', 'e', '+', '/', 'x', 'Escape']) await page.keyboard.press(key);
      expect(await page.locator('h1').innerText()).toContain('PASS');
      expect(wrongs).toEqual([]);
    },
  );

  it('prints all of it, light, whatever the screen is', async () => {
    const { page, wrongs } = await opened('flagship.html', { colorScheme: 'dark' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.locator('#story .lines li').count()).toBeGreaterThan(20);
    expect((await page.pdf()).length).toBeGreaterThan(20_000);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).not.toBe(
      'rgb(255, 255, 255)',
    );
    expect(wrongs).toEqual([]);
  });

  it('of four hours opens fast', async () => {
    const startMs = performance.now();
    const { page, wrongs } = await opened('soak.html');
    const readyMs = performance.now() - startMs;
    const paintMs = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1,
    );
    const size = readFileSync(join(folder, 'soak.html')).length;
    console.log(
      `soak of 4 h, 960 restarts: ${(size / 1e6).toFixed(2)} MB, first paint ${paintMs.toFixed(0)} ms, ready ${readyMs.toFixed(0)} ms`,
    );
    expect(wrongs).toEqual([]);
    expect(size).toBeLessThan(5_000_000);
    expect(readyMs).toBeLessThan(GENEROUS_MS);
    await page.getByRole('button', { name: 'zoom in (+)' }).click();
    expect(await range(page)).toMatch(/\d\d:\d\d:\d\d to/);
  });
});
