// The engine's events about containers, in our words.
import { describe, expect, it } from 'vitest';
import { changeOf, parseEvent } from '../../../../harness/tier/runtime/life.js';

const line = (action: string, attributes: Readonly<Record<string, string>> = {}): string =>
  JSON.stringify({ Type: 'container', Action: action, Actor: { ID: 'c1', Attributes: attributes }, timeNano: 5 });

describe('engine events', () => {
  it('tell of ends with their exit code, and of starts', () => {
    const told = ['die', 'start', 'oom', 'exec_start: sh'].map((action) => {
      const event = parseEvent(line(action, { exitCode: '137', name: 'x' }));
      return event && changeOf(event, 7);
    });
    expect(told).toEqual([
      { kind: 'ended', exitCode: 137, atMs: 7 },
      { kind: 'started', atMs: 7 },
      { kind: 'out-of-memory', atMs: 7 },
      undefined,
    ]);
  });

  it('that lack what is needed are left out', () => {
    expect(parseEvent('')).toBeUndefined();
    expect(parseEvent('{"Type":"network"}')).toBeUndefined();
    expect(changeOf(parseEvent(line('die'))!, 0)).toMatchObject({ kind: 'ended', exitCode: -1 });
  });
});
