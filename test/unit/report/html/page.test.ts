// The page as a file: nothing of a run breaks out of its data, nothing is fetched, and the same run gives the same bytes.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { escaped, scriptJson } from '../../../../harness/report/html/escape.js';
import { renderHtml, reportData, type ReportData } from '../../../../harness/report/html/index.js';
import { environment, flagship, plans, receipt } from '../flagship.js';
import { EVIL, journal } from './journal.js';

const made = (name: string) => journal({ environment: name, minutes: 1, restartEveryMs: 15_000 });
const evil = {
  ...flagship,
  scenario: EVIL,
  environments: [
    environment('release', {
      ...({
        verdict: 'fail',
        asExpected: false,
        summary: `release: FAIL. ${EVIL}`,
        supervisorsSay: { 'web-1': EVIL },
      } as const),
      timeline: [{ atMs: 0, node: EVIL, text: EVIL, tone: 'bad' }],
    }),
  ],
};

function scriptsOf(html: string): readonly string[] {
  return [...html.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(([, text = '']) => text);
}

describe('the page', () => {
  it('lets nothing of a journal break out: two scripts, the data and our own', async () => {
    const data = await reportData(evil, plans, made);
    const html = renderHtml(data);
    const scripts = scriptsOf(html);
    expect(scripts).toHaveLength(2);
    expect(JSON.parse(scripts[0]!) as ReportData).toEqual(JSON.parse(JSON.stringify(data)));
    expect(scripts[0]).not.toContain('<');
    expect(scripts[0]).toContain('broken out');
    expect(html.replace(scripts[1]!, '')).not.toMatch(/<img|<!--/);
    expect(html).toContain('&lt;/script&gt;');
  });

  it('knows a page that would let something out', () => {
    expect(scriptsOf(`<script>${JSON.stringify({ line: EVIL })}</script>`).length).toBeGreaterThan(1);
  });

  it('runs its own script only, and fetches nothing', async () => {
    const html = renderHtml(await reportData(flagship, plans, made));
    const [, own = ''] = scriptsOf(html);
    const hash = createHash('sha256').update(own).digest('base64');
    expect(html).toContain(`script-src 'sha256-${hash}'`);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<link|<script src|@import|url\((?!#)/);
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it('has the same bytes each time, and the verdict and its reason as plain HTML', async () => {
    const [one, two] = await Promise.all([1, 2].map(async () => renderHtml(await reportData(flagship, plans, made))));
    expect(one === two).toBe(true);
    const visible = one!.slice(one!.indexOf('<header'), one!.indexOf('</header>'));
    expect(visible).toContain('exit 0: ');
    expect(visible).toContain('has not answered since 31.2 s');
    expect(visible).toContain('npx remuster run scenarios/supervisor-swap.ts --env production --seed 7');
  });

  it('of a run that goes on says so', async () => {
    const html = renderHtml(await reportData(flagship, plans, made, { live: true }));
    expect(html).toContain('<title>RUNNING: supervisor-swap</title>');
    expect(html).toContain('still running; judged so far');
  });
});

describe('a soak of four hours', () => {
  it('stays under 5 MB with a restart every 15 s', async () => {
    const receipts = Array.from({ length: 960 }, (_, index) =>
      receipt(`web-${1 + (index % 4)}`, 1 + Math.floor(index / 4), index * 15_000),
    );
    const timeline = Array.from({ length: 600 }, (_, index) => ({
      atMs: index * 24_000,
      node: 'web-1',
      text: `new unicorn (pid ${index}) owns the port`,
      tone: 'good' as const,
    }));
    const soak = {
      ...flagship,
      environments: ['release', 'production'].map((name) => environment(name, { receipts, timeline })),
    };
    const startMs = performance.now();
    const html = renderHtml(
      await reportData(soak, plans, (name) => journal({ environment: name, minutes: 240, restartEveryMs: 15_000 })),
    );
    console.log(
      `two soaks of 4 h: ${(html.length / 1e6).toFixed(2)} MB, made in ${((performance.now() - startMs) / 1000).toFixed(1)} s`,
    );
    expect(Buffer.byteLength(html)).toBeLessThan(5_000_000);
  }, 120_000);
});

describe('escapes', () => {
  it('leave the value as it is', () => {
    const value = { text: `${EVIL}\u2028\u2029&"'` };
    expect(JSON.parse(scriptJson(value))).toEqual(value);
    expect(escaped('a<b>&"c"\u001b[31m')).toBe('a&lt;b&gt;&amp;&quot;c&quot;');
  });
});
