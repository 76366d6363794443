// The tables of limits and windows: what broke comes first, what could not be judged shows why, long tables say what is cut.
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../harness/report/markdown.js';
import { renderTerminal } from '../../../harness/report/terminal.js';
import { figureTable, limitTable } from '../../../harness/report/window-tables.js';
import type { EnvironmentResult, LimitResult } from '../../../harness/verdict/model.js';
import { environment, flagship, plans } from './flagship.js';

const NONE = { kept: 0, broken: 0, notJudged: 0 };
const limits: readonly LimitResult[] = [
  {
    ...{ about: 'tier', name: null, figure: 'failedShare', window: 'after', limit: 0.001, ...NONE, kept: 3 },
    worst: { value: 0.0004, samples: 5_000, fromMs: 30_000 },
  },
  {
    ...{
      about: 'request',
      name: 'GET /a|b',
      figure: 'p99Ms',
      window: 'after',
      limit: 250,
      ...NONE,
      broken: 1,
      kept: 2,
    },
    worst: { value: 870, samples: 1_200, fromMs: 45_000 },
  },
  {
    ...{ about: 'node', name: 'web-1', figure: 'throughput', window: 'fault', limit: 0.9, ...NONE, notJudged: 2 },
    why: 'it lasted 1.2 s',
  },
];
const judged = environment('release', { limits });
const rendered = (result: EnvironmentResult): string => renderMarkdown({ ...flagship, environments: [result] }, plans);

describe('the tables of a run', () => {
  it('hold each limit against its worst window, what broke first', () => {
    const text = rendered(judged);
    expect(text).toContain('Limits (1 broken, 1 not judged, 1 kept)');
    expect(text.split('\n').filter((line) => / (after|fault) \| (failed|99th|through)/.test(line))).toEqual([
      '| GET /a&#124;b | after | 99th percentile at most 250 ms | 870 ms of 1200 from 45.0 s | 1 broken, 2 kept |',
      '| web-1 | fault | throughput at least 90.0 % |  | 2 not judged: it lasted 1.2 s |',
      '| whole tier | after | failed share at most 0.10 % | 0.04 % of 5000 from 30.0 s | 3 kept |',
    ]);
  });

  it('are not drawn where nothing is limited', () => {
    expect(limitTable(environment('release'))).toBeUndefined();
    expect(rendered(environment('release'))).not.toContain('Limits (');
  });

  it('tell a window of the tier by request, of a node by itself', () => {
    const figures = {
      answered: 100,
      failed: 1,
      failedShare: 0.0099,
      perSecond: 10,
      samples: 100,
      p50Ms: 20,
      p99Ms: 1_234,
    };
    const at = { kind: 'after', round: 2, fromMs: 10_000, toMs: 20_000, masked: 4, darkMs: 100 } as const;
    const requests = ['GET /', null].map((request) => ({ request, ...figures }));
    const table = figureTable(
      environment('release', {
        windows: [
          { ...at, ...figures, node: null, requests },
          { ...at, ...figures, node: 'web-1' },
        ],
      }),
    );
    expect(table!.rows.map(([of, window, , , , , masked]) => [of, window, masked])).toEqual([
      ['whole tier', 'after 2', '4'],
      ['GET /', 'after 2', ''],
      ['other requests', 'after 2', ''],
      ['web-1', 'after 2', '4'],
    ]);
    expect(table!.rows[0]!.slice(2)).toEqual([
      '10.0 s',
      '20.0 s',
      '100 (10.0/s)',
      '1 (0.99 %)',
      '4',
      '20 ms',
      '',
      '1.23 s',
    ]);
  });

  it('of a long run are cut, and say so', () => {
    const [window] = judged.windows;
    const long = environment('release', { windows: Array.from({ length: 500 }, () => window!) });
    expect(figureTable(long)).toMatchObject({ more: 380 });
    expect(rendered(long)).toContain('380 more rows in verdict.json.');
  });

  it('leave to the terminal what could not be judged at all, in a line', () => {
    const text = renderTerminal({ ...flagship, environments: [judged] }, { plans, columns: 132 });
    expect(text).toContain('limits   release: 1 of 3 could not be judged (web-1, fault: it lasted 1.2 s)');
    expect(text).not.toContain('99th percentile');
  });
});
