// `supervisor: 'detect'`: before a scenario is validated, each environment that asks for it is looked at on the engine, and
// the answer takes the word's place. What follows (plan, hash, run) knows only the supervisor that was found.
import { HarnessError } from '../core/errors.js';
import type { NodeSpec, OwnNode } from '../plan/node-spec.js';
import type { Plan } from '../plan/plan.js';
import { mapEnvironments } from '../scenario/map-environments.js';
import { isRecord } from '../scenario/validate.js';
import type { Detected } from '../tier/detect.js';

export const DETECT = 'detect';
/** Stands for the word until it is known who it is: it needs nothing and has no parameters. */
const STAND_IN = 'docker';

/** `plan`: with the services that are started beside the node. */
export type LookInto = (
  spec: NodeSpec & { readonly own: OwnNode },
  environment: string,
  plan: Pick<Plan, 'services'>,
) => Promise<Detected>;

function asks(value: unknown): boolean {
  return value === DETECT || (isRecord(value) && value['kind'] === DETECT);
}

/** Names of environments of what was read from a file that ask for it. */
export function environmentsToDetect(scenario: unknown): readonly string[] {
  const environments = isRecord(scenario) ? scenario['environments'] : undefined;
  if (!isRecord(environments)) return [];
  return Object.entries(environments).flatMap(([name, value]) =>
    isRecord(value) && asks(value['supervisor']) ? [name] : [],
  );
}

/** With another choice in the place of the word; options beside it stay. Without `choose`: what can be planned before a look. */
export function withSupervisors(
  scenario: unknown,
  choose?: (environment: string) => Readonly<Record<string, unknown>>,
): unknown {
  const names = environmentsToDetect(scenario);
  if (names.length === 0 || !isRecord(scenario)) return scenario;
  const seen = choose ? scenario : withoutServices(scenario);
  return mapEnvironments(seen, (environment, name) => {
    if (!names.includes(name)) return environment;
    const { supervisor } = environment;
    const options = isRecord(supervisor) ? supervisor : {};
    return { ...environment, supervisor: { ...options, ...(choose?.(name) ?? { kind: STAND_IN }) } };
  });
}

/** Further services are named to the supervisor that is still to be found. */
function withoutServices(scenario: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { rounds } = scenario;
  const node = (holder: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
    isRecord(holder['node']) ? { ...holder, node: without(holder['node'], 'services') } : holder;
  return {
    ...mapEnvironments(node(scenario), node),
    ...(Array.isArray(rounds)
      ? { rounds: rounds.map((round: unknown) => (isRecord(round) ? without(round, 'service') : round)) }
      : {}),
  };
}

function without(group: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(group).filter(([name]) => name !== key));
}

/** Looks into each environment once per node that it boots. `plans`: made with the stand-in. */
export async function detectAll(
  names: readonly string[],
  plans: readonly Plan[],
  look: LookInto,
): Promise<ReadonlyMap<string, Detected>> {
  const found = new Map<string, Detected>();
  const byNode = new Map<string, Detected>();
  for (const name of names) {
    const plan = plans.find(({ environment }) => environment.name === name);
    const node = plan?.environment.node;
    if (!plan || !node?.own)
      throw new HarnessError('invalid', `environment ${name}: detect is for a node of the user's own`, {
        hint: 'give the environment a node with an image or a build; sample nodes are made for a supervisor that is named',
      });
    const key = JSON.stringify([node.own, node.env]);
    const detected = byNode.get(key) ?? (await look({ ...node, own: node.own }, name, plan));
    byNode.set(key, detected);
    found.set(name, detected);
  }
  return found;
}
