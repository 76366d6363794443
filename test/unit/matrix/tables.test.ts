// The tables of a matrix as a reader sees them: on a terminal, in Markdown, in HTML.
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { compare } from '../../../harness/matrix/compare.js';
import { renderMatrixHtml } from '../../../harness/matrix/html.js';
import { renderMatrixMarkdown } from '../../../harness/matrix/markdown.js';
import type { CellOutcome } from '../../../harness/matrix/outcome.js';
import { exitOf } from '../../../harness/matrix/result.js';
import { renderMatrix } from '../../../harness/matrix/terminal.js';
import { viewsOf } from '../../../harness/matrix/views.js';
import { outcome } from './plug-ins.js';

const cells: readonly CellOutcome[] = [
  outcome('systemd/unicorn/kill-master'),
  outcome('systemd/unicorn/reload', { recoveredMs: 300 }),
  outcome('systemd/puma/kill-master', { recoveredMs: 800 }),
  outcome('systemd/puma/reload', { verdict: 'not-applicable', recoveredMs: null, reason: 'puma has no reload' }),
  outcome('runit/unicorn/kill-master', {
    verdict: 'fail',
    broken: ['supervised'],
    recoveredMs: 400,
    reason: 'runit says <down> | 0 s',
  }),
  outcome('runit/unicorn/reload', { verdict: 'inconclusive', recoveredMs: null, reason: 'late' }),
  outcome('runit/puma/kill-master', { verdict: 'not-booted', recoveredMs: null, reason: 'no image' }),
  outcome('trap/T07/broken', {
    verdict: 'fail',
    broken: ['owns-socket'],
    recoveredMs: null,
    reason: 'an orphan has it',
  }),
  outcome('trap/T07/fixed'),
];

function shown(stored: readonly CellOutcome[] | null, env: Record<string, string> = {}): string {
  const comparison = stored ? compare(stored, cells) : null;
  const judged = { cells, missing: [], comparison, leftBehind: [] };
  return renderMatrix(
    {
      ...judged,
      ...exitOf({ ...judged, stoppedBy: null }),
      schemaVersion: 1,
      id: '1',
      startedAt: '',
      tookMs: 61_000,
      parallel: 4,
      stored: 'docs/matrix.json',
    },
    { env, columns: 100, folder: 'results/matrix-1' },
  );
}

test('says which supervisors were not at their defaults', () => {
  const given = { startLimitInterval: '60s' };
  const own = [outcome('systemd/unicorn/reload', { given }), outcome('systemd/puma/reload', { given }), cells[0]!];
  expect(renderMatrixMarkdown('The matrix', [], own)).toContain(
    '## Supervisors that are not at their defaults\n\n- `startLimitInterval: 60s`: `systemd/unicorn/reload`, `systemd/puma/reload`\n',
  );
  expect(renderMatrixHtml('The matrix', own)).toContain('<b>startLimitInterval: 60s</b>');
  expect(renderMatrixMarkdown('The matrix', [], cells)).not.toContain('defaults');
});

test('a crash by supervisor and server; then each server that several supervisors ran, path by path; then the rest; then traps', () => {
  expect(viewsOf(cells).map(({ title, columns }) => [title, ...columns])).toEqual([
    ['a crash: the master is killed', 'unicorn', 'puma'],
    ['unicorn under each supervisor, path by path', 'systemd', 'runit'],
    ['each server under systemd, path by path', 'unicorn', 'puma'],
    ['traps: one setting, wrong and right', 'broken', 'fixed'],
  ]);
});

test('on a terminal: a glyph and the recovery time, told apart without colour, reasons below', () => {
  const text = shown(cells);
  expect(text).toMatch(/systemd +✓ 1\.2 s +✓ 0\.8 s/);
  expect(text).toMatch(/runit +✗ 0\.4 s +!/);
  expect(text).toMatch(/reload +✓ 0\.3 s +\?/);
  expect(text).toMatch(/✗ runit\/unicorn\/kill-master\n +broken: supervised \| runit says <down> \| 0 s/);
  expect(text).toMatch(/– systemd\/puma\/reload\n +puma has no reload/);
  expect(text).not.toContain('\u001b[');
  expect(stripVTControlCharacters(shown(cells, { FORCE_COLOR: '1' }))).toBe(text);
});

test('what changed is named, with what it was and is', () => {
  const stored = cells.map((cell) => (cell.id === 'runit/unicorn/kill-master' ? outcome(cell.id) : cell));
  const text = shown(stored);
  expect(text).toContain('1 CHANGED');
  expect(text).toMatch(/changed {2}runit\/unicorn\/kill-master\n +was pass\n +is {2}fail: supervised\n +runit says/);
  expect(text).toContain('exit 99: fail, otherwise than stored: runit/unicorn/kill-master');
  expect(shown(null)).toContain('nothing to compare with: docs/matrix.json');
});

test('Markdown and HTML have the same cells, and quoted words stay words', () => {
  const markdown = renderMatrixMarkdown('The matrix', ['Intro.'], cells);
  expect(markdown).toContain('| systemd | ✓ 1.2 s | ✓ 0.8 s |');
  expect(markdown).toContain('runit says \\<down\\> \\| 0 s');
  const html = renderMatrixHtml('The matrix', cells);
  expect(html).toContain('<td class="pass" title="">✓ 0.8 s</td>');
  expect(html).toContain('runit says &lt;down&gt; | 0 s');
  expect(html).toMatch(/href="#runit.unicorn.kill-master"[^]*id="runit.unicorn.kill-master"/);
  expect(html).not.toMatch(/<down>|https?:/);
});
