// Plain k6 as a generator under comparison: the script that its documentation begins with, and the summary that it exports.
// It has no time of an outage: a summary is all of a run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findK6 } from '../../harness/load/k6/find.js';
import { k6Environment } from '../../harness/load/k6/process.js';
import { USERS, type LoadCase } from '../../test/contract/load/cases.js';
import type { Account, Generator } from './generator.js';

const PAUSE_S = 0.04;
const STOP_DEADLINE_MS = 60_000;

/** https://grafana.com/docs/k6/latest/results-output/end-of-test/#summary-export-to-a-json-file */
interface Summary {
  readonly metrics: {
    readonly http_reqs?: { readonly count: number };
    /** A rate: `passes` is how often it was true, which here is how many failed. */
    readonly http_req_failed?: { readonly passes: number };
    readonly http_req_duration?: Readonly<Record<string, number>>;
    readonly dropped_iterations?: { readonly count: number };
  };
}

export const plainK6: Generator = {
  name: 'plain k6',
  how: `${USERS} virtual users, sleep(${PAUSE_S}), connections kept as they are by default, its exported summary`,
  async start(outage, { host, port }, signal) {
    const { path } = await findK6(process.env, signal);
    const folder = mkdtempSync(join(tmpdir(), 'remuster-plain-k6-'));
    const file = join(folder, 'summary.json');
    const args = [
      'run',
      '--quiet',
      '--no-usage-report',
      '--summary-trend-stats',
      'p(99)',
      '--summary-export',
      file,
      '-',
    ];
    const child = spawn(path, args, { stdio: ['pipe', 'ignore', 'ignore'], env: k6Environment(process.env, host) });
    child.stdin.end(scriptOf(outage, `http://${host}:${port}`));
    return {
      async stop() {
        const ended = once(child, 'close', { signal: AbortSignal.timeout(STOP_DEADLINE_MS) });
        child.kill('SIGINT');
        try {
          await ended;
          return accountOf(JSON.parse(readFileSync(file, 'utf8')) as Summary);
        } finally {
          child.kill('SIGKILL');
          rmSync(folder, { recursive: true });
        }
      },
    };
  },
};

function scriptOf({ requests, timeoutMs }: LoadCase, url: string): string {
  const list = requests.flatMap((request) => Array.from({ length: request.weight }, () => request));
  const asked = list.map(({ method, path, body, headers }) => [method, path, body ?? null, headers] as const);
  // Each body is made of one character; its text would be megabytes of script.
  const short = asked.map(([method, path, body, headers]) => [method, path, body?.length ?? 0, headers]);
  return `import http from 'k6/http';
import { sleep } from 'k6';

export const options = { vus: ${USERS}, duration: '10m' };
const bodies = {};
const requests = ${JSON.stringify(short)}.map(([method, path, length, headers]) =>
  [method, path, length > 0 ? (bodies[length] = bodies[length] || 'x'.repeat(length)) : null, headers]);

export default function () {
  const [method, path, body, headers] = requests[Math.floor(Math.random() * requests.length)];
  http.request(method, '${url}' + path, body, { headers, timeout: ${timeoutMs}, redirects: 0 });
  sleep(${PAUSE_S});
}
`;
}

function accountOf({ metrics }: Summary): Account {
  const offered = metrics.http_reqs?.count ?? 0;
  const failed = metrics.http_req_failed?.passes ?? 0;
  const p99Ms = metrics.http_req_duration?.['p(99)'];
  return {
    offered,
    answered: offered - failed,
    failed: { http_req_failed: failed },
    unsent: metrics.dropped_iterations?.count ?? 0,
    ...(p99Ms === undefined ? {} : { p99Ms }),
  };
}
