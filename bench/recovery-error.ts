// Does the recovery time agree with the application's own log of its first answer? Reads a stored run of scenarios/kill-each.ts
// (or any run of the sample application): `node dist/bench/recovery-error.js results/latest`. Target: p99 <= 50 ms.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEvent } from '../harness/record/events.js';
import { openRun } from '../harness/record/store.js';
import type { RunResult } from '../harness/verdict/model.js';
import { describeMs } from './pieces.js';

interface FirstAnswer {
  readonly at_wall_ms: number;
}

const run = openRun(process.argv[2] ?? 'results/latest');
const result = JSON.parse(readFileSync(join(run.path, 'verdict.json'), 'utf8')) as RunResult;
const errorsMs: number[] = [];

for (const environment of run.environments) {
  let wallMs = 0;
  let loadStartMs = 0;
  for await (const event of environment.events()) {
    ({ wallMs, loadStartMs } = zeros(event, { wallMs, loadStartMs }));
  }
  const judged = result.environments.find((each) => each.name === environment.name);
  for (const receipt of judged?.receipts ?? []) {
    if (receipt.waterfallMs.ready === undefined) continue;
    const startedWallMs = wallMs + loadStartMs + receipt.startedMs;
    const first = firstAnswers(join(environment.folder.logsFolder, receipt.node, 'log.txt'))
      .map((answer) => answer.at_wall_ms)
      .filter((at) => at > startedWallMs)
      .sort((a, b) => a - b)[0];
    if (first === undefined) continue;
    const errorMs = startedWallMs + receipt.waterfallMs.ready - first;
    errorsMs.push(Math.abs(errorMs));
    process.stdout.write(
      `${environment.name}  ${receipt.node} restart ${receipt.restart}  ready after ${receipt.waterfallMs.ready} ms, the application's own log ${(first - startedWallMs).toFixed(0)} ms\n`,
    );
  }
}
process.stdout.write(`error of the recovery time  ${describeMs(errorsMs)}  target p99 <= 50 ms\n`);

function zeros(event: JournalEvent, before: { readonly wallMs: number; readonly loadStartMs: number }) {
  if (event.kind === 'header') return { ...before, wallMs: event.wallMs };
  if (event.kind === 'load' && event.state === 'started') return { ...before, loadStartMs: event.atMs };
  return before;
}

function firstAnswers(file: string): readonly FirstAnswer[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"at_wall_ms"'));
  return lines.map((line) => JSON.parse(line) as FirstAnswer);
}
