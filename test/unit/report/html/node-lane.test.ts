// A node's lane: lives of its server by identity, the words of others as spans, memory with its extremes.
import { describe, expect, it } from 'vitest';
import { NodeOverTime } from '../../../../harness/report/html/node-lane.js';
import type { CensusEvent, CensusProcess } from '../../../../harness/record/events.js';
import { plan } from '../flagship.js';

const process = (key: string, role: CensusProcess['role'], zombie = false): CensusProcess => ({
  ...{ key, pid: Number(key.split('.')[0]), ppid: 1, role, zombie },
  ...{ holdsListener: true, command: role },
});
const census = (...processes: CensusProcess[]): CensusEvent => ({ kind: 'census', atMs: 0, node: 'web-1', processes });
const lane = (): NodeOverTime =>
  new NodeOverTime({ name: 'web-1', node: 'web-1' }, plan('production', 'bluepill', false));

describe('the lives of a server', () => {
  it('are told by identity, not by pid: the same pid again is another life', () => {
    const node = lane();
    node.census(
      1000,
      census(process('31.100.a', 'master'), process('40.1.w', 'worker'), process('9.1.s', 'supervisor')),
    );
    node.census(5000, census());
    node.census(6000, census(process('31.700.b', 'master')));
    expect(node.finish(9000, 1000).processes).toEqual([
      expect.objectContaining({ fromMs: 0, toMs: 4000, pid: 31, generation: 1, role: 'master' }),
      expect.objectContaining({ fromMs: 5000, toMs: 8000, pid: 31, generation: 2, role: 'master' }),
    ]);
  });

  it('may overlap, begin without the port, and be strays; the dead do not live', () => {
    const node = lane();
    node.census(0, census(process('31.1.a', 'master')));
    node.census(100, census(process('31.1.a', 'master'), process('50.2.b', 'starting')));
    node.census(
      200,
      census(process('31.1.a', 'stray'), process('50.2.b', 'master'), process('60.3.z', 'master', true)),
    );
    const lives = node
      .finish(300, 0)
      .processes.map(({ fromMs, toMs, pid, role, generation }) => [fromMs, toMs, pid, role, generation]);
    expect(lives).toEqual([
      [0, 200, 31, 'master', 1],
      [100, 200, 50, 'starting', 0],
      [200, 300, 31, 'stray', 0],
      [200, 300, 50, 'master', 2],
    ]);
  });
});

describe('what others say of a node', () => {
  it('is a span as long as the word stays, and an open one is drawn until now, more than once', () => {
    const node = lane();
    const said = { kind: 'supervisor', atMs: 0, node: 'web-1', trackedPid: 31, raw: '' } as const;
    node.supervisor(0, { ...said, state: 'running', word: 'up' });
    node.supervisor(500, { ...said, state: 'running', word: 'up' });
    node.supervisor(1000, { ...said, state: 'starting', word: 'restarting' });
    const spans = (endMs: number) =>
      node.finish(endMs, 0).supervisor.map(({ word, fromMs, toMs, tone }) => [word, fromMs, toMs, tone]);
    expect(spans(2000)).toEqual([
      ['up', 0, 1000, 'good'],
      ['restarting', 1000, 2000, 'between'],
    ]);
    expect(spans(3000).at(-1)).toEqual(['restarting', 1000, 3000, 'between']);
  });

  it('does not take one refused probe for an outage, and does take two, or one without a byte', () => {
    const probe = { kind: 'probe', atMs: 0, node: 'web-1', tookMs: 1 } as const;
    const one = lane();
    one.probe(0, { ...probe, outcome: 'ok', streak: 1 });
    one.probe(100, { ...probe, outcome: 'closed', streak: 1 });
    one.probe(200, { ...probe, outcome: 'ok', streak: 1 });
    expect(one.finish(300, 0).answers).toHaveLength(1);
    const two = lane();
    two.probe(0, { ...probe, outcome: 'ok', streak: 1 });
    two.probe(100, { ...probe, outcome: 'closed', streak: 2 });
    two.probe(200, { ...probe, outcome: 'ok', streak: 1 });
    two.probe(300, { ...probe, outcome: 'timeout', streak: 1, tookMs: 2000 });
    expect(two.finish(400, 0).answers.map(({ word, tone }) => `${word} ${tone}`)).toEqual([
      'answers good',
      'closed bad',
      'answers good',
      'no byte bad',
    ]);
  });
});

describe('memory', () => {
  it('keeps its highest and lowest values over hours, and knows the limit of a policy', () => {
    const base = plan('production', 'bluepill', false);
    const promise = { ...base.facts.promise, policies: [{ name: 'memory', periodMs: 1000, limit: '218 MiB' }] };
    const node = new NodeOverTime({ name: 'web-1', node: 'web-1' }, { ...base, facts: { ...base.facts, promise } });
    for (let second = 0; second < 14_400; second += 1)
      node.sample(second * 1000, (second === 4321 ? 500 : second === 9876 ? 3 : 100) * 1024 ** 2);
    const { memory } = node.finish(14_400_000, 0);
    expect(memory.atMs.length).toBeLessThanOrEqual(800);
    expect(Math.max(...memory.mostMiB)).toBe(500);
    expect(Math.min(...memory.leastMiB)).toBe(3);
    expect(memory.limitMiB).toBe(218);
    expect(lane().finish(1, 0).memory.limitMiB).toBeNull();
  });
});
