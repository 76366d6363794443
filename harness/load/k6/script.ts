// The plan as the text of a k6 script: its own requests by weight and seed, or a user's script under the plan's stages.
// Each request tells when it is sent and how it ended (metrics.ts has the names); k6-worker.ts reads it. Pure.
import { stageTimes } from '../../plan/load-profile.js';
import type { LoadPlan } from '../../plan/load-plan.js';
import { METRIC } from './metrics.js';

/** The last stage is held until k6 is interrupted. */
const HELD_MS = 720 * 3_600_000;
/** Targets of arrival rates are whole numbers: thousandths of a request per second. */
const RATE_UNIT_S = 1_000;
/** A virtual user is a JavaScript engine of its own, 100 KiB and more. */
const MOST_USERS_OF_RATE = 2_000;
/** Requests that are due at the very moment at which the users before them end. */
const SPARE_USERS = 10;
/** Beyond the time-out of a request: a user who leaves may end what was begun. */
const LEAVES_WITHIN_MS = 60_000;

export interface UsersOfRate {
  readonly allocated: number;
  /** More would be needed if every request hung until its time-out. */
  readonly wanted: number;
}

/** A request that hangs holds its virtual user until the time-out; one that finds no user is dropped. */
export function usersOfRate({ stages, timeoutMs }: Pick<LoadPlan, 'stages' | 'timeoutMs'>): UsersOfRate {
  const peak = Math.max(...stages.map(({ level }) => level));
  const wanted = Math.ceil((peak * timeoutMs) / 1_000) + SPARE_USERS;
  return { wanted, allocated: Math.min(wanted, MOST_USERS_OF_RATE) };
}

interface K6Stage {
  readonly duration: string;
  readonly target: number;
}

/** Ramp and hold of each stage as k6 has them: two stages of its own. */
function k6Stages({ model, stages }: Pick<LoadPlan, 'model' | 'stages'>): readonly K6Stage[] {
  return stageTimes(stages).flatMap(({ level, startMs, reachedMs, endMs }) => {
    const target = model === 'open' ? Math.round(level * RATE_UNIT_S) : level;
    const heldMs = Number.isFinite(endMs) ? endMs - reachedMs : HELD_MS;
    return [
      { duration: `${Math.round(reachedMs - startMs)}ms`, target },
      { duration: `${Math.round(heldMs)}ms`, target },
    ];
  });
}

function executor(plan: LoadPlan): Readonly<Record<string, unknown>> {
  const stages = k6Stages(plan);
  if (plan.model === 'closed') {
    const gracefulRampDown = `${plan.timeoutMs + LEAVES_WITHIN_MS}ms`;
    return { executor: 'ramping-vus', startVUs: 0, stages, gracefulRampDown, gracefulStop: '0s' };
  }
  const { allocated } = usersOfRate(plan);
  return {
    executor: 'ramping-arrival-rate',
    startRate: 0,
    timeUnit: `${RATE_UNIT_S}s`,
    preAllocatedVUs: allocated,
    maxVUs: allocated,
    stages,
    gracefulStop: '0s',
  };
}

/** Tags that every sample carries: the fewer, the shorter its line. `vu` tells whose request has ended. */
const SYSTEM_TAGS = ['status', 'error', 'error_code', 'vu'] as const;

/** k6's own end of test: the counts that the books are compared with, and the thresholds, as one line of the stream. */
const SUMMARY = `
function told(data) {
  return JSON.stringify({ ${METRIC.summary}: data.metrics }) + '\\n';
}`;

/** Same generator as core/random.ts, so that choices are as evenly drawn; one stream a virtual user. */
const RANDOM = `
function seeded(seed, user) {
  let state = Math.imul(seed ^ 0x9e3779b9, 2 * user + 1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}`;

/** What is wrong with an answer for which the plan says what a right one is; undefined: nothing. */
const JUDGE = `
function wrongWith(answer, res) {
  if (answer.status ? !answer.status.includes(res.status) : res.status >= 400) return 'status';
  const headers = {};
  for (const name of Object.keys(res.headers)) headers[name.toLowerCase()] = res.headers[name];
  for (const name of Object.keys(answer.headers || {}))
    if (!(name in headers) || !headers[name].includes(answer.headers[name])) return 'header ' + name;
  if (answer.bodyContains !== undefined && !(res.body || '').includes(answer.bodyContains)) return 'body';
  if (!answer.json) return undefined;
  let root;
  try {
    root = JSON.parse(res.body);
  } catch {
    return 'json';
  }
  for (const keys of Object.keys(answer.json)) {
    let value = root;
    for (const key of keys.split('.'))
      value = value !== null && typeof value === 'object' && Object.hasOwn(value, key) ? value[key] : undefined;
    if (value !== answer.json[keys]) return 'json ' + keys;
  }
  return undefined;
}`;

