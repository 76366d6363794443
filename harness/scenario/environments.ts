// From what an author wrote to whole environments: `like` is followed, the scenario's own app, env and limits lie below,
// `deployedOver` takes what it does not say from the environment that it belongs to. Nothing is validated here.
import type { FoundOwnNode } from '../plan/own-node.js';
import { chosen, chosenByDefault, overlaid, type FoundChoice } from './choices.js';
import type { KeyPath } from './issue.js';
import { byDefault, inScenario, type Found } from './origin.js';
import type { OwnNodeInput } from './own-node.js';
import type { Config, Environment, Scenario } from './schema.js';

export interface NodeChoices {
  /** Absent: a sample node. */
  readonly own: FoundOwnNode | undefined;
  /** Absent: nobody named one; a rule says so. */
  readonly supervisor: FoundChoice | undefined;
  readonly server: FoundChoice | undefined;
  readonly app: FoundChoice;
  readonly user: Found<string>;
  readonly env: Readonly<Record<string, Found<string>>>;
  readonly openFiles: Found<number> | undefined;
}

type Limits = NonNullable<Scenario['limits']>;
export type FoundLimits = { readonly [K in keyof Limits]-?: Found<NonNullable<Limits[K]>> | undefined };

export interface EnvironmentChoices {
  readonly name: string;
  readonly node: NodeChoices;
  readonly deployedOver: { readonly from: NodeChoices; readonly deploy: FoundChoice } | undefined;
  readonly balancer: FoundChoice;
  readonly limits: FoundLimits;
}

/** What of a scenario the environments need; during validation some of it may be missing. */
export type EnvironmentSource = Pick<
  Scenario,
  'environments' | 'node' | 'app' | 'balancer' | 'limits' | 'user' | 'env' | 'openFiles'
>;

const DEFAULT_USER = 'www-data';

/** The environments from which `name` takes its keys, itself first. Ends at a name that is unknown or repeats. */
export function likeChain(environments: Readonly<Record<string, Environment>>, name: string): readonly string[] {
  const chain: string[] = [];
  for (let next: string | undefined = name; next !== undefined; next = environments[next]?.like) {
    if (chain.includes(next) || !Object.hasOwn(environments, next)) break;
    chain.push(next);
  }
  return chain;
}

export function environmentChoices(source: EnvironmentSource, name: string, config: Config = {}): EnvironmentChoices {
  const chain = likeChain(source.environments, name);
  const own = <K extends keyof Environment>(
    key: K,
  ): { value: NonNullable<Environment[K]>; path: KeyPath } | undefined => {
    for (const each of chain) {
      const value = source.environments[each]?.[key];
      if (value !== undefined) return { value, path: ['environments', each, key] };
    }
    return undefined;
  };
  const node = own('node');
  const ownNode = laidOverNode(source.node, node);
  const below: NodeChoices = {
    own: ownNode,
    supervisor: undefined,
    server: ownNode ? chosenByDefault('own', ['server']) : undefined,
    app: source.app ? chosen(source.app, ['app']) : chosenByDefault(ownNode ? 'own' : 'shop', ['app']),
    user: userOf(source, config),
    env: locatedEnv(source.env, ['env']),
    openFiles: source.openFiles === undefined ? undefined : inScenario(source.openFiles, ['openFiles']),
  };
  const choices = laidOver(below, {
    supervisor: own('supervisor'),
    server: own('server'),
    app: own('app'),
    user: own('user'),
    env: own('env'),
    openFiles: own('openFiles'),
  });
  const over = own('deployedOver');
  const balancer = own('balancer');
  return {
    name,
    node: choices,
    deployedOver: over && {
      from: laidOver(choices, keysOf(over.value, over.path)),
      deploy: over.value.deploy
        ? chosen(over.value.deploy, [...over.path, 'deploy'])
        : chosenByDefault('hot', [...over.path, 'deploy']),
    },
    balancer: balancer
      ? chosen(balancer.value, balancer.path)
      : source.balancer
        ? chosen(source.balancer, ['balancer'])
        : chosenByDefault('haproxy', ['balancer']),
    limits: limitsOf(own('limits'), source.limits, config.limits),
  };
}

