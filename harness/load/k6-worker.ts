// The process of the k6 engine: starts k6 with a script made from the plan, keeps books from its stream, tells frames ten
// times a second, and interrupts it at the end. k6 ends with it: by order, or by a stream that nobody reads (SIGPIPE).
import { pathToFileURL } from 'node:url';
import { serveParent } from '../core/child.js';
import { monotonicMs, wallOffsetMs } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import { plannedLevelAt, stageTimes } from '../plan/load-profile.js';
import type { LoadPlan } from '../plan/load-plan.js';
import type { LoadTotals, ObservedEvent } from '../record/events.js';
import type { EngineOrder } from './engine-process.js';
import type { K6Options } from './engines/k6.js';
import { besideTheBooks } from './k6/account.js';
import { findK6 } from './k6/find.js';
import { Ledger } from './k6/ledger.js';
import { toldBy, type K6Summary } from './k6/parse.js';
import { startK6, type K6Process } from './k6/process.js';
import { modelScript, ownScript } from './k6/script.js';

const FRAME_LOOK_MS = 100;
/** From the interrupt to its end: its last samples and its account; less than the parent waits beyond the grace. */
const END_DEADLINE_MS = 4_000;
/** What the arithmetic of a linear ramp may lose is not a user less. */
const ROUNDING = 1e-6;

type StartOrder = Extract<EngineOrder, { order: 'start' }>;

const tell = serveParent(
  (message) => {
    const order = message as EngineOrder;
    if (order.order === 'start') void start(order).catch(giveUp);
    else stop?.();
  },
  () => {
    k6?.signal('SIGKILL');
    process.exit(0);
  },
);
const say = (event: ObservedEvent): void => tell(event);
let k6: K6Process | undefined;
let stop: (() => void) | undefined;

async function start({ plan, seed, target }: StartOrder): Promise<void> {
  const { script } = plan.engine.options as unknown as K6Options;
  const isOwn = script !== undefined;
  const { path } = await findK6(process.env, new AbortController().signal);
  const text = isOwn ? ownScript(plan, pathToFileURL(script).href) : modelScript(plan, seed);
  const cpu = process.cpuUsage();
  const bornMs = monotonicMs();
  let ledger: Ledger | undefined;
  let before = 0;
  let startMs = Infinity;
  let summary: K6Summary | undefined;
  let unreadable: string | undefined;

  const take = (line: string): void => {
    const told = toldBy(line, isOwn);
    if (!told) return;
    if (told.what === 'summary') {
      summary = told.summary;
      return;
    }
    const atMs = told.wallMs - wallOffsetMs();
    if (told.what === 'origin') {
      startMs = atMs;
      ledger = new Ledger(plan, { ownScript: isOwn, startMs, before });
      begun(plan, startMs);
    } else if (ledger) {
      ledger.take({ ...told, atMs });
    } else {
      before += 1; // A script's own setup comes before the load.
    }
  };
  const running = (k6 = startK6(path, text, target, (line) => {
    try {
      take(line);
    } catch (error) {
      unreadable ??= messageOf(error);
    }
  }));
  const look = setInterval(() => {
    const nowMs = monotonicMs();
    for (const frame of ledger?.turn(nowMs, levelAt(plan, nowMs - startMs)) ?? [])
      say({ kind: 'load-frame', ...frame });
  }, FRAME_LOOK_MS);

  const state = { isStopping: false };
  stop = () => {
    if (state.isStopping) return;
    state.isStopping = true;
    running.signal('SIGINT');
    setTimeout(() => running.signal('SIGKILL'), END_DEADLINE_MS).unref();
  };
  const ended = await running.ended;
  clearInterval(look);
  if (!ledger) throw new Error(`k6 ended with ${ended} before it made any load: ${lastWords(running)}`);
  for (const frame of ledger.last(monotonicMs(), 0)) say({ kind: 'load-frame', ...frame });
  const own = process.cpuUsage(cpu);
  const usedMs = (own.user + own.system) / 1_000 + running.cpuMs();
  const beside = besideTheBooks(plan, isOwn, running.complaints, summary);
  const doubts = [...(beside.doubts ?? []), ...(unreadable === undefined ? [] : [`k6's stream: ${unreadable}.`])];
  const totals: LoadTotals = {
    ...ledger.totals(summary),
    cpuShare: Math.round((usedMs / Math.max(1, monotonicMs() - bornMs)) * 1_000) / 1_000,
    ...beside,
    ...(doubts.length > 0 ? { doubts } : {}),
  };
  say({ kind: 'load', state: 'stopped', totals });
  if (state.isStopping) return;
  const broken = (totals.thresholds ?? []).filter(({ ok }) => !ok);
  const names = broken.map(({ metric, threshold }) => `${metric} ${threshold}`).join(', ');
  throw new Error(`k6 ended by itself with ${ended}: ${names === '' ? lastWords(running) : `threshold ${names}`}`);
}

function begun(plan: LoadPlan, startMs: number): void {
  say({ kind: 'load', state: 'started', atMs: startMs });
  for (const [stage, { level, reachedMs }] of stageTimes(plan.stages).entries()) {
    const leftMs = Math.max(0, startMs + reachedMs - monotonicMs());
    setTimeout(() => say({ kind: 'load', state: 'stage', stage, level }), leftMs).unref();
  }
}

/** k6 starts and retires whole users exactly as its stages say. */
function levelAt({ model, stages }: LoadPlan, atMs: number): number {
  const level = plannedLevelAt(stages, atMs);
  return model === 'open' ? Math.round(level) : Math.floor(level + ROUNDING);
}

function lastWords({ complaints: { last, firstThrown } }: K6Process): string {
  return (firstThrown || last || 'it left no last words').replaceAll(/\s+/g, ' ');
}

/** The parent reads the reason from the standard error. */
function giveUp(error: unknown): void {
  k6?.signal('SIGKILL');
  process.stderr.write(`Error: ${messageOf(error)}\n`, () => process.exit(1));
}
