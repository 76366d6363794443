// What must fit together in a scenario, one named rule each. Rules run on whatever parts have the right shape, so that all
// errors are told at once and not only the first.
import { nodeNames } from '../plan/targets.js';
import { checkChoice, chosen } from './choices.js';
import { likeChain } from './environments.js';
import { engineChoice } from './engine-choice.js';
import { shown, type Issue, type KeyPath } from './issue.js';
import { limitedRequestsExist } from './limit-rules.js';
import {
  modelIsTheEngines,
  peakComesInTime,
  requestNamesAreUnique,
  stagesFollowEachOther,
  usersAskInTime,
} from './load-rules.js';
import { serviceChoices } from './further-services.js';
import { plugInNamed } from './plug-ins.js';
import type { Parts, Rule, RuleInput } from './rule.js';
import { asNodeAndService, furtherServicesAreRight, roundsNameServices } from './service-rules.js';
import { whole } from './whole-environments.js';

const likeNamesAnotherEnvironment: Rule = ({ parts }) =>
  Object.entries(parts.environments).flatMap(([name, { like }]) => {
    if (like === undefined) return [];
    const path = ['environments', name, 'like'];
    if (!parts.environmentNames.includes(like)) return [unknownEnvironment(path, like, parts, name)];
    const chain = likeChain(parts.environments, name);
    const next = parts.environments[chain.at(-1) ?? name]?.like;
    if (next === undefined || !chain.includes(next)) return [];
    return [{ path, message: `goes in a circle: ${[...chain, next].join(' is like ')}` }];
  });

function unknownEnvironment(path: KeyPath, found: string, parts: Parts, not?: string): Issue {
  const known = parts.environmentNames.filter((each) => each !== not);
  return {
    path,
    message: `${shown(found)} is not ${not === undefined ? 'an' : 'another'} environment of this scenario`,
    found,
    known,
  };
}

const expectNamesEnvironmentsAndChecks: Rule = ({ parts, maps }) =>
  Object.entries(parts.expect ?? {}).flatMap(([name, { findings }]) => [
    ...(parts.environmentNames.includes(name) ? [] : [unknownEnvironment(['expect', name], name, parts)]),
    ...(findings ?? []).flatMap((found, index) =>
      maps.checks.includes(found)
        ? []
        : [
            {
              path: ['expect', name, 'findings', index],
              message: `${shown(found)} is not a check`,
              found,
              known: maps.checks,
            },
          ],
    ),
  ]);

const environmentsAreComplete: Rule = (input) =>
  whole(input)
    .filter(({ name }) => !likeChain(input.parts.environments, name).some((each) => input.parts.damaged.includes(each)))
    .flatMap(({ name, node }) =>
      (['supervisor', 'server'] as const).flatMap((key) =>
        node[key]
          ? []
          : [
              {
                path: ['environments', name, key],
                message: `is missing; environment ${name} needs a ${key}`,
                known: Object.keys(input.maps[`${key}s`]),
              },
            ],
      ),
    );

/** Of a user's own node everything but its source and its port has a default. */
const ownNodesAreComplete: Rule = (input) =>
  whole(input).flatMap(({ name, node: { own, server, app }, deployedOver }) => {
    const at = ['environments', name, 'node'];
    if (!own)
      return [
        ...(server?.kind.value === 'own' ? [{ path: server.path, message: OWN_NEEDS_NODE }] : []),
        ...(app.kind.value === 'own' ? [{ path: app.path, message: OWN_NEEDS_NODE }] : []),
      ];
    const path = input.parts.environments[name]?.node ? at : input.parts.node ? ['node'] : at;
    return [
      ...((own.image ?? own.build)
        ? []
        : [{ path, message: 'needs an image, or a build: a folder with a Dockerfile' }]),
      ...(own.port ? [] : [{ path, message: 'needs a port: the one of the node that the balancer reaches' }]),
      ...(app.kind.value === 'own'
        ? []
        : [{ path: app.path, message: `${app.kind.value} is a sample application; an own node brings its own` }]),
      ...(deployedOver
        ? [
            {
              path: ['environments', name, 'deployedOver'],
              message: 'is for sample nodes; an own node is booted as it is',
            },
          ]
        : []),
    ];
  });

