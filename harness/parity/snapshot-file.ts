// The document that `remuster snapshot`'s script writes on a production host: its shape, and the one service in it that an
// environment is compared with. Pure; the command reads the file.
import { z } from 'zod';
import { HarnessError } from '../core/errors.js';

const words = z.record(z.string(), z.string());

const service = z.object({
  supervisor: z.object({
    kind: z.string(),
    pid: z.number().optional(),
    argv: z.array(z.string()).optional(),
    unit: z.string().optional(),
  }),
  master: z.object({
    pid: z.number(),
    parent: z.number(),
    argv: z.array(z.string()),
    /** name -> 'sha256:<first 16 digits>' of salt and value, or 'hidden'. */
    env: words,
    cwd: z.string(),
    uid: z.number(),
    user: z.string(),
    umask: z.string(),
    rlimits: words,
    cgroup: words,
    /** Where its standard output goes. */
    output: z.string(),
  }),
  ports: z.array(z.number()),
  files: z.array(z.object({ path: z.string(), lines: z.array(z.string()) })),
});

const snapshot = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('remuster-snapshot'),
  salt: z.string(),
  hashing: z.enum(['sha256', 'hidden']),
  versions: words,
  services: z.array(service),
});

export type Snapshot = z.infer<typeof snapshot>;
export type ProductionService = Snapshot['services'][number];

/** `name`: of the file, for errors. */
export function parseSnapshot(text: string, name: string): Snapshot {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new HarnessError('invalid', `${name} is not JSON`, { cause: error, hint: HINT });
  }
  const parsed = snapshot.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new HarnessError(
    'invalid',
    `${name} is not a snapshot: ${first?.path.join('.') ?? ''}: ${first?.message ?? ''}`,
    {
      hint: HINT,
    },
  );
}

const HINT = 'remuster snapshot prints the script that writes one; run it on the host: sh snapshot.sh > snapshot.json';

/** The one that is meant: the only one, else the one whose command names the server, else the one on its port. */
export function serviceMeant({ services }: Snapshot, name: string, server: string, port: number): ProductionService {
  const byServer = services.filter(({ master }) => master.argv.join(' ').includes(server));
  const byPort = services.filter(({ ports }) => ports.includes(port));
  for (const found of [services, byServer, byPort]) if (found.length === 1 && found[0]) return found[0];
  const seen = services.map(({ master, ports }) => `port ${ports.join(', ')}: ${master.argv.join(' ').slice(0, 60)}`);
  throw new HarnessError(
    'invalid',
    services.length === 0
      ? `${name} has no listening server in it; was the script run as root?`
      : `${name} has ${services.length} servers, and none of them is plainly ${server} on port ${port}`,
    {
      hint:
        services.length === 0
          ? HINT
          : `take it with a service's name: sh snapshot.sh NAME. There are: ${seen.join('; ')}`,
    },
  );
}
