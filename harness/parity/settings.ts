// The settings of an environment, flattened to comparable entries, and the ones in which two environments differ: the roots
// of everything else that differs between their nodes. Pure; secrets are hashed before anything is compared or shown.
import { canonicalJson } from '../plan/hash.js';
import type { NodeSpec } from '../plan/node-spec.js';
import type { Plan } from '../plan/plan.js';
import type { PluginChoice } from '../plan/plugin-choice.js';
import { redactPlan } from '../plan/redact.js';

/** As a scenario writes it below an environment: 'server.daemonize'; null: not set there. */
export interface SettingDifference {
  readonly path: string;
  readonly of: string | null;
  readonly with: string | null;
}

/** Names that make two hashes of the same secret comparable; parity hashes for one comparison only. */
const HASH_KEY = 'parity';

/** The roots: a setting that differs only because a larger one does (options of another plug-in) is not one. */
export function settingDifferences(of: Plan, other: Plan): readonly SettingDifference[] {
  const [left, right] = [settingsOf(of), settingsOf(other)];
  const differing = [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => left.get(path) !== right.get(path))
    .map((path) => ({ path, of: left.get(path) ?? null, with: right.get(path) ?? null }));
  const roots = differing.filter(({ path }) => !differing.some((above) => path.startsWith(`${above.path}.`)));
  return roots.filter((each) => !isEcho(each, roots)).sort((a, b) => weight(a.path) - weight(b.path));
}

/** What nodes ran before takes its unsaid keys from the environment: the same difference a second time. */
function isEcho({ path, of, with: other }: SettingDifference, roots: readonly SettingDifference[]): boolean {
  if (!path.startsWith(BEFORE)) return false;
  const twin = roots.find((root) => root.path === path.slice(BEFORE.length));
  return twin !== undefined && twin.of === of && twin.with === other;
}

const BEFORE = 'deployedOver.';
/** Nearest to the process first. */
const ORDER = ['supervisor', 'server', 'user', 'openFiles', 'env', 'app', 'deployedOver', 'balancer'];

function weight(path: string): number {
  const index = ORDER.indexOf(path.split('.')[0] ?? '');
  return index < 0 ? ORDER.length : index;
}

export function settingsOf(plan: Plan): ReadonlyMap<string, string> {
  const { environment, balancer } = redactPlan(plan, HASH_KEY);
  const over = environment.deployedOver;
  return new Map([
    ...nodeSettings(environment.node, ''),
    ...choiceSettings('balancer', balancer),
    ...(over
      ? [
          ['deployedOver', 'set'] as const,
          ...nodeSettings(over.from, BEFORE),
          ...choiceSettings(`${BEFORE}deploy`, over.deploy),
        ]
      : []),
  ]);
}

type Pair = readonly [string, string];

function nodeSettings(node: NodeSpec, prefix: string): readonly Pair[] {
  return [
    ...choiceSettings(`${prefix}supervisor`, node.supervisor),
    ...choiceSettings(`${prefix}server`, node.server),
    ...choiceSettings(`${prefix}app`, node.app),
    [`${prefix}user`, node.user],
    ...(node.openFiles === undefined ? [] : [[`${prefix}openFiles`, String(node.openFiles)] as const]),
    ...Object.entries(node.env).map(([name, value]) => [`${prefix}env.${name}`, value] as const),
  ];
}

function choiceSettings(path: string, { kind, options }: PluginChoice): readonly Pair[] {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return [[path, kind], ...set.map(([key, value]) => [`${path}.${key}`, canonicalJson(value)] as const)];
}

/** `spec` with the one setting as `donor` has it. Settings of the tier or of the deployment reach no process: unchanged. */
export function withSetting(spec: NodeSpec, donor: NodeSpec, path: string): NodeSpec {
  const [part = '', key] = path.split('.', 2);
  switch (part) {
    case 'supervisor':
    case 'server':
    case 'app':
      if (key === undefined) return { ...spec, [part]: donor[part] };
      return { ...spec, [part]: { ...spec[part], options: withKey(spec[part].options, donor[part].options, key) } };
    case 'user':
      return { ...spec, user: donor.user };
    case 'openFiles': {
      const { supervisor, server, app, user, env } = spec;
      const rest = { supervisor, server, app, user, env };
      return donor.openFiles === undefined ? rest : { ...rest, openFiles: donor.openFiles };
    }
    case 'env':
      return key === undefined ? spec : { ...spec, env: withKey(spec.env, donor.env, key) };
    default:
      return spec;
  }
}

function withKey<T>(
  target: Readonly<Record<string, T>>,
  donor: Readonly<Record<string, T>>,
  key: string,
): Readonly<Record<string, T>> {
  const value = donor[key];
  const rest = Object.fromEntries(Object.entries(target).filter(([name]) => name !== key));
  return value === undefined ? rest : { ...rest, [key]: value };
}
