// A fault that somebody asks for at a terminal as a round of the plan, checked as one of a scenario is. Pure.
import { HarnessError } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { seededRandom } from '../core/random.js';
import type { Plan, RoundPlan, TargetSpec } from '../plan/plan.js';
import type { PluginChoice } from '../plan/plugin-choice.js';
import { furtherServices, nodeOf, planAt, postsOf, serviceOf, stepsAt } from '../plan/posts.js';
import { missingPowers } from '../plan/powers.js';
import { targetSteps } from '../plan/targets.js';
import { allPlugIns } from '../scenario/all-plug-ins.js';
import { checkChoice, chosen } from '../scenario/choices.js';
import { wayOut } from '../scenario/issue.js';
import { plugInNamed } from '../scenario/plug-ins.js';
import type { Question } from './questions.js';

type Asked = Pick<Extract<Question, { do: 'inject' }>, 'fault' | 'target' | 'service'>;

const TARGET_WORDS = ['one', 'half', 'all-but-one', 'all'] as const;

/** `round`: its number. Throws `invalid` or `usage` for what cannot be done. */
export function roundAsked({ fault, target, service }: Asked, round: number, plan: Plan): RoundPlan {
  const choice = checkedFault(fault);
  const aimed = aimOf(target, service, plan);
  const random = seededRandom(plan.seed).fork(`round ${String(round)}`);
  const steps = stepsAt([targetSteps(aimed.target, plan.nodes, random).flat()], aimed.service);
  const hits = aimed.service === undefined ? {} : { service: aimed.service };
  const planned: RoundPlan = { round, fault: choice, target: aimed.target, ...hits, steps, notBeforeMs: 0 };
  const [missing] = missingPowers([{ ...plan, rounds: [planned] }], allPlugIns);
  if (missing) throw new HarnessError('invalid', missing.message);
  if (aimed.service !== undefined && plugInNamed(allPlugIns, 'faults', choice.kind)?.hitsNode === true)
    throw new HarnessError('invalid', `${choice.kind} hits the node with all that is in it, not a service of it`);
  refusePid1(choice, planAt(plan, aimed.service));
  return planned;
}

function checkedFault({ kind, ...options }: Asked['fault']): PluginChoice {
  const checked = checkChoice(allPlugIns, 'faults', chosen({ kind, ...options }, []));
  if (checked.ok) return checked.choice;
  const lines = checked.issues.flatMap((issue) => {
    const path = issue.path.join('.');
    const way = wayOut(issue);
    return [`${path === '' ? '' : `${path}: `}${issue.message}`, ...(way === undefined ? [] : [`  ${way}`])];
  });
  throw new HarnessError('invalid', lines.join('\n'));
}

/** Names may be those of posts, as status and receipts have them: 'web-1/puma'. */
function aimOf(
  target: Asked['target'],
  service: string | undefined,
  plan: Plan,
): { readonly target: TargetSpec; readonly service: string | undefined } {
  const word = TARGET_WORDS.find((each) => each === target);
  if (service !== undefined) checkService(service, plan);
  if (word !== undefined) return { target: { kind: word }, service };
  const names = [target].flat();
  for (const name of names) if (!postsOf(plan).some((post) => post.name === name)) unknownPost(name, plan);
  const services = [...new Set(names.map((name) => serviceOf(name) ?? service))];
  if (services.length > 1)
    throw new HarnessError('usage', `one service at a time; these are of several: ${names.join(', ')}`);
  return { target: { kind: 'named', nodes: names.map(nodeOf) }, service: services[0] };
}

function checkService(name: string, plan: Plan): void {
  const known = furtherServices(plan).map((each) => each.name);
  if (known.includes(name)) return;
  throw new HarnessError('usage', `"${name}" is not a further service of the nodes`, {
    hint: known.length === 0 ? 'they have none; leave --service out' : knownWords(name, known),
  });
}

export function unknownPost(name: string, plan: Plan): never {
  const known = postsOf(plan).map((post) => post.name);
  throw new HarnessError('usage', `"${name}" is not a node of this tier`, { hint: knownWords(name, known) });
}

function knownWords(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `known: ${known.join(', ')}${nearest === undefined ? '' : `     did you mean ${nearest}?`}`;
}

/** The same that a scenario is told by its rules (scenario/rules.ts). */
function refusePid1({ kind, options }: PluginChoice, { environment }: Plan): void {
  const isAimed = kind === 'supervisor-death' || options['process'] === 'supervisor';
  const { kind: supervisor } = environment.node.supervisor;
  if (isAimed && plugInNamed(allPlugIns, 'supervisors', supervisor)?.isPid1 === true)
    throw new HarnessError('invalid', `${supervisor} is PID 1 of the node; killing it ends the node`, {
      hint: 'remuster inject node-reboot does that',
    });
}
