// Matchers for results of `run`, in the form that vitest and jest share: pass, and a message that shows why.
import { hasBroken } from '../verdict/evidence.js';
import {
  WATERFALL_STEPS,
  type EnvironmentResult,
  type Finding,
  type Receipt,
  type RunResult,
} from '../verdict/model.js';

export interface Matched {
  readonly pass: boolean;
  readonly message: () => string;
}

/** A whole run, or one environment of it. */
export type Judged = RunResult | EnvironmentResult;

export const matchers = {
  /** Every restart of every node has a receipt without a broken or an unobserved claim, and there was one at least. */
  toReturnEveryNode: (judged: Judged): Matched =>
    matched(judged, 'return every node', (environment) => [
      ...cutOf(environment),
      ...(environment.receipts.length === 0 ? ['no node was restarted, so nothing is proved'] : []),
      ...environment.receipts.flatMap(brokenClaims),
      ...environment.findings.filter(({ check }) => check === 'every-node-returns').map(said),
    ]),
  /** No check found anything: the verdict is pass, whatever the scenario expects. */
  toPassEveryCheck: (judged: Judged): Matched =>
    matched(judged, 'pass every check', (environment) => [
      ...cutOf(environment),
      ...environment.findings.map(said),
      ...(environment.verdict === 'pass' ? [] : [`the verdict is ${environment.verdict}`]),
    ]),
  /** All limits of the scenario were kept in every window that they are for. */
  toKeepItsLimits: (judged: Judged): Matched =>
    matched(judged, 'keep its limits', (environment) => [
      ...cutOf(environment),
      ...environment.findings.filter(({ check }) => check === 'budgets').map(said),
    ]),
  /** Each environment ended as the scenario's `expect` says (exit code 0). */
  toEndAsExpected: (judged: Judged): Matched =>
    matched(judged, 'end as the scenario expects', (environment) =>
      environment.asExpected
        ? []
        : [`expected ${environment.expected?.verdict ?? 'pass'}, it is ${environment.verdict}`, environment.summary],
    ),
  /** Back within so many milliseconds, every node and restart: from the fault until it answers as before. */
  toRecoverWithin: (judged: Judged, limitMs: number): Matched =>
    matched(judged, `recover within ${String(limitMs)} ms`, (environment) => [
      ...cutOf(environment),
      ...(environment.receipts.length === 0 ? ['no node was restarted, so nothing is proved'] : []),
      ...environment.receipts.flatMap((receipt) => tooSlow(receipt, limitMs)),
    ]),
} as const;

function matched(
  judged: Judged,
  what: string,
  troublesOf: (environment: EnvironmentResult) => readonly string[],
): Matched {
  const environments = 'environments' in judged ? judged.environments : [judged];
  const troubles = environments.flatMap((environment) => {
    const found = [...new Set(troublesOf(environment))];
    return found.length === 0
      ? []
      : [`${environment.name}: ${environment.summary}`, ...found.map((each) => `  - ${each}`)];
  });
  const pass = environments.length > 0 && troubles.length === 0;
  const names = environments.map(({ name }) => name).join(', ');
  return {
    pass,
    message: () =>
      pass
        ? `expected the tier not to ${what}, but it did (${names})`
        : [`expected the tier to ${what}`, ...(names === '' ? ['nothing was played'] : troubles)].join('\n'),
  };
}

function cutOf({ cut }: EnvironmentResult): readonly string[] {
  return cut === null ? [] : [`it was cut short (${cut.reason}): ${cut.evidence}`];
}

function said({ node, message }: Finding): string {
  return node === undefined || message.includes(node) ? message : `${node}: ${message}`;
}

function brokenClaims({ node, restart, claims }: Receipt): readonly string[] {
  return claims
    .filter(({ state }) => state === 'broken' || state === 'not-observed')
    .map(
      ({ id, state, evidence }) => `${node} restart ${String(restart)}: ${id} ${state.replace('-', ' ')}: ${evidence}`,
    );
}

function tooSlow(receipt: Receipt, limitMs: number): readonly string[] {
  const { node, restart, waterfallMs } = receipt;
  const tookMs = Math.max(...WATERFALL_STEPS.map((step) => waterfallMs[step] ?? 0));
  if (hasBroken(receipt)) return [`${node} restart ${String(restart)}: never whole again`];
  return tookMs <= limitMs ? [] : [`${node} restart ${String(restart)}: took ${String(Math.round(tookMs))} ms`];
}