/** A whole script: the load is the plan's, k6 is only asked to play it. */
export function modelScript(plan: LoadPlan, seed: number): string {
  const options = {
    scenarios: { load: executor(plan) },
    discardResponseBodies: true,
    noConnectionReuse: plan.connections === 'fresh',
    // Cookies of the iteration before are kept: those of a session.
    noCookiesReset: plan.model === 'closed' && plan.sessions,
    maxRedirects: 0,
    systemTags: SYSTEM_TAGS,
    summaryTrendStats: ['count'],
  };
  const requests = plan.requests.map(({ method, path, headers, body, weight, answer }, index) => {
    const isRead = answer?.bodyContains !== undefined || answer?.json !== undefined;
    // One name for all paths: k6 keeps a time series for each name.
    const params = { headers, timeout: plan.timeoutMs, redirects: 0, tags: { name: String(index) } };
    return {
      method,
      path,
      body: body ?? null,
      weight,
      answer: answer ?? null,
      params: isRead ? { ...params, responseType: 'text' } : params,
    };
  });
  return `${opening(options)}
import http from 'k6/http';
import { sleep } from 'k6';

const requests = ${JSON.stringify(requests)};
const think = ${JSON.stringify(plan.model === 'closed' ? plan.think : null)};
const ended = new Counter('${METRIC.ended}');
const whole = requests.reduce((sum, { weight }) => sum + weight, 0);
const random = seeded(${seed}, __VU);
let dueMs;
${RANDOM}
${JUDGE}
${SUMMARY}

function pauseMs() {
  if (think.kind === 'constant') return think.ms;
  if (think.kind === 'uniform') return think.minMs + random() * (think.maxMs - think.minMs);
  return -Math.log(1 - random()) * think.meanMs;
}

function chosen() {
  let left = random() * whole;
  const found = requests.findIndex(({ weight }) => (left -= weight) < 0);
  return found < 0 ? requests.length - 1 : found;
}

export function setup() {
  origin.add(0);
}

export default function () {
  if (think && dueMs === undefined) {
    // Part of a think time first, so that users do not march in step.
    const firstMs = random() * pauseMs();
    dueMs = Date.now() + firstMs;
    sleep(firstMs / 1000);
  }
  const index = chosen();
  const { method, path, body, params, answer } = requests[index];
  sent.add(think ? Math.max(0, Date.now() - dueMs) : 0, { request: index });
  const res = http.request(method, __ENV.REMUSTER_TARGET + path, body, params);
  const isWhole = res.error_code === 0 || res.error_code >= 1400;
  ended.add(1, {
    request: index,
    node: res.headers['X-Remuster-Node'] || '',
    generation: res.headers['X-Generation'] || '',
    status: res.status,
    error_code: res.error_code,
    error: res.error,
    wrong: answer && isWhole ? wrongWith(answer, res) || 'no' : '',
  });
  if (!think) return;
  const ms = pauseMs();
  dueMs = Date.now() + ms;
  sleep(ms / 1000);
}

export function handleSummary(data) {
  return { stdout: told(data) };
}
`;
}

function opening(options: Readonly<Record<string, unknown>>): string {
  return `import { Counter, Gauge, Trend } from 'k6/metrics';

export const options = ${JSON.stringify(options)};
const origin = new Gauge('${METRIC.origin}');
const sent = new Trend('${METRIC.sent}');`;
}

/** Keys of options by which a script says how much load it makes; that is the scenario's. */
const OWN_LOAD = ['stages', 'vus', 'duration', 'iterations', 'executionSegment', 'executionSegmentSequence'] as const;

/** A user's own script under the plan's stages: each iteration is one call of its default function. `url`: of its file. */
export function ownScript(plan: LoadPlan, url: string): string {
  const name = JSON.stringify(url);
  return `import * as own from ${name};
export * from ${name};
import { Gauge } from 'k6/metrics';

if (typeof own.default !== 'function') throw new Error('the script has no default function, which is what users do');
const origin = new Gauge('${METRIC.origin}');
const { ${OWN_LOAD.map((key, index) => `${key}: _${index}`).join(', ')}, ...kept } = own.options || {};
const tags = kept.systemTags || ['method', 'name', 'group', 'check', 'scenario', 'expected_response'];
export const options = Object.assign({}, kept, {
  scenarios: { load: ${JSON.stringify(executor(plan))} },
  noConnectionReuse: ${plan.connections === 'fresh'},
  systemTags: tags.concat(${JSON.stringify(SYSTEM_TAGS)}.filter((tag) => !tags.includes(tag))),
});
${SUMMARY}

export async function setup() {
  const data = own.setup ? await own.setup() : undefined;
  origin.add(0);
  return data;
}

export default own.default;

export function handleSummary(data) {
  const files = own.handleSummary ? own.handleSummary(data) : {};
  return Object.assign({}, files, { stdout: told(data) });
}
`;
}