const OWN_NEEDS_NODE = "is for a node of the user's own; give a node with an image or a build";

const plugInsOfEnvironmentsAreRight: Rule = (input) =>
  whole(input).flatMap(({ node, deployedOver, balancer }) =>
    unique(
      [node, ...(deployedOver ? [deployedOver.from] : [])].flatMap(({ supervisor, server, app }) => [
        ...(supervisor ? issuesOf(input, 'supervisors', supervisor) : []),
        ...(server ? issuesOf(input, 'servers', server) : []),
        ...issuesOf(input, 'apps', app),
      ]),
    ).concat(
      deployedOver ? issuesOf(input, 'deploys', deployedOver.deploy) : [],
      issuesOf(input, 'balancers', balancer),
    ),
  );

/** An application is written for the platforms that it names, and a server runs one. */
const serverRunsTheApplication: Rule = (input) =>
  whole(input).flatMap(({ node, deployedOver }) =>
    [node, ...(deployedOver ? [deployedOver.from] : [])].flatMap(({ server, app }) => {
      const runs = server && plugInNamed(input.maps, 'servers', server.kind.value)?.platform;
      const writtenFor = plugInNamed(input.maps, 'apps', app.kind.value)?.platforms;
      if (!runs || !writtenFor || writtenFor.includes(runs)) return [];
      return [
        {
          path: server.path,
          message: `${server.kind.value} runs ${runs} applications; ${app.kind.value} is written for ${writtenFor.join(', ')}`,
        },
      ];
    }),
  );

/** A knob without a meaning would be measured as if it had one. */
const applicationHonoursItsOptions: Rule = (input) =>
  whole(input).flatMap(({ node, deployedOver }) =>
    [node, ...(deployedOver ? [deployedOver.from] : [])].flatMap(({ server, app }) => {
      const { maps } = input;
      const platform = server && plugInNamed(maps, 'servers', server.kind.value)?.platform;
      const checked = checkChoice(maps, 'apps', app);
      if (!platform || !checked.ok) return [];
      const refused = plugInNamed(maps, 'apps', app.kind.value)?.refuses?.(checked.choice.options, platform) ?? {};
      return Object.entries(refused).map(([option, why]) => {
        const origin = app.options[option]?.origin;
        const path = origin?.from === 'scenario' ? origin.path : [...app.path, option];
        return { path, message: `${app.kind.value} cannot honour ${option} with ${server.kind.value}: ${why}` };
      });
    }),
  );

/** Who asks for writes must know how to write, or have an application that does. */
const writesAreKnown: Rule = (input) => {
  const { writes } = input.parts;
  if (!writes || (writes !== true && writes.write && writes.read)) return [];
  const [lacking] = whole(input).flatMap(({ name, node: { server, app } }) => {
    const platform = server && plugInNamed(input.maps, 'servers', server.kind.value)?.platform;
    const checked = checkChoice(input.maps, 'apps', app);
    if (!platform || !checked.ok) return [];
    const known = plugInNamed(input.maps, 'apps', app.kind.value)?.writes?.(checked.choice.options, platform);
    return known
      ? []
      : [`${app.kind.value} with ${server.kind.value} (${name}) does not say how; give both write and read`];
  });
  return lacking === undefined ? [] : [{ path: ['writes'], message: lacking }];
};

const servicesAreRight: Rule = (input) =>
  Object.entries(input.parts.services ?? {}).flatMap(([name, choice]) => {
    const path = ['services', name];
    const taken = [...nodeNames(input.parts.nodes ?? 1), 'balancer'].includes(name);
    return [
      ...(taken ? [{ path, message: `is the name of ${name === 'balancer' ? 'the balancer' : 'a node'}` }] : []),
      ...issuesOf(input, 'dependencies', chosen(choice, path)),
    ];
  });

