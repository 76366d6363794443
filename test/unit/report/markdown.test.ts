// The job summary: verdict first, nothing that breaks the page, below the size that GitHub accepts.
import { describe, expect, it } from 'vitest';
import { lanes } from '../../../harness/report/lanes.js';
import { renderMarkdown } from '../../../harness/report/markdown.js';
import { flagship, NODES, plans, production } from './flagship.js';

describe('the job summary', () => {
  it('starts with the verdict and one row per environment', () => {
    const lines = renderMarkdown(flagship, plans).split('\n');
    expect(lines[0]).toBe('## ✅ pass: supervisor-swap');
    expect(lines.filter((line) => line.startsWith('| production |'))).toEqual([
      '| production | ❌ fail | as expected | 0 of 4 restarts proved | never back | 58.1 % failed | **TOTAL OUTAGE** |',
    ]);
  });

  it('draws when each node was struck and that it did not come back', () => {
    const drawn = lanes(production, NODES, 40);
    expect(drawn[0]).toBe(`web-1  ${'█'.repeat(11)}▼${'░'.repeat(28)}`);
    expect(drawn[3]).toMatch(/^web-4 {2}█+▓+▼░+$/);
  });

  it("tells each environment's own figures of the generator, where it left any", () => {
    const text = renderMarkdown(flagship, plans);
    expect(text.split('Load: generator 3 ms late at most (p99), 31.0 % of a core.')).toHaveLength(3);
    expect(renderMarkdown({ ...flagship, environments: [production] }, plans)).not.toContain('Load: generator');
  });

  it('lets no text of the tier become markup', () => {
    const evil = {
      ...production,
      summary: '<script>x</script> | [a](b) @team',
      timeline: [{ atMs: 0, node: 'web-1', text: '```\n</details>', tone: 'bad' as const }],
    };
    const text = renderMarkdown({ ...flagship, environments: [evil] }, plans);
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;x&lt;/script&gt; &#124; &#91;a&#93;(b) &#64;team');
    expect(text).toContain('````text\n   0.0 s  web-1   ``` </details>\n````');
  });

  it('stays below one megabyte and says what it left out', () => {
    const long = { ...production, timeline: Array.from({ length: 40_000 }, () => production.timeline[0]!) };
    const text = renderMarkdown({ ...flagship, environments: [long, flagship.environments[0]!] }, plans);
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
    expect(text).toContain('Details of production are too long for here');
    expect(text).toContain('### release');
  });
});
