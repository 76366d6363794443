// Rows of load frames in the journal's file: small, and read back as what was observed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LoadFrameEvent, LoadRow } from '../../../harness/record/events.js';
import { Journal } from '../../../harness/record/journal.js';
import { packed, unpacked } from '../../../harness/record/packed-rows.js';

const NONE = { failed: {}, latency: [] };
const rows: readonly LoadRow[] = [
  {
    request: 0,
    node: 'web-1',
    generation: '66.1829793.1w4/65.1829791.1w4',
    answered: 3,
    failed: {},
    latency: [
      [300, 2],
      [310, 1],
    ],
  },
  {
    request: 1,
    node: 'web-1',
    generation: '66.1829793.1w4/65.1829791.1w4',
    answered: 1,
    failed: { 'wrong-answer': 2 },
    latency: [[300, 1]],
  },
  { ...NONE, request: -1, node: null, generation: null, answered: 0, failed: { refused: 7 } },
  { ...NONE, request: 2, node: 'web-2', generation: null, answered: 0, failed: { 'http-5xx': 1 } },
];
const frame = (by: readonly LoadRow[]): LoadFrameEvent => ({
  ...{ kind: 'load-frame', atMs: 100, offered: 14, answered: 4, failed: {}, unsent: 0, inFlight: 0, level: 60 },
  latency: [
    [300, 3],
    [310, 1],
  ],
  by,
});

it('come back as they were, from a line of their own', () => {
  const line = JSON.stringify(packed(frame(rows)));
  expect(unpacked(JSON.parse(line) as LoadFrameEvent)).toEqual(frame(rows));
});

it('keep what does not fit: an answer whose latency nobody knows', () => {
  const odd = frame([{ ...NONE, request: 0, node: 'web-1', generation: null, answered: 5 }]);
  expect(unpacked(JSON.parse(JSON.stringify(packed(odd))) as LoadFrameEvent)).toEqual(odd);
});

it('of journals that have them spelt out are read too', () => {
  expect(unpacked(frame(rows))).toEqual(frame(rows));
});

it('take less than half of what they take spelt out, in the file itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'remuster-rows-'));
  try {
    const path = join(folder, 'events.ndjson');
    const journal = new Journal(path);
    const seen: unknown[] = [];
    journal.events.on((event) => seen.push(event));
    const many = [1, 2, 3, 4].flatMap((node) =>
      [0, 1, 2].map((request) => ({ ...rows[0]!, request, node: `web-${String(node)}` })),
    );
    journal.observe({ ...frame(many), atMs: journal.zeroMs + 100 });
    journal.close();
    expect(readFileSync(path).length).toBeLessThan(JSON.stringify(frame(many)).length / 2);
    expect(seen).toEqual([frame(many)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
