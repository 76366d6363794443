// The planner: scenario + seed -> one plan per environment, every value resolved, with the place that it came from. Pure:
// what it needs to know of plug-ins it asks their own functions of data.
import { HarnessError } from '../core/errors.js';
import { checkChoice, chosen, type FoundChoice } from '../scenario/choices.js';
import { environmentChoices, type NodeChoices } from '../scenario/environments.js';
import { engineChoice, modelOf } from '../scenario/engine-choice.js';
import { pathText } from '../scenario/issue.js';
import { byDefault, firstOf, inScenario, type Found } from '../scenario/origin.js';
import { requestName } from '../scenario/request-name.js';
import { plugInNamed, type PlugInKind, type PlugInMaps } from '../scenario/plug-ins.js';
import type { Config, Scenario } from '../scenario/schema.js';
import { resolveLimits } from './limits.js';
import { DEFAULTS, resolveProof } from './numbers.js';
import { furtherServicesPlan, serviceFacts } from './further-services.js';
import { ownNodePlan } from './own-node.js';
import { fromItsFolder } from './option-files.js';
import { Origins } from './origins.js';
import type { LoadPlan, RequestSpec, RightAnswer } from './load-plan.js';
import type { DeployedOver, NodeSpec } from './node-spec.js';
import type { EnvironmentPlan, Plan } from './plan.js';
import type { PluginChoice } from './plugin-choice.js';
import { roundPlans, type PickChoice } from './rounds.js';
import { soakNumbers } from './soak.js';
import { planStages } from './stages.js';
import { nodeNames } from './targets.js';
import { tierFacts } from './facts.js';
import { writesPlan } from './writes.js';

type AnswerInput = NonNullable<NonNullable<Scenario['load']['requests']>[number]['answer']>;

export interface PlanSettings {
  readonly maps: PlugInMaps;
  /** As given on the command line. */
  readonly file: string;
  /** Where the scenario's load was taken from, if it is not its own. */
  readonly loadFile?: string;
  /** From a flag or a variable; absent: the scenario's, the configuration's, or the default. */
  readonly seed?: Found<number>;
  readonly maxTimeMs?: Found<number>;
  /** Names of environments; absent: all. */
  readonly environments?: readonly string[];
  readonly config?: Config;
}

/** A plan, and where its values came from: path in the plan -> origin. */
export interface PlannedEnvironment {
  readonly plan: Plan;
  readonly origins: Origins;
}

export function planRun(scenario: Scenario, settings: PlanSettings): readonly Plan[] {
  return planExplained(scenario, settings).map(({ plan }) => plan);
}

export function planExplained(scenario: Scenario, settings: PlanSettings): readonly PlannedEnvironment[] {
  const all = Object.keys(scenario.environments);
  return (settings.environments ?? all).map((name) => planEnvironment(scenario, name, settings));
}

function planEnvironment(scenario: Scenario, name: string, settings: PlanSettings): PlannedEnvironment {
  const { maps, config = {} } = settings;
  const origins = new Origins(settings.loadFile);
  const choices = environmentChoices(scenario, name, config);
  const pick = (what: PlugInKind, found: FoundChoice, path: string): PluginChoice => {
    origins.choice(path, found);
    return resolved(maps, what, found);
  };
  const seed = origins.take(
    'seed',
    firstOf(DEFAULTS.seed, settings.seed, inScenario(scenario.seed, ['seed']), fromConfig(config.seed, 'seed')),
  );
  const maxTimeMs = origins.take(
    'maxTimeMs',
    firstOf(
      DEFAULTS.maxTimeMs,
      settings.maxTimeMs,
      inScenario(scenario.maxTime, ['maxTime']),
      fromConfig(config.maxTime, 'maxTime'),
    ),
  );
  const node = nodeSpec(choices.node, 'environment.node', pick, origins, settings);
  const over = choices.deployedOver;
  const deployedOver: DeployedOver | undefined = over && {
    from: nodeSpec(over.from, 'environment.deployedOver.from', pick, origins, settings),
    deploy: pick('deploys', over.deploy, 'environment.deployedOver.deploy'),
  };
  const expect = scenario.expect?.[name];
  const environment: EnvironmentPlan = {
    name,
    node,
    ...(deployedOver ? { deployedOver } : {}),
    ...(expect ? { expect: { verdict: expect.verdict, findings: expect.findings ?? [] } } : {}),
  };
  if (expect) origins.note('environment.expect', { from: 'scenario', path: ['expect', name] });
  const nodes = nodeNames(scenario.nodes);
  origins.note('nodes', { from: 'scenario', path: ['nodes'] });
  const balancer = fromItsFolder(
    pick('balancers', choices.balancer, 'balancer'),
    plugInNamed(maps, 'balancers', choices.balancer.kind.value)?.files ?? [],
    settings.file,
  );
  const services = Object.fromEntries(
    Object.entries(scenario.services ?? {}).map(([key, choice]) => [
      key,
      fromItsFolder(
        pick('dependencies', chosen(choice, ['services', key]), `services.${key}`),
        plugInNamed(maps, 'dependencies', choice.kind)?.files ?? [],
        settings.file,
      ),
    ]),
  );
  const load = loadPlan(scenario, pick, origins, settings);
  const limits = resolveLimits(choices.limits, origins);
  const plan: Plan = {
    schemaVersion: 1,
    scenario: scenario.name,
    ...(scenario.summary === undefined ? {} : { summary: scenario.summary }),
    file: settings.file,
    ...(settings.loadFile === undefined ? {} : { loadFile: settings.loadFile }),
    seed,
    environment,
    nodes,
    balancer,
    services,
    ageingStepBytes: Math.round(
      origins.take('ageingStepBytes', firstOf(0, inScenario(scenario.ageing?.stepMiB, ['ageing', 'stepMiB']))) *
        1024 ** 2,
    ),
    load,
    ...writesPlan(scenario, node, maps, origins),
    rounds: roundPlans(scenario, nodes, load, seed, pick, origins),
    ...(scenario.soak === undefined ? {} : { soak: soakNumbers(scenario.soak, nodes.length, origins) }),
    limits,
    proof: resolveProof(scenario.proof, config.proof, load, limits.recoveredMs, origins),
    maxTimeMs,
    facts: tierFacts(maps, node, balancer),
    ...serviceFacts(maps, node, balancer),
  };
  for (const facts of ['facts', 'serviceFacts'])
    origins.note(facts, { from: 'derived', how: 'what the plug-ins promise with these options' });
  return { plan, origins };
}

