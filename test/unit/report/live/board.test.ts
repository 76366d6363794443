// The board as it would stand on a screen: the right state, inside the screen, for wide, usual and narrow ones.
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../../../harness/report/colors.js';
import { BoardModel } from '../../../../harness/report/live/board-model.js';
import { boardLines } from '../../../../harness/report/live/board-view.js';
import { sparkline } from '../../../../harness/report/sparkline.js';
import { widthOf } from '../../../../harness/report/text.js';
import { plan } from '../flagship.js';
import { incident, LOAD_MS } from './incident.js';

function board(until: number = Number.POSITIVE_INFINITY): BoardModel {
  const model = new BoardModel(plan('production', 'bluepill', false), 1, 3);
  for (const event of incident) if (event.atMs <= until) model.take(event);
  return model;
}

const NOW = LOAD_MS + 10_500;

describe('the board', () => {
  it('at 200 columns shows phase, load, every node and the last events first', () => {
    const lines = boardLines(board(), { width: 200, height: 40 }, NOW, PLAIN);
    expect(lines[0]).toMatch(
      /^supervisor-swap · production \(2 of 3\) · round 1 of 2: policy-restart · 00:10 +seed 7$/,
    );
    expect(lines[2]).toMatch(
      /^load {3}60 users {2}120 req\/s {2}[▁-█]{10} {2}ok 1 000 {2}failed 120 \(http-5xx\) {2}p99 5\d ms/,
    );
    expect(lines.find((line) => line.startsWith('web-1'))).toMatch(
      /^web-1 {2}bluepill up {2}pid 97 +2 +00:04 +195 MiB +0 % +DOWN +haproxy: DOWN \(L7TOUT\), 00:00 ago$/,
    );
    expect(lines.find((line) => line.startsWith('web-3'))).toMatch(/pid 32 +1 +00:19 +195 MiB +33 % +UP/);
    expect(lines[10]).toMatch(/^ 10\.0 s {2}web-1 {2}haproxy: DOWN \(L7TOUT\)$/);
    expect(lines[12]).toContain('bluepill: "Did you forget to tell bluepill to daemonize this process?"');
  });

  it.each([
    [80, 24],
    [40, 24],
    [20, 10],
    [200, 60],
  ])('fits into %i x %i', (width, height) => {
    for (const until of [0, 5_000, LOAD_MS + 200, Number.POSITIVE_INFINITY]) {
      const lines = boardLines(board(until), { width, height }, NOW, PLAIN);
      expect(lines.length).toBeLessThanOrEqual(height);
      expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    }
  });

  it('at 40 columns keeps what matters of a node', () => {
    const lines = boardLines(board(), { width: 40, height: 24 }, NOW, PLAIN);
    expect(lines.find((line) => line.startsWith('web-1'))).toMatch(/^web-1 .*pid 97 .*DOWN/);
  });

  it('shows the step of the boot until the load starts', () => {
    const model = board(5_000);
    model.progress('starting 4 nodes ... 3 s');
    expect(boardLines(model, { width: 80, height: 24 }, 5_000, PLAIN)).toContain('starting 4 nodes ... 3 s');
    for (const event of incident) model.take(event);
    expect(boardLines(model, { width: 80, height: 24 }, NOW, PLAIN)).not.toContain('starting 4 nodes ... 3 s');
  });

  it('counts seconds without a frame as seconds without answers', () => {
    expect(board().perSecond(10)).toEqual([160, 160, 160, 160, 0, 0, 0, 120, 120, 120]);
    expect(sparkline([0, 50, 100])).toBe('▁▅█');
  });
});