/** Another source replaces the one below, whichever of the two kinds it is. */
function laidOverNode(
  scenario: OwnNodeInput | undefined,
  own: { readonly value: OwnNodeInput; readonly path: KeyPath } | undefined,
): FoundOwnNode | undefined {
  if (!scenario && !own) return undefined;
  const located = (value: OwnNodeInput, path: KeyPath) =>
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, inScenario(each, [...path, key])] as const);
  const isSource = (key: string): boolean => key === 'image' || key === 'build';
  const over = own ? located(own.value, own.path) : [];
  const hasSource = over.some(([key]) => isSource(key));
  const below = (scenario ? located(scenario, ['node']) : []).filter(([key]) => !(hasSource && isSource(key)));
  return Object.fromEntries([...below, ...over]) as unknown as FoundOwnNode;
}

function userOf(source: EnvironmentSource, config: Config): Found<string> {
  if (source.user !== undefined) return inScenario(source.user, ['user']);
  if (config.user !== undefined) return { value: config.user, origin: { from: 'config', path: ['user'] } };
  return byDefault(DEFAULT_USER);
}

type Keys = {
  readonly [K in keyof Omit<NodeChoices, 'own'>]:
    { readonly value: NonNullable<Environment[K]>; readonly path: KeyPath } | undefined;
};

function keysOf(over: NonNullable<Environment['deployedOver']>, path: KeyPath): Keys {
  const key = <K extends keyof Keys>(name: K): Keys[K] => {
    const value = over[name];
    return (value === undefined ? undefined : { value, path: [...path, name] }) as Keys[K];
  };
  return {
    supervisor: key('supervisor'),
    server: key('server'),
    app: key('app'),
    user: key('user'),
    env: key('env'),
    openFiles: key('openFiles'),
  };
}

function laidOver(base: NodeChoices, keys: Keys): NodeChoices {
  return {
    own: base.own,
    supervisor: keys.supervisor ? chosen(keys.supervisor.value, keys.supervisor.path) : base.supervisor,
    server: keys.server ? chosen(keys.server.value, keys.server.path) : base.server,
    app: keys.app ? overlaid(base.app, keys.app.value, keys.app.path) : base.app,
    user: keys.user ? inScenario(keys.user.value, keys.user.path) : base.user,
    env: { ...base.env, ...(keys.env ? locatedEnv(keys.env.value, keys.env.path) : {}) },
    openFiles: keys.openFiles ? inScenario(keys.openFiles.value, keys.openFiles.path) : base.openFiles,
  };
}

function locatedEnv(
  env: Readonly<Record<string, string>> | undefined,
  path: KeyPath,
): Readonly<Record<string, Found<string>>> {
  return Object.fromEntries(Object.entries(env ?? {}).map(([key, value]) => [key, inScenario(value, [...path, key])]));
}

function limitsOf(
  own: { readonly value: Limits; readonly path: KeyPath } | undefined,
  scenario: Limits | undefined,
  config: Limits | undefined,
): FoundLimits {
  const pick = <K extends keyof Limits>(key: K): FoundLimits[K] => {
    const found =
      own?.value[key] !== undefined
        ? inScenario(own.value[key], [...own.path, key])
        : scenario?.[key] !== undefined
          ? inScenario(scenario[key], ['limits', key])
          : config?.[key] !== undefined
            ? { value: config[key], origin: { from: 'config', path: ['limits', key] } as const }
            : undefined;
    return found as FoundLimits[K];
  };
  return {
    recovered: pick('recovered'),
    failedShare: pick('failedShare'),
    masked: pick('masked'),
    p50: pick('p50'),
    p95: pick('p95'),
    p99: pick('p99'),
    throughput: pick('throughput'),
    nodes: pick('nodes'),
    requests: pick('requests'),
    dark: pick('dark'),
    steps: pick('steps'),
  };
}
