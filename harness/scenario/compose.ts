// `node: { compose: docker-compose.yml, service: web }`: what a compose file says of a service, as the keys of a scenario
// would say it. Done to what was read, before it is validated; nothing of compose is known after this.
import { dirname, join, relative, resolve } from 'node:path';
import {
  ComposeTrouble,
  filledIn,
  isJob,
  note,
  readCompose,
  type Asked,
  type ComposeFile,
  type Service,
  type Tell,
  type Variables,
} from './compose-file.js';
import { fromEnvFiles } from './compose-env-files.js';
import { restartPolicyOf, stopOf, withPolicies, type RestartPolicy } from './compose-restart.js';
import { composeVariables } from './compose-variables.js';
import type { Variables as Shell } from './interpolate.js';
import { mapEnvironments } from './map-environments.js';
import { isRecord } from './validate.js';

/** What of a compose file was left out, as text for the user. */
export interface Composed {
  readonly scenario: unknown;
  readonly notUsed: readonly string[];
  /** With what each environment's compose file says of restarts, where it is under the engine's own policy. */
  readonly withRestarts: (scenario: unknown) => unknown;
}

/** `folder`: the scenario's; `shell`: the variables that compose would find. */
export function composed(scenario: unknown, folder: string, shell: Shell): Composed {
  if (!isRecord(scenario)) return { scenario, notUsed: [], withRestarts: (same) => same };
  const notUsed: string[] = [];
  let services: Readonly<Record<string, unknown>> = {};
  /** Of the compose file that the whole scenario is about, and of those of single environments. */
  let common: RestartPolicy | undefined;
  const ofEnvironment = new Map<string, RestartPolicy>();
  const nodeOf = (
    holder: Readonly<Record<string, unknown>>,
    name: string | undefined,
  ): Readonly<Record<string, unknown>> => {
    const { node } = holder;
    if (!isRecord(node) || node['compose'] === undefined) return holder;
    const { compose, service: wanted, ...own } = node;
    const asked = askedOf(compose, wanted, name);
    const file = readCompose(asked, folder, name);
    const itsFolder = dirname(resolve(folder, asked.compose));
    const variables = composeVariables(itsFolder, shell);
    const tell = { compose: asked.compose, environmentName: name, notUsed };
    const part = fromService(file, asked, tell, variables, itsFolder);
    services = { ...part.services, ...services };
    const env = { ...part.env, ...(isRecord(holder['env']) ? holder['env'] : {}) };
    if (name === undefined) common = part.restart;
    else ofEnvironment.set(name, part.restart);
    return { ...holder, node: { ...part.node, ...own }, ...(Object.keys(env).length > 0 ? { env } : {}) };
  };
  const whole = mapEnvironments(nodeOf(scenario, undefined), nodeOf);
  const given = isRecord(whole['services']) ? whole['services'] : {};
  const all = { ...services, ...given };
  return {
    scenario: {
      ...whole,
      ...(Object.keys(all).length > 0 ? { services: all } : {}),
    },
    notUsed: [...new Set(notUsed)],
    withRestarts: (all) => withPolicies(all, (name) => ofEnvironment.get(name) ?? common),
  };
}

function askedOf(compose: unknown, wanted: unknown, environmentName: string | undefined): Asked {
  if (typeof compose !== 'string')
    throw new ComposeTrouble(environmentName, 'compose is not the path of a compose file');
  if (typeof wanted !== 'string')
    throw new ComposeTrouble(environmentName, `needs a service: which one of ${compose} is the web tier`);
  return { compose, service: wanted };
}

/** `folder`: the compose file's. */
function fromService(file: ComposeFile, asked: Asked, tell: Tell, shell: Shell, folder: string) {
  const { notUsed } = tell;
  const others = needed(file, asked.service, tell);
  const used = filledIn(file, [asked.service, ...others], shell, tell);
  const web = used[asked.service]!;
  const where = dirname(asked.compose);
  note(asked.service, web, tell);
  const port = portOf(web);
  const mounts = (web.volumes ?? []).flatMap((volume) =>
    mountOf(volume, where, `${asked.compose}: ${asked.service}`, notUsed),
  );
  const node = {
    ...sourceOf(web, where, shell),
    ...(port === undefined ? {} : { port }),
    ...(web.command === undefined ? {} : { command: commandOf(web.command) }),
    ...(mounts.length > 0 ? { mounts } : {}),
    ...(web.mem_limit === undefined ? {} : { memory: sizeOf(web.mem_limit) }),
    ...(web.cpus === undefined ? {} : { cpus: Number(web.cpus) }),
    ...stopOf(web),
  };
  const services = Object.fromEntries(
    others.map((name) => [name, dependencyOf(name, used[name]!, where, tell, shell, folder)]),
  );
  const env = { ...fromEnvFiles(web, folder, tell), ...envOf(web.environment, shell) };
  return { node, env, services, restart: restartPolicyOf(web) };
}

