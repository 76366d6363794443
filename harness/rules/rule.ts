// A lint rule: what a known trap looks like in an environment's settings, before anything boots. Pure: from the plan's node
// and what its plug-ins say of themselves to problems; `remuster lint` prints them, `remuster parity` sorts by them.
import type { NodeSpec } from '../plan/node-spec.js';
import type { RestartPromise, TellsSystemd } from '../plan/promise.js';
import type { ServiceSuggestion } from '../tier/plugins.js';
import type { Service } from '../tier/service.js';

/** What a rule may know of one environment. */
export interface RuleFacts {
  readonly node: NodeSpec;
  readonly promise: RestartPromise;
  readonly suggests: ServiceSuggestion;
  readonly service: Service;
  /** What the server tells of itself by sd_notify(3); absent: nothing. */
  readonly tellsSystemd?: TellsSystemd;
  /** Names of restart paths that the scenario's faults and its deployment drive. */
  readonly drivenPaths: readonly string[];
  /** Restart paths of the server at the end of which its master has another pid. */
  readonly pathsToNewPid: readonly string[];
  /** The server's own output per request, bytes; 0 when unknown. */
  readonly outputBytesPerRequest: number;
  /** How long requests in flight and the application's own farewell take at a graceful stop, ms. */
  readonly drainMs: number;
}

/** `error`: the node is lost, or not supervised, after a restart. `warning`: it takes something else to go wrong too. */
export type Severity = 'error' | 'warning';

export interface Problem {
  /** The key that is to blame, as a scenario writes it below an environment: 'server.daemonize'. */
  readonly setting: string;
  /** Its value now, as text. */
  readonly value: string;
  /** What happens, and when: one sentence. */
  readonly sentence: string;
  readonly fix: string;
}

export interface Rule {
  readonly name: string;
  /** Id of the trap in the notes on supervisors. */
  readonly trap: string;
  readonly severity: Severity;
  readonly summary: string;
  /** Where it is known from: what was run, which manual page or source says so. */
  readonly evidence: string;
  /** The scenario that shows it happen; its `broken` environment breaks this rule, `fixed` does not. */
  readonly scenario: string;
  check(facts: RuleFacts): readonly Problem[];
}
