// A compose file as the Compose Specification has it: the keys of a service that a node here can have, and all others by name.
// Read for compose.ts.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../core/errors.js';
import { nearestName } from '../core/nearest.js';
import { withVariables } from './compose-variables.js';
import type { Variables as Shell } from './interpolate.js';
import { isRecord } from './validate.js';

/** A mistake in a scenario's `node`, or in the compose file that it names. */
export class ComposeTrouble extends Error {
  constructor(
    readonly environment: string | undefined,
    message: string,
  ) {
    super(message);
  }
}

const words = z.union([z.string(), z.array(z.string())]);
const environment = z.union([
  z.array(z.string()),
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
]);

const envFile = z.union([
  z.string(),
  z.array(z.union([z.string(), z.looseObject({ path: z.string(), required: z.boolean().default(true) })])),
]);

/** Compose Specification, services: only keys that mean something for a node here. */
const service = z.looseObject({
  image: z.string().optional(),
  build: z
    .union([
      z.string(),
      z.looseObject({
        context: z.string().default('.'),
        dockerfile: z.string().optional(),
        args: environment.optional(),
        target: z.string().optional(),
      }),
    ])
    .optional(),
  command: words.optional(),
  environment: environment.optional(),
  env_file: envFile.optional(),
  ports: z.array(z.union([z.string(), z.number(), z.looseObject({ target: z.number() })])).optional(),
  expose: z.array(z.union([z.string(), z.number()])).optional(),
  volumes: z
    .array(
      z.union([z.string(), z.looseObject({ type: z.string(), source: z.string().optional(), target: z.string() })]),
    )
    .optional(),
  depends_on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
  healthcheck: z.looseObject({ test: words.optional() }).optional(),
  restart: z
    .union([z.string().regex(/^(?:no|always|unless-stopped|on-failure(?::[1-9]\d*)?)$/), z.literal(false)])
    .optional(),
  stop_signal: z.string().optional(),
  stop_grace_period: z
    .string()
    .regex(/^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/)
    .optional(),
  mem_limit: z.union([z.string(), z.number()]).optional(),
  cpus: z.union([z.string(), z.number()]).optional(),
});
export type Service = z.infer<typeof service>;

const USED = Object.keys(service.shape);
/** They say how compose itself runs it, and nothing that a restart could show. */
const SILENT = ['container_name', 'networks', 'hostname', 'labels', 'profiles', 'init'];

/** The other keys of a service in the Compose Specification. */
const OTHERS =
  'annotations attach blkio_config cap_add cap_drop cgroup cgroup_parent configs cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpuset credential_spec deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname driver_opts entrypoint extends external_links extra_hosts gpus group_add ipc isolation label_file links logging mac_address mem_reservation mem_swappiness memswap_limit models network_mode oom_kill_disable oom_score_adj pid pids_limit platform post_start pre_stop privileged provider pull_policy pull_refresh_after read_only runtime scale secrets security_opt shm_size stdin_open storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes_from working_dir'.split(
    ' ',
  );

/** Of `depends_on`: one that only has to have ended well, and is not beside the nodes. */
export function isJob(condition: unknown): boolean {
  return isRecord(condition) && condition['condition'] === 'service_completed_successfully';
}

export interface Tell {
  readonly compose: string;
  readonly environmentName: string | undefined;
  readonly notUsed: string[];
}

export type Variables = z.infer<typeof environment>;

export interface Asked {
  readonly compose: string;
  readonly service: string;
}

export type ComposeFile = Readonly<Record<string, Service>>;

export function readCompose(asked: Asked, folder: string, environmentName: string | undefined): ComposeFile {
  let value: unknown;
  try {
    value = parse(readFileSync(resolve(folder, asked.compose), 'utf8'), { merge: true });
  } catch (error) {
    throw new ComposeTrouble(
      environmentName,
      `${asked.compose} cannot be read: ${(error as Error).message.split('\n')[0] ?? ''}`,
    );
  }
  const parsed = z.looseObject({ services: z.record(z.string(), service) }).safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ComposeTrouble(
      environmentName,
      `${asked.compose}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const { services } = parsed.data;
  if (Object.hasOwn(services, asked.service)) return services;
  const near = nearestName(asked.service, Object.keys(services));
  throw new ComposeTrouble(
    environmentName,
    `${asked.compose} has no service "${asked.service}"; it has ${Object.keys(services).join(', ')}${near ? `; did you mean ${near}?` : ''}`,
  );
}

/** The services of these names with what their variables hold; those of others need not be set. */
export function filledIn(
  file: ComposeFile,
  names: readonly string[],
  shell: Shell,
  { compose, environmentName }: Tell,
): ComposeFile {
  const filled = (name: string): Service => {
    try {
      return withVariables(file[name], shell) as Service;
    } catch (error) {
      throw new ComposeTrouble(environmentName, `${compose}: services.${name}: ${messageOf(error)}`);
    }
  };
  return Object.fromEntries(names.map((name) => [name, filled(name)]));
}

/** What compose knows and this does not use is named; what compose does not know is a mistake. */
export function note(name: string, found: Service, { compose, environmentName, notUsed }: Tell): void {
  for (const key of Object.keys(found)) {
    if (USED.includes(key) || SILENT.includes(key) || key.startsWith('x-')) continue;
    if (!OTHERS.includes(key)) {
      const near = nearestName(key, [...USED, ...SILENT, ...OTHERS]);
      const hint = near === undefined ? '' : `; did you mean ${near}?`;
      throw new ComposeTrouble(
        environmentName,
        `${compose}: "${key}" is not a key of a compose service (${name})${hint}`,
      );
    }
    notUsed.push(`${compose}: ${name}.${key}`);
  }
}