function issuesOf(
  { maps }: RuleInput,
  ...[what, choice]: [Parameters<typeof checkChoice>[1], Parameters<typeof checkChoice>[2]]
): readonly Issue[] {
  const checked = checkChoice(maps, what, choice);
  return checked.ok ? [] : checked.issues;
}

const faultsAndEngineAreRight: Rule = (input) => [
  ...input.parts.rounds.flatMap((round, index) =>
    round ? issuesOf(input, 'faults', chosen(round.fault, ['rounds', index, 'fault'])) : [],
  ),
  ...(input.parts.load ? issuesOf(input, 'engines', engineChoice(input.parts.load)) : []),
];

const targetsExist: Rule = ({ parts }) =>
  parts.rounds.flatMap((round, index): readonly Issue[] => {
    if (!round) return [];
    const path: KeyPath = ['rounds', index, 'target'];
    const { target } = round;
    if (Array.isArray(target)) {
      if (target.length === 0) return [{ path, message: 'is an empty list; name at least one node' }];
      const known = parts.nodes === undefined ? target : nodeNames(parts.nodes);
      return target.flatMap((found: string, at: number): readonly Issue[] => {
        if (!known.includes(found))
          return [
            {
              path: [...path, at],
              message: `${shown(found)} is not a node${asNodeAndService(found, parts.nodes ?? 0)}`,
              found,
              known,
            },
          ];
        return target.indexOf(found) < at ? [{ path: [...path, at], message: `${shown(found)} is named twice` }] : [];
      });
    }
    if ((target === 'half' || target === 'all-but-one') && parts.nodes === 1)
      return [{ path, message: `"${target}" needs at least 2 nodes; this scenario has 1` }];
    return [];
  });

/** Without PID 1 the node itself ends: that is a reboot of the node, not the death of its supervisor. */
const supervisorCanBeKilled: Rule = (input) =>
  input.parts.rounds.flatMap((round, index) => {
    const { fault } = round ?? {};
    const isKill = fault?.kind === 'kill' && fault['process'] === 'supervisor';
    if (!isKill && fault?.kind !== 'supervisor-death') return [];
    return whole(input).flatMap(({ name, node }) => {
      const further = serviceChoices(node, input.maps).find((each) => each.name === round?.service);
      const kind = (further ?? node).supervisor?.kind.value;
      if (kind === undefined || plugInNamed(input.maps, 'supervisors', kind)?.isPid1 !== true) return [];
      return [
        {
          path: ['rounds', index, 'fault', ...(isKill ? ['process'] : [])],
          message: `in environment ${name} the supervisor (${kind}) is PID 1 of the node; killing it ends the node`,
        },
      ];
    });
  });

/** All rules by name, in the order in which errors are printed when they share a line. */
export const rules = {
  likeNamesAnotherEnvironment,
  environmentsAreComplete,
  ownNodesAreComplete,
  plugInsOfEnvironmentsAreRight,
  serverRunsTheApplication,
  applicationHonoursItsOptions,
  writesAreKnown,
  servicesAreRight,
  furtherServicesAreRight,
  faultsAndEngineAreRight,
  roundsNameServices,
  expectNamesEnvironmentsAndChecks,
  targetsExist,
  supervisorCanBeKilled,
  requestNamesAreUnique,
  stagesFollowEachOther,
  modelIsTheEngines,
  usersAskInTime,
  peakComesInTime,
  limitedRequestsExist,
} as const satisfies Readonly<Record<string, Rule>>;

function unique(issues: readonly Issue[]): readonly Issue[] {
  const seen = new Set<string>();
  return issues.filter((issue) => {
    const key = JSON.stringify([issue.path, issue.message]);
    return !seen.has(key) && seen.add(key);
  });
}

/** What all rules say, each thing once (environments that are alike share their places). */
export function broken(input: RuleInput): readonly Issue[] {
  return unique(Object.values(rules).flatMap((rule) => rule(input)));
}
