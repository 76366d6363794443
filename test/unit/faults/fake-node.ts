// A node for the tests of faults: its processes change when signals reach them, and time never passes.
import type { FaultContext } from '../../../harness/faults/fault.js';
import type { NodeNow } from '../../../harness/observe/live-view.js';
import type { ServerPath } from '../../../harness/plan/promise.js';
import type { ExecResult } from '../../../harness/tier/runtime/runtime.js';
import type { Plan } from '../../../harness/plan/plan.js';
import type { CensusProcess, ProbeEvent, SupervisorState } from '../../../harness/record/events.js';
import { planFor } from '../verdict/test-plan.js';

export function process(key: string, ppid: number, role: CensusProcess['role']): CensusProcess {
  const pid = Number(key.split('.')[0]);
  return { key, pid, ppid, role, holdsListener: role !== 'supervisor', zombie: false, command: role };
}

export function planWith(paths: readonly ServerPath[], promise: Partial<Plan['facts']['promise']> = {}): Plan {
  const plan = planFor();
  return { ...plan, facts: { ...plan.facts, paths, promise: { ...plan.facts.promise, ...promise } } };
}

/** What happens on the node when a signal arrives: it changes `processes`, `probe`, `supervisor`. */
export type Reaction = (node: FakeNode, pid: number, signal: string) => void;

export class FakeNode {
  processes: readonly CensusProcess[] = [];
  probe: ProbeEvent | undefined;
  supervisor: NodeNow['supervisor'];
  readonly signals: string[] = [];
  /** 'again' entries and signals, in the order in which they came. */
  readonly story: string[] = [];
  readonly ran: (readonly string[])[] = [];
  readonly #reactions: readonly Reaction[];

  constructor(
    readonly plan: Plan,
    reaction: Reaction,
    readonly run: (argv: readonly string[]) => Partial<ExecResult> = () => ({}),
  ) {
    this.#reactions = [reaction];
  }

  answersAs(key: string): void {
    this.probe = {
      kind: 'probe',
      atMs: 0,
      node: 'web-1',
      outcome: 'ok',
      generation: `9.9.w/${key}`,
      tookMs: 1,
      streak: 1,
    };
  }

  says(state: SupervisorState, word: string): void {
    this.supervisor = { kind: 'supervisor', atMs: 0, node: 'web-1', state, word, trackedPid: null, raw: word };
  }

  get context(): FaultContext {
    const census = () => ({ kind: 'census' as const, atMs: 0, node: 'web-1', processes: this.processes });
    const now = (): NodeNow => ({
      census: census(),
      ...(this.probe ? { probe: this.probe } : {}),
      ...(this.supervisor ? { supervisor: this.supervisor } : {}),
    });
    const late = (what: string): Promise<never> => Promise.reject(new Error(`waited for ${what}`));
    return {
      plan: this.plan,
      node: {
        name: 'web-1',
        supervisor: { name: 'bluepill' },
        service: { stop: { signal: 'QUIT', graceMs: 10_000 } },
        container: {
          id: 'c1',
          exec: (argv: readonly string[]) => {
            this.ran.push(argv);
            return Promise.resolve({ exitCode: 0, stdout: '', stderr: '', ...this.run(argv) });
          },
        },
      } as unknown as FaultContext['node'],
      app: {} as FaultContext['app'],
      appOptions: {},
      dependencies: [],
      census,
      signal: (key, signal) => {
        const target = this.processes.find((each) => each.key === key);
        if (!target) return Promise.resolve(false);
        this.signals.push(`${signal} ${target.pid}`);
        this.story.push(`${signal} ${target.pid}`);
        for (const react of this.#reactions) react(this, target.pid, signal);
        return Promise.resolve(true);
      },
      heard: () => late('a line'),
      seen: (match) => (match(census()) ? Promise.resolve(census()) : late('a change of processes')),
      until: (look, what) => {
        const found = look(now());
        return found.done ? Promise.resolve(found.value) : late(`${what} (last: ${found.evidence})`);
      },
      again: (targets) => void this.story.push(`again ${targets.map((key) => key.split('.')[0]).join(' ')}`),
      abort: new AbortController().signal,
    };
  }
}
