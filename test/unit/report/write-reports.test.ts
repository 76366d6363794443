// Files of a run: the same bytes each time, the job summary appended, a broken reporter told and survived.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeReports } from '../../../harness/report/index.js';
import { renderJson } from '../../../harness/report/json.js';
import type { RunResult } from '../../../harness/verdict/model.js';
import { flagship, plans, surprising } from './flagship.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remuster-report-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the files of a run', () => {
  it('are written with the same bytes each time, and verdict.json lists them', async () => {
    const artifacts = await writeReports(flagship, plans, folder, {});
    const first = artifacts.slice(0, 4).map((file) => readFileSync(join(folder, file), 'utf8'));
    await writeReports({ ...flagship, artifacts }, plans, folder, {});
    expect(artifacts.slice(0, 4).map((file) => readFileSync(join(folder, file), 'utf8'))).toEqual(first);
    expect(artifacts.slice(0, 5)).toEqual([
      'verdict.json',
      'junit.xml',
      'summary.md',
      'report.html',
      'environments/release/plan.json',
    ]);
    expect((JSON.parse(first[0] ?? '') as RunResult).artifacts).toEqual(artifacts);
  });

  it('are appended to the job summary where there is one', async () => {
    const summary = join(folder, 'step-summary');
    await writeReports(flagship, plans, folder, { GITHUB_STEP_SUMMARY: summary });
    await writeReports(flagship, plans, folder, { GITHUB_STEP_SUMMARY: summary });
    expect(readFileSync(summary, 'utf8').match(/## ✅ pass: supervisor-swap/g)).toHaveLength(2);
    const notes: string[] = [];
    appendFileSync(summary, 'x'.repeat(1024 * 1024 - 4096));
    const size = statSync(summary).size;
    await writeReports(flagship, plans, folder, { GITHUB_STEP_SUMMARY: summary }, (note) => notes.push(note));
    expect(statSync(summary).size).toBe(size);
    expect(notes).toEqual([expect.stringContaining('no room left')]);
  });

  it('do without one that cannot be written, and say so', async () => {
    mkdirSync(join(folder, 'junit.xml'));
    const notes: string[] = [];
    const artifacts = await writeReports(flagship, plans, folder, {}, (note) => notes.push(note));
    expect(artifacts).not.toContain('junit.xml');
    expect(artifacts).toContain('summary.md');
    expect(notes).toEqual([expect.stringMatching(/^junit\.xml was not written: /)]);
  });

  it('are not a success without the verdict itself', async () => {
    mkdirSync(join(folder, 'verdict.json'));
    await expect(writeReports(flagship, plans, folder, {})).rejects.toMatchObject({ code: 'results-unwritable' });
  });
});

describe('--json', () => {
  it('is one object with the schema version first, whatever the order of the keys was', () => {
    const shuffled = Object.fromEntries(Object.entries(flagship).reverse()) as unknown as RunResult;
    expect(renderJson(shuffled)).toBe(renderJson(flagship));
    expect(renderJson(flagship)).toMatch(
      /^\{\n {2}"schemaVersion": 1,\n {2}"runId": "supervisor-swap-0001",\n {2}"scenario"/,
    );
    expect(JSON.parse(renderJson(flagship))).toEqual(flagship);
  });

  it('holds all runs when there were several', () => {
    const both = JSON.parse(renderJson([flagship, surprising])) as { schemaVersion: number; runs: RunResult[] };
    expect(both.schemaVersion).toBe(1);
    expect(both.runs.map((run) => run.verdict)).toEqual(['pass', 'fail']);
    expect(renderJson([flagship])).toBe(renderJson(flagship));
  });
});
