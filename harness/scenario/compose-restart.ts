// What a compose file says of how its service is stopped and brought back: under the engine's own restart policy that is what
// production does, and a policy that nobody wrote down is none. Done to what was read, like all of compose.
import type { Service } from './compose-file.js';
import { mapEnvironments } from './map-environments.js';
import { isRecord } from './validate.js';

/** Options of `supervisor: docker`. */
export type RestartPolicy = Readonly<Record<string, string | number>>;

/** Compose Specification, `restart`: no, always, unless-stopped, on-failure, on-failure:3; absent: no. */
export function restartPolicyOf({ restart = 'no' }: Service): RestartPolicy {
  const [name = '', retries] = (restart === false ? 'no' : restart).split(':');
  return retries === undefined ? { restart: name } : { restart: name, maximumRetryCount: Number(retries) };
}

/** `stop_signal: SIGQUIT`, `stop_grace_period: 1m30s`, as a node has them. */
export function stopOf({ stop_signal: signal, stop_grace_period: grace }: Service) {
  const stop = {
    ...(signal === undefined ? {} : { signal: signal.replace(/^SIG/, '') }),
    ...(grace === undefined ? {} : { grace: `${String(millisecondsOf(grace))}ms` }),
  };
  return Object.keys(stop).length === 0 ? {} : { stop };
}

const UNITS_MS: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3_600e3 };

function millisecondsOf(period: string): number {
  const parts = [...period.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)];
  return Math.round(parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS_MS[unit] ?? 0), 0));
}

/** Environments under the engine's own policy that do not say which one: it is their compose file's. */
export function withPolicies(scenario: unknown, policyOf: (environment: string) => RestartPolicy | undefined): unknown {
  if (!isRecord(scenario)) return scenario;
  return mapEnvironments(scenario, (environment, name) => withPolicy(environment, policyOf(name)));
}

function withPolicy(environment: Readonly<Record<string, unknown>>, policy: RestartPolicy | undefined) {
  const { supervisor } = environment;
  if (policy === undefined) return environment;
  if (supervisor === 'docker') return { ...environment, supervisor: { kind: 'docker', ...policy } };
  if (!isRecord(supervisor) || supervisor['kind'] !== 'docker' || supervisor['restart'] !== undefined)
    return environment;
  return { ...environment, supervisor: { ...policy, ...supervisor } };
}