/** All that it depends on, and what these depend on; but no jobs, which only have to have ended well. */
function needed(file: ComposeFile, name: string, tell: Tell, seen: readonly string[] = [name]): readonly string[] {
  const { depends_on: on = [] } = file[name] ?? {};
  const conditions = Object.entries(Array.isArray(on) ? Object.fromEntries(on.map((each) => [each, {}])) : on);
  for (const [job, condition] of conditions)
    if (isJob(condition))
      tell.notUsed.push(`${tell.compose}: ${job} (a job: what it does has to be done in the image, or by its command)`);
  const names = conditions
    .filter(([each, condition]) => file[each] && !seen.includes(each) && !isJob(condition))
    .map(([each]) => each);
  return names.reduce<readonly string[]>(
    (all, each) => [...all, each, ...needed(file, each, tell, [...seen, ...all, each])],
    [],
  );
}

function dependencyOf(name: string, found: Service, where: string, tell: Tell, shell: Shell, folder: string) {
  note(name, found, tell);
  if (found.volumes) tell.notUsed.push(`${tell.compose}: ${name}.volumes: a service beside the nodes begins empty`);
  const port = portOf(found);
  const env = { ...fromEnvFiles(found, folder, tell), ...envOf(found.environment, shell) };
  return {
    kind: 'own',
    ...sourceOf(found, where, shell),
    ...(found.command === undefined ? {} : { command: commandOf(found.command) }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(port === undefined ? {} : { port }),
    ...readyOf(found),
  };
}

function sourceOf({ image, build }: Service, where: string, shell: Shell) {
  if (build === undefined) return { image };
  if (typeof build === 'string') return { build: { context: join(where, build) } };
  const { context, dockerfile, args, target } = build;
  return {
    build: {
      context: join(where, context),
      ...(dockerfile === undefined ? {} : { dockerfile }),
      ...(args === undefined ? {} : { args: envOf(args, shell) }),
      ...(target === undefined ? {} : { target }),
    },
  };
}

/** The first container port: `8080:80`, `127.0.0.1:8080:80/tcp`, `80`, `{ target: 80 }`. */
function portOf({ ports = [], expose = [] }: Service): number | undefined {
  const [first] = [...ports, ...expose];
  if (first === undefined) return undefined;
  if (typeof first === 'object') return first.target;
  const port = Number(String(first).split('/')[0]?.split(':').at(-1));
  return Number.isInteger(port) ? port : undefined;
}

function mountOf(
  volume: NonNullable<Service['volumes']>[number],
  where: string,
  who: string,
  notUsed: string[],
): readonly string[] {
  const [source = '', target = ''] = typeof volume === 'string' ? volume.split(':') : [volume.source, volume.target];
  const isBind = typeof volume === 'string' ? /^[./~]/.test(source) : volume.type === 'bind';
  if (isBind && source !== '' && target !== '') return [`./${relative('.', join(where, source))}:${target}`];
  notUsed.push(
    `${who}.volumes: ${typeof volume === 'string' ? volume : volume.target} (a named volume: each node begins with its own, empty)`,
  );
  return [];
}

function commandOf(command: string | readonly string[]): readonly string[] {
  // As compose does it: a text is split as a shell would, without its expansions.
  return typeof command === 'string' ? ['sh', '-c', command] : command;
}

function envOf(given: Variables | undefined, shell: Shell): Readonly<Record<string, string>> {
  if (given === undefined) return {};
  const pairs = Array.isArray(given)
    ? given.map(
        (text) =>
          [text.split('=')[0] ?? '', text.includes('=') ? text.slice(text.indexOf('=') + 1) : undefined] as const,
      )
    : Object.entries(given).map(([name, value]) => [name, value === null ? undefined : String(value)] as const);
  // Without a value compose takes it from the shell that it was started in; so does this.
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => {
      const found = value ?? shell[name];
      return found === undefined ? [] : [[name, found]];
    }),
  );
}

/** `CMD-SHELL text`, `CMD word word`, or a text for a shell. */
function readyOf({ healthcheck }: Service): { readonly ready?: readonly string[] } {
  const test = healthcheck?.test;
  if (test === undefined) return {};
  if (typeof test === 'string') return { ready: ['sh', '-c', test] };
  const [how, ...rest] = test;
  if (how === 'CMD') return { ready: rest };
  return how === 'CMD-SHELL' ? { ready: ['sh', '-c', rest.join(' ')] } : {};
}

/** '512m' -> '512MiB': compose's units are binary. */
function sizeOf(size: string | number): string {
  const [, amount = '', unit = ''] = /^(\d+)\s*([bkmg]?)b?$/i.exec(String(size)) ?? [];
  const factor =
    new Map([
      ['k', 1024],
      ['m', 1024 ** 2],
      ['g', 1024 ** 3],
    ]).get(unit.toLowerCase()) ?? 1;
  return `${Math.round((Number(amount) * factor) / 1024 ** 2)}MiB`;
}