function fromConfig<T>(value: T | undefined, key: string): Found<T | undefined> {
  return { value, origin: { from: 'config', path: [key] } };
}

/** Validation has passed before; a plug-in that refuses its options here is told as what it is. */
function resolved(maps: PlugInMaps, what: PlugInKind, found: FoundChoice): PluginChoice {
  const checked = checkChoice(maps, what, found);
  if (checked.ok) return checked.choice;
  throw new HarnessError(
    'invalid',
    checked.issues.map(({ path, message }) => `${pathText(path)}: ${message}`).join('\n'),
  );
}

function nodeSpec(
  choices: NodeChoices,
  path: string,
  pick: PickChoice,
  origins: Origins,
  { file, maps }: Pick<PlanSettings, 'file' | 'maps'>,
): NodeSpec {
  const { own: found, supervisor, server, app, user, env, openFiles } = choices;
  if (!supervisor || !server) throw new HarnessError('invalid', `${path}: a supervisor and a server are needed`);
  const own = found && ownNodePlan(found, file, `${path}.own`, origins);
  if (found && !own) throw new HarnessError('invalid', `${path}: an own node needs an image or a build, and a port`);
  const services = own && furtherServicesPlan(choices, `${path}.own.services`, maps, pick, origins);
  origins.note(`${path}.env`, { from: 'default', of: 'remuster' });
  return {
    supervisor: pick('supervisors', supervisor, `${path}.supervisor`),
    server: pick('servers', server, `${path}.server`),
    app: pick('apps', app, `${path}.app`),
    user: origins.take(`${path}.user`, user),
    env: Object.fromEntries(
      Object.entries(env).map(([key, found]) => [key, origins.take(`${path}.env.${key}`, found)]),
    ),
    ...(openFiles ? { openFiles: origins.take(`${path}.openFiles`, openFiles) } : {}),
    ...(own ? { own: { ...own, ...(services ? { services } : {}) } } : {}),
  };
}

function loadPlan(
  { load }: Scenario,
  pick: PickChoice,
  origins: Origins,
  { maps, file, loadFile }: Pick<PlanSettings, 'maps' | 'file' | 'loadFile'>,
): LoadPlan {
  const choice = engineChoice(load);
  const engine = plugInNamed(maps, 'engines', choice.kind.value);
  const requests = origins.take(
    'load.requests',
    firstOf([{ path: '/' }], inScenario(load.requests, ['load', 'requests'])),
  );
  origins.note('load.stages', { from: 'scenario', path: ['load', 'stages'] });
  return {
    engine: fromItsFolder(pick('engines', choice, 'load.engine'), engine?.files ?? [], loadFile ?? file),
    model: load.stages.some((stage) => modelOf(stage) === 'open') ? 'open' : 'closed',
    requests: requests.map(requestSpec),
    stages: planStages(load.stages),
    think: origins.take('load.think', firstOf(DEFAULTS.think, inScenario(load.think, ['load', 'think']))),
    sessions: origins.take('load.sessions', firstOf(false, inScenario(load.sessions, ['load', 'sessions']))),
    arrivals: origins.take(
      'load.arrivals',
      firstOf(
        'poisson',
        inScenario(load.arrivals, ['load', 'arrivals']),
        byDefault(engine?.arrivals?.[0], engine?.name),
      ),
    ),
    connections: origins.take(
      'load.connections',
      firstOf(
        'kept',
        inScenario(load.connections, ['load', 'connections']),
        byDefault(engine?.connections?.[0], engine?.name),
      ),
    ),
    timeoutMs: origins.take(
      'load.timeoutMs',
      firstOf(DEFAULTS.timeoutMs, inScenario(load.timeout, ['load', 'timeout'])),
    ),
  };
}

function requestSpec(request: NonNullable<Scenario['load']['requests']>[number]): RequestSpec {
  const { method = 'GET', path, headers = {}, body, weight = 1 } = request;
  return {
    name: requestName(request),
    method,
    path,
    headers,
    ...(body === undefined ? {} : { body }),
    weight,
    ...(request.answer === undefined ? {} : { answer: rightAnswer(request.answer) }),
  };
}

function rightAnswer({ status, headers, bodyContains, json }: AnswerInput): RightAnswer {
  return {
    ...(status === undefined ? {} : { status: [status].flat() }),
    ...(headers === undefined
      ? {}
      : { headers: Object.fromEntries(Object.entries(headers).map(([key, text]) => [key.toLowerCase(), text])) }),
    ...(bodyContains === undefined ? {} : { bodyContains }),
    ...(json === undefined ? {} : { json }),
  };
}
