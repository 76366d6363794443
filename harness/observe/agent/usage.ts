// What a service uses, once a second: resident memory, threads, processes, and the CPU since the sample before.
import type { ProcessKey } from '../../core/identity.js';
import type { CensusProcess, SampleEvent } from '../../record/events.js';
import type { Scanned } from './scan.js';

/** USER_HZ, in which the kernel tells times; 100 on all machines that Docker runs on. */
const TICKS_PER_SECOND = 100;

export class Usage {
  readonly #node: string;
  #ticks = new Map<ProcessKey, number>();
  #atMs: number | undefined;

  constructor(node: string) {
    this.#node = node;
  }

  sample(
    census: readonly CensusProcess[],
    processes: readonly Scanned[],
    pageBytes: number,
    atMs: number,
  ): SampleEvent {
    const service = new Set(
      census.filter(({ role }) => role === 'master' || role === 'worker').map((process) => process.key),
    );
    const own = processes.filter((process) => service.has(process.key));
    const sum = (of: (process: Scanned) => number): number => own.reduce((total, process) => total + of(process), 0);
    // Per process, because the sum sinks whenever one ends. What a new one used since its birth counts, once there was
    // a sample before it.
    const usedTicks = sum(({ key, cpuTicks }) => cpuTicks - (this.#ticks.get(key) ?? 0));
    const seconds = this.#atMs === undefined ? Infinity : (atMs - this.#atMs) / 1000;
    this.#ticks = new Map(own.map(({ key, cpuTicks }) => [key, cpuTicks]));
    this.#atMs = atMs;
    return {
      kind: 'sample',
      atMs,
      node: this.#node,
      memoryBytes: sum((process) => process.rssPages) * pageBytes,
      processes: own.length,
      threads: sum((process) => process.threads),
      cpuShare: Math.round((usedTicks / TICKS_PER_SECOND / seconds) * 1000) / 1000,
    };
  }
}
