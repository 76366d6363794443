// Who gets a board and who gets lines, and what each writes: nothing of high frequency, no cursor codes in a pipeline.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLive } from '../../../../harness/report/live/index.js';
import { plan, production } from '../flagship.js';
import { incident } from './incident.js';

function play(isTTY: boolean, env: Record<string, string> = {}): string {
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text), isTTY, columns: 80, rows: 24 };
  const live = createLive({ stderr }, env);
  live.progress('building image node-ruby ... 1 s');
  live.environmentStarted(plan('production', 'bluepill', false), 1, 3);
  for (const event of incident) live.event(event);
  live.environmentEnded(production);
  live.close();
  live.close();
  return written.join('');
}

describe('plain lines', () => {
  it('tell each thing once, with the environment in front and times since the start of the load', () => {
    const lines = play(false).trimEnd().split('\n');
    expect(lines[0]).toBe('building image node-ruby ... 1 s');
    expect(lines).toContain('[production]   4.0 s  web-1  fault policy-restart sent (round 1)');
    expect(lines).toContain('[production]   6.0 s  web-1  new server pid 97 owns the port');
    expect(lines).toContain('[production]   8.0 s  web-1  does not answer (direct probe: timeout)');
    expect(lines).toContain('[production]  10.0 s  web-1  haproxy: DOWN (L7TOUT)');
    expect(lines.filter((line) => line.includes('web-2'))).toHaveLength(5);
    expect(lines.at(-1)).toBe(
      'production  FAIL  as expected  0 of 4 restarts proved  never back  58.1 % failed  TOTAL OUTAGE',
    );
  });

  it('are what a pipeline gets, even on a pseudo terminal, and who sets NO_COLOR, without any control character', () => {
    for (const text of [
      play(false),
      play(true, { CI: 'true' }),
      play(true, { TERM: 'dumb' }),
      play(true, { NO_COLOR: '1' }),
    ]) {
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });

  it('do not repeat a step that only counts its seconds', () => {
    const written: string[] = [];
    const live = createLive({ stderr: { write: (text: string) => written.push(text), isTTY: false } }, {});
    for (const seconds of ['1 s', '2 s', '3.5 s']) live.progress(`building image node-ruby ... ${seconds}`);
    live.progress('built image node-ruby in 4 s');
    expect(written).toEqual(['building image node-ruby ... 1 s\n', 'built image node-ruby in 4 s\n']);
  });
});

describe('a long silence', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is broken every 30 s with a sign of life, until the environment is over', () => {
    vi.useFakeTimers();
    const written: string[] = [];
    const live = createLive({ stderr: { write: (text: string) => written.push(text), isTTY: false } }, {});
    live.environmentStarted(plan('production', 'bluepill', false), 0, 1);
    for (const event of incident) live.event(event);
    written.length = 0;
    vi.advanceTimersByTime(65_000);
    expect(written).toHaveLength(2);
    expect(written[0]).toMatch(
      /^\[production\] still running: round 1 of 2, 30\.0 s; 60 users, 120 req\/s; ok 1 000, failed 120; 3 of 4 nodes up/,
    );
    live.environmentEnded(production);
    written.length = 0;
    vi.advanceTimersByTime(65_000);
    expect(written).toEqual([]);
  });
});

describe('the board on a terminal', () => {
  it('does not let the terminal cut that line in the middle of a word', () => {
    const written: string[] = [];
    const stderr = { write: (text: string) => written.push(text), isTTY: true, columns: 60, rows: 20 };
    const live = createLive({ stderr }, {});
    live.environmentStarted(plan('production', 'bluepill', false), 0, 1);
    live.environmentEnded(production);
    const lines = (written.at(-1) ?? '').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    // Colours take no room.
    for (const line of lines) expect(line.replaceAll(/\u001b\[[0-9;]*m/g, '').length).toBeLessThanOrEqual(60);
  });

  it('leaves one line per environment behind', () => {
    const text = play(true);
    expect(text).toMatch(/^production {2}/m);
    expect(text).not.toContain('[production]');
  });
});
