import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../../../harness/load/open/deadlines.js';
import { requestBytes } from '../../../../harness/load/open/request-bytes.js';
import { roomFor } from '../../../../harness/load/open/room.js';
import type { LoadPlan, RequestSpec } from '../../../../harness/plan/load-plan.js';

function planOf(levels: readonly number[], timeoutMs: number): LoadPlan {
  return {
    engine: { kind: 'open', options: {} },
    model: 'open',
    requests: [],
    stages: levels.map((level) => ({ level, rampMs: 0, forMs: 1_000 })),
    think: { kind: 'constant', ms: 0 },
    sessions: false,
    arrivals: 'poisson',
    connections: 'kept',
    timeoutMs,
  };
}

describe('the room of the open engine', () => {
  it('is enough for a tier that hangs: all that can be due within the time-out at the highest rate', () => {
    const room = roomFor(planOf([10, 400, 50], 5_000), { files: Infinity, ports: Infinity });
    expect(room).toBeGreaterThan(2_000);
    expect(room).toBeLessThan(2_400);
    expect(roomFor(planOf([0.1], 100), { files: Infinity, ports: Infinity })).toBeGreaterThanOrEqual(1);
  });

  it('is bounded by what the process can open, and leaves some of it free', () => {
    expect(roomFor(planOf([4_000], 5_000), { files: 1_024, ports: 28_000 })).toBe(824);
    expect(roomFor(planOf([100_000], 5_000), { files: 1_000_000, ports: 28_000 })).toBe(28_000);
    expect(roomFor(planOf([100], 5_000), { files: 64, ports: 28_000 })).toBe(1);
  });
});

describe('deadlines', () => {
  it('gives those out whose time has passed and that are not over, the oldest first', () => {
    const queue = new Deadlines<{ deadlineMs: number; isOver: boolean }>();
    const items = Array.from({ length: 5_000 }, (_, index) => ({ deadlineMs: index, isOver: false }));
    for (const item of items) queue.add(item);
    for (const item of items) item.isOver = item.deadlineMs % 3 !== 0;
    expect(queue.nextMs()).toBe(0);
    const passed = [...queue.passed(4_000)].map(({ deadlineMs }) => deadlineMs);
    expect(passed).toEqual(Array.from({ length: 1_334 }, (_, index) => index * 3));
    expect(queue.nextMs()).toBe(4_002);
    for (const item of items) item.isOver = true;
    expect(queue.nextMs()).toBeUndefined();
    queue.add({ deadlineMs: 9_000, isOver: false });
    expect(queue.nextMs()).toBe(9_000);
  });
});

describe('a request on the wire', () => {
  const target = { host: '10.0.0.2', port: 8080 };
  const spec: RequestSpec = { name: 'a', method: 'GET', path: '/a?b=c', headers: {}, weight: 1 };

  it('has what HTTP/1.1 asks for, and what the scenario adds', () => {
    expect(requestBytes({ ...spec, headers: { 'X-A': 'b' } }, target, false).toString()).toBe(
      'GET /a?b=c HTTP/1.1\r\nhost: 10.0.0.2:8080\r\nX-A: b\r\n\r\n',
    );
  });

  it('tells the length of a body in bytes, and that there is none where one is usual', () => {
    expect(requestBytes({ ...spec, method: 'POST', body: 'grün' }, target, false).toString()).toContain(
      'content-length: 5\r\n\r\ngrün',
    );
    expect(requestBytes({ ...spec, method: 'PUT' }, target, false).toString()).toContain('content-length: 0\r\n\r\n');
  });

  it('says that a connection of its own ends with it; a header of the scenario wins', () => {
    expect(requestBytes(spec, target, true).toString()).toContain('connection: close\r\n');
    const own = requestBytes({ ...spec, headers: { Host: 'shop.example', Connection: 'keep-alive' } }, target, true);
    expect(own.toString()).toBe('GET /a?b=c HTTP/1.1\r\nHost: shop.example\r\nConnection: keep-alive\r\n\r\n');
  });
});
