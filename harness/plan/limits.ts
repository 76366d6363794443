// Limits: what the scenario says, else the configuration, else the defaults (DESIGN 4). Pure; part of the planner, which
// notes where each limit came from.
import type { FoundLimits } from '../scenario/environments.js';
import { byDefault, type Found } from '../scenario/origin.js';
import { DEFAULTS } from './numbers.js';
import type { Origins } from './origins.js';
import type { Limits, SubjectLimits, WindowLimits } from './window-limits.js';

/** What an author writes -> what the plan holds. In the order in which people read them. */
const FIGURE_OF = {
  failedShare: 'failedShare',
  masked: 'masked',
  p50: 'p50Ms',
  p95: 'p95Ms',
  p99: 'p99Ms',
  throughput: 'throughput',
} as const satisfies Readonly<Record<string, keyof SubjectLimits>>;
type Written = keyof typeof FIGURE_OF;

const FIGURES = Object.entries(FIGURE_OF) as readonly (readonly [Written, keyof SubjectLimits])[];

export function resolveLimits(limits: FoundLimits, origins: Origins): Limits {
  const whole = Object.fromEntries(
    FIGURES.flatMap(([written, figure]) => {
      // These two have always been there, empty where nobody set a limit; stored plans have them.
      const isAlways = figure === 'failedShare' || figure === 'p99Ms';
      const found: Found<object> | undefined = limits[written] ?? (isAlways ? byDefault({}) : undefined);
      return found ? [[figure, compact(origins.take(`limits.${figure}`, found))]] : [];
    }),
  ) as Pick<Limits, 'failedShare' | 'p99Ms'>;
  const { nodes, requests, dark } = limits;
  return {
    recoveredMs: origins.take('limits.recoveredMs', limits.recovered ?? byDefault(DEFAULTS.recoveredMs)),
    steps: compact(origins.take('limits.steps', limits.steps ?? byDefault({}))) as Limits['steps'],
    ...whole,
    ...(dark ? { darkMs: origins.take('limits.darkMs', dark) } : {}),
    ...(nodes ? { nodes: ofSubject(nodes, 'limits.nodes', origins) } : {}),
    ...(requests
      ? {
          requests: Object.fromEntries(
            Object.keys(requests.value).map((name) => [
              name,
              ofSubject(below(requests, name), `limits.requests.${name}`, origins),
            ]),
          ),
        }
      : {}),
  };
}

function ofSubject(found: Found<object>, path: string, origins: Origins): SubjectLimits {
  const value = found.value as Readonly<Partial<Record<Written, object>>>;
  return Object.fromEntries(
    FIGURES.flatMap(([written, figure]) =>
      value[written] === undefined ? [] : [[figure, compact(origins.take(`${path}.${figure}`, below(found, written)))]],
    ),
  );
}

/** What a group of keys has under one of them, and where that was written. */
function below({ value, origin }: Found<object>, key: string): Found<object> {
  const inner = (value as Readonly<Record<string, object>>)[key] ?? {};
  const isWritten = origin.from === 'scenario' || origin.from === 'config';
  return { value: inner, origin: isWritten ? { ...origin, path: [...origin.path, key] } : origin };
}

/** The same without keys that have no value. */
function compact(values: object): WindowLimits {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
