import { describe, expect, it } from 'vitest';
import { haproxy } from '../../../../harness/tier/balancers/haproxy.js';

const LINE =
  '{"remuster":1,"at":1780000000123,"node":"web-1","status":200,"ts":"----","retries":"0","queued":0,"connect":1,"response":52,"total":53,"generation":"97.8123.k3/45.8100.z9"}';

const lineWith = (change: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...(JSON.parse(LINE) as Record<string, unknown>), ...change });

describe("HAProxy's log", () => {
  it('tells of a request: when, by whom, how', () => {
    expect(haproxy.parseLine(LINE)).toEqual({
      kind: 'request',
      endedWallMs: 1_780_000_000_123,
      node: 'web-1',
      generation: '97.8123.k3/45.8100.z9',
      status: 200,
      retries: 0,
      termination: '----',
      wasCut: false,
    });
  });

  it.each([
    ['----', false],
    ['LR--', false],
    ['PR--', false],
    ['SH--', false],
    ['sH--', false],
    ['SC--', false],
    ['SD--', true],
    ['sD--', true],
    ['CD--', true],
    ['cD--', true],
    ['CL--', true],
  ])('knows whether an answer that ended with %s was cut off: %s', (ts, wasCut) => {
    expect(haproxy.parseLine(lineWith({ ts }))).toMatchObject({ wasCut });
  });

  it('has no node where none was chosen, and no generation where none was sent', () => {
    const line = lineWith({ node: '<NOSRV>', status: 503, generation: '-' });
    expect(haproxy.parseLine(line)).toMatchObject({ node: null, generation: null, status: 503 });
  });

  it('counts a retry on another node', () => {
    expect(haproxy.parseLine(lineWith({ retries: '+1' }))).toMatchObject({ retries: 1 });
  });

  it.each([
    [
      'Server web/web-1 is DOWN, reason: Layer7 timeout, check duration: 2001ms. 3 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      { kind: 'state', node: 'web-1', up: false, word: 'DOWN', reason: 'Layer7 timeout' },
    ],
    [
      'Server web/web-2 is UP, reason: Layer7 check passed, code: 200, check duration: 3ms. 4 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
      { kind: 'state', node: 'web-2', up: true, word: 'UP', reason: 'Layer7 check passed' },
    ],
  ])('tells the state of a node: %s', (line, expected) => expect(haproxy.parseLine(line)).toEqual(expected));

  it.each(['Proxy front started.', 'backend web has no server available!', '{"remuster":1,"at":', ''])(
    'has lines that say neither: %j',
    (line) => expect(haproxy.parseLine(line)).toBeUndefined(),
  );
});

describe("HAProxy's configuration", () => {
  const backends = ['web-1', 'web-2'].map((node, index) => ({
    node,
    address: `172.30.0.${index + 2}`,
    port: 8080,
    healthPath: '/up',
  }));
  const configOf = (options: Readonly<Record<string, unknown>>): string =>
    haproxy.recipe(backends, haproxy.options.parse(options)).files[0]?.content ?? '';

  it('checks each node at the path and as often as the scenario says', () => {
    const config = configOf({ checkInterval: '2s', checkTimeout: '1500ms', fall: 5, rise: 1 });
    expect(config).toContain('option httpchk GET /up');
    expect(config).toContain('timeout check 1500ms');
    expect(config).toContain('server web-1 172.30.0.2:8080 check inter 2000ms fall 5 rise 1');
    expect(config).toContain('server web-2 172.30.0.3:8080 check inter 2000ms fall 5 rise 1');
  });

  it('masks errors only where the scenario wants it', () => {
    expect(configOf({})).toMatch(/retries 3\n {2}option redispatch/);
    expect(configOf({})).toContain('http-reuse safe\n');
    expect(configOf({ reuse: 'never' })).toContain('http-reuse never\n');
    expect(configOf({ retries: 0, redispatch: false })).toMatch(/retries 0\n {2}no option redispatch/);
  });

  it('knows no other options, and no durations without a unit', () => {
    expect(haproxy.options.safeParse({ interval: '1s' }).success).toBe(false);
    expect(haproxy.options.safeParse({ checkInterval: 1 }).success).toBe(false);
    expect(haproxy.options.safeParse({ fall: 0 }).success).toBe(false);
  });
});
