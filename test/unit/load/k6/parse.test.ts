// Lines as k6 1.8.1 writes them, and what they tell; kinds of failures by its codes and by the words of Go's client.
import { describe, expect, it } from 'vitest';
import { epochMs, kindOf, toldBy } from '../../../../harness/load/k6/parse.js';

const TIME = '2026-11-23T14:34:30.789020366Z';

function line(metric: string, value: number, tags: Readonly<Record<string, string>> = {}, vu = '7'): string {
  return JSON.stringify({ metric, type: 'Point', data: { time: TIME, value, tags, metadata: { vu } } });
}

describe('a line of the stream', () => {
  it('tells when a request was sent, by whom and how late', () => {
    const told = toldBy(line('remuster_sent', 1.5), false);
    expect(told).toMatchObject({ what: 'sent', user: '7', lateMs: 1.5 });
  });

  it('tells how it ended, and whose it was', () => {
    const tags = {
      request: '1',
      node: 'web-2',
      generation: 'g-7',
      status: '200',
      error_code: '0',
      error: '',
      wrong: '',
    };
    expect(toldBy(line('remuster_ended', 1, tags), false)).toMatchObject({
      what: 'ended',
      user: '7',
      kind: undefined,
      source: { request: 1, node: 'web-2', generation: 'g-7' },
    });
    const lost = {
      request: '0',
      node: '',
      generation: '',
      status: '0',
      error_code: '1212',
      error: 'refused',
      wrong: '',
    };
    expect(toldBy(line('remuster_ended', 1, lost), false)).toMatchObject({
      kind: 'refused',
      source: { request: 0, node: null, generation: null },
    });
  });

  it('counts what was dropped', () => {
    const dropped =
      '{"metric":"dropped_iterations","type":"Point","data":{"time":"2026-11-23T14:34:30Z","value":3,"tags":{}}}';
    expect(toldBy(dropped, false)).toEqual({ what: 'dropped', wallMs: Date.parse('2026-11-23T14:34:30Z'), count: 3 });
  });

  it("takes k6's own metric of a request only where the script is the user's", () => {
    const own = line('http_req_duration', 20.5, { status: '503', error_code: '1503' });
    expect(toldBy(own, true)).toMatchObject({ what: 'request', tookMs: 20.5, kind: 'http-5xx' });
    expect(toldBy(own, false)).toBeUndefined();
  });

  it('leaves out declarations and everything else', () => {
    expect(toldBy('{"type":"Metric","data":{"name":"remuster_sent"},"metric":"remuster_sent"}', false)).toBeUndefined();
    expect(toldBy(line('http_req_waiting', 3), true)).toBeUndefined();
    expect(toldBy('', true)).toBeUndefined();
  });

  it('reads the account at the end: counts and thresholds', () => {
    const metrics = {
      remuster_sent: { type: 'trend', values: { count: 19 } },
      http_req_duration: { type: 'trend', values: {}, thresholds: { 'p(95)<1': { ok: false } } },
    };
    expect(toldBy(JSON.stringify({ remuster_summary: metrics }), false)).toEqual({
      what: 'summary',
      summary: {
        counts: { remuster_sent: 19 },
        thresholds: [{ metric: 'http_req_duration', threshold: 'p(95)<1', ok: false }],
      },
    });
  });

  it('does not pass over a line of ours that it cannot read', () => {
    expect(() => toldBy('{"metric":"remuster_sent","type":"Poi', false)).toThrow();
    expect(() => toldBy(line('remuster_sent', 0).replace(TIME, 'soon'), false)).toThrow(/time/);
  });
});

it('keeps the fractions of a millisecond, in any zone', () => {
  const whole = Date.parse('2026-11-23T14:34:30Z');
  expect(epochMs(TIME)).toBeCloseTo(whole + 789.020366, 3);
  expect(epochMs('2026-11-23T16:34:30.5+02:00')).toBeCloseTo(whole + 500, 3);
  expect(epochMs('2026-11-23T16:34:30+02:00')).toBe(whole);
});

describe('the kind of an end', () => {
  it.each([
    [{ status: '200', error_code: '0' }, undefined],
    [{ status: '302' }, undefined],
    [{ status: '404', error_code: '1404' }, 'http-4xx'],
    [{ status: '503', error_code: '1503' }, 'http-5xx'],
    [{ error_code: '1050', error: 'request timeout' }, 'timeout'],
    [{ error_code: '1211', error: 'dial: i/o timeout' }, 'timeout'],
    [{ error_code: '1212', error: 'dial: connection refused' }, 'refused'],
    [{ error_code: '1220', error: 'read: connection reset by peer' }, 'reset'],
    [{ error_code: '1201', error: 'write: broken pipe' }, 'reset'],
    [{ error_code: '1000', error: 'EOF' }, 'eof'],
    [{ error_code: '1000', error: 'unexpected EOF' }, 'eof'],
    [{ error_code: '1000', error: 'net/http: HTTP/1.x transport connection broken: unexpected EOF' }, 'eof'],
    [{ error_code: '1000', error: 'malformed HTTP status code "is"' }, 'bad-response'],
    [{ error_code: '1101', error: 'lookup: no such host' }, 'other'],
  ])('%j: %s', (tags, kind) => {
    expect(kindOf(tags)).toBe(kind);
  });

  it('is what the plan calls right, whatever the status says', () => {
    expect(kindOf({ status: '404', error_code: '1404', wrong: 'no' })).toBeUndefined();
    expect(kindOf({ status: '200', error_code: '0', wrong: 'body' })).toBe('wrong-answer');
    expect(kindOf({ status: '500', error_code: '1500', wrong: 'status' })).toBe('http-5xx');
    expect(kindOf({ status: '0', error_code: '1220', error: 'reset', wrong: '' })).toBe('reset');
  });
});
