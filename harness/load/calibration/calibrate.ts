// What this machine can generate honestly, engine by engine: the search, fed with real measurements, within a time.
import { monotonicMs } from '../../core/clock.js';
import { HarnessError } from '../../core/errors.js';
import { formatShare } from '../../core/units.js';
import { levelWords } from '../../plan/load-profile.js';
import type { LoadModel } from '../../plan/load-plan.js';
import type { LoadEngine } from '../engine.js';
import { measureLevel, type StepTimes } from './measure.js';
import { highestHonest, type BrokenLimit, type Found, type Sample, type SearchBounds } from './search.js';

export interface Measured {
  readonly engine: string;
  readonly model: LoadModel;
  /** The highest honest level (users, or requests per second); 0: not even the lowest was. */
  readonly level: number;
  readonly requestsPerSecond: number;
  readonly lateP99Ms: number;
  /** Of one core. */
  readonly cpuShare: number;
  /** The lowest level that was too much and what broke there; null: no level was. */
  readonly limit: { readonly level: number; readonly broke: readonly BrokenLimit[]; readonly words: string } | null;
}

export interface NotMeasured {
  readonly engine: string;
  readonly why: string;
}

export interface Calibrated {
  readonly measured: readonly Measured[];
  readonly notMeasured: readonly NotMeasured[];
}

export interface CalibrationSettings {
  readonly times: StepTimes;
  /** For one engine, ms. */
  readonly budgetMs: number;
  readonly bounds: Readonly<Record<LoadModel, SearchBounds>>;
}

/** Half a minute for each engine: long enough to find its limit, short enough to be waited for. */
export const CALIBRATION: CalibrationSettings = {
  times: { rampMs: 500, holdMs: 2_500 },
  budgetMs: 30_000,
  bounds: {
    // A step of 4 and three halvings find the limit to a fifth of itself in eight or nine measurements.
    closed: { from: 100, most: 25_600, growth: 4, halvings: 3 },
    open: { from: 500, most: 64_000, growth: 4, halvings: 3 },
  },
};

/** Starting an engine and its server, and waiting for what is in flight, on top of the level's own time. */
const AROUND_A_STEP_MS = 1_000;

export async function calibrate(
  engines: readonly LoadEngine[],
  progress: (line: string) => void,
  signal: AbortSignal,
  settings: CalibrationSettings = CALIBRATION,
): Promise<Calibrated> {
  const measured: Measured[] = [];
  const notMeasured: NotMeasured[] = [];
  for (const engine of engines) {
    // Plans are held against requests per second, which one model tells as well as the other.
    const [model] = engine.models;
    if (!model) continue;
    try {
      measured.push(await calibrateEngine(engine, model, progress, signal, settings));
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== 'cannot-run-here') throw error;
      notMeasured.push({ engine: engine.name, why: error.message });
      progress(`${engine.name}: not measured: ${error.message}`);
    }
  }
  return { measured, notMeasured };
}

async function calibrateEngine(
  engine: LoadEngine,
  model: LoadModel,
  progress: (line: string) => void,
  signal: AbortSignal,
  { times, budgetMs, bounds }: CalibrationSettings,
): Promise<Measured> {
  const untilMs = monotonicMs() + budgetMs;
  const stepMs = times.rampMs + times.holdMs + AROUND_A_STEP_MS;
  const measure = async (level: number): Promise<Sample> => {
    signal.throwIfAborted();
    const sample = await measureLevel(engine, model, level, times, signal);
    progress(`${engine.name}: ${sampleWords(model, sample)}`);
    return sample;
  };
  const found = await highestHonest(measure, bounds[model], () => monotonicMs() + stepMs <= untilMs);
  return resultOf(engine.name, model, found);
}

function sampleWords(model: LoadModel, { level, perSecond, lateness, cpuShare, broken }: Sample): string {
  const figures = `${Math.round(perSecond)} answers/s, p99 ${Math.round(lateness.p99Ms)} ms late, ${formatShare(cpuShare)} of a core`;
  const verdict = broken.length === 0 ? 'honest' : `too much (${broken.map(({ limit }) => limit).join(', ')})`;
  return `${levelWords(model, level)}: ${figures}: ${verdict}`;
}

function resultOf(engine: string, model: LoadModel, { honest, tooMuch }: Found): Measured {
  return {
    engine,
    model,
    level: honest?.level ?? 0,
    requestsPerSecond: Math.round(honest?.perSecond ?? 0),
    lateP99Ms: honest?.lateness.p99Ms ?? 0,
    cpuShare: honest?.cpuShare ?? 0,
    limit: tooMuch
      ? {
          level: tooMuch.level,
          broke: tooMuch.broken.map(({ limit }) => limit),
          words: tooMuch.broken.map(({ words }) => words).join(' '),
        }
      : null,
  };
}
