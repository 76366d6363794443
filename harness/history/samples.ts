// What can be compared between two runs of an environment: figures of which a run has many, one from each restart or each
// window, so that a difference can be told from noise. Each sample belongs to a stratum: a fault, or a kind of window.
import { backAfterMs } from '../report/facts.js';
import { WATERFALL_STEPS, type EnvironmentResult, type Receipt, type WindowResult } from '../verdict/model.js';

export type FigureKind = 'step' | 'recovery' | 'latency' | 'failed-share' | 'throughput';

export interface Sample {
  readonly stratum: string;
  readonly value: number;
}

export interface Figure {
  readonly kind: FigureKind;
  /** 'exec to bound', 'fault to back', 'p95, fault' */
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** Of all parts of an environment together. */
export function figuresOf(parts: readonly EnvironmentResult[]): readonly Figure[] {
  const receipts = parts.flatMap((part) => part.receipts);
  const windows = parts.flatMap((part) => part.windows).filter(({ node }) => node === null);
  return [...steps(receipts), recovery(receipts), ...ofWindows(windows)].filter(({ samples }) => samples.length > 0);
}

function steps(receipts: readonly Receipt[]): readonly Figure[] {
  const found = new Map<string, Sample[]>();
  for (const receipt of receipts) {
    let [before, beforeMs] = ['fault', 0];
    for (const step of WATERFALL_STEPS) {
      const atMs = receipt.waterfallMs[step];
      if (atMs === undefined) continue;
      const name = `${before} to ${step}`;
      found.set(name, [...(found.get(name) ?? []), { stratum: stratumOf(receipt), value: atMs - beforeMs }]);
      [before, beforeMs] = [step, atMs];
    }
  }
  return [...found].map(([name, samples]) => ({ kind: 'step', name, samples }));
}

function recovery(receipts: readonly Receipt[]): Figure {
  const samples = receipts.flatMap((receipt) => {
    const value = backAfterMs(receipt);
    return value === undefined ? [] : [{ stratum: stratumOf(receipt), value }];
  });
  return { kind: 'recovery', name: 'fault to back', samples };
}

function stratumOf({ trigger, path }: Receipt): string {
  return trigger.kind === 'fault' ? `${trigger.fault} ${path.name}` : `${trigger.kind} ${path.name}`;
}

/** Latency while nothing is broken, and in the fault windows apart; failures where they can be. */
function ofWindows(windows: readonly WindowResult[]): readonly Figure[] {
  const of = (
    kind: FigureKind,
    name: string,
    kinds: readonly WindowResult['kind'][],
    value: (window: WindowResult) => number | undefined,
  ): Figure => ({
    ...{ kind, name },
    samples: windows
      .filter((window) => kinds.includes(window.kind))
      .flatMap((window) => {
        const found = value(window);
        return found === undefined ? [] : [{ stratum: window.kind, value: found }];
      }),
  });
  return [
    of('latency', 'p50 while all is well', ['baseline', 'after'], ({ p50Ms }) => p50Ms),
    of('latency', 'p95 while all is well', ['baseline', 'after'], ({ p95Ms }) => p95Ms),
    of('latency', 'p95 in fault windows', ['fault', 'recovery'], ({ p95Ms }) => p95Ms),
    of('failed-share', 'failed in fault windows', ['fault', 'recovery'], ({ failedShare }) => failedShare),
    of('throughput', 'answers a second in fault windows', ['fault', 'recovery'], ({ perSecond }) => perSecond),
  ];
}
