// The shape of a node of the user's own: an image, or a folder with a Dockerfile, in which supervisor and server are
// installed already. Part of the scenario's schema (schema.ts); planned by plan/own-node.ts.
import { z } from 'zod';
import { parseSize } from '../core/units.js';
import { choiceOf, name, overrideOf } from './choice-schema.js';
import { inShort } from './short-forms.js';
import { positiveDuration } from './values.js';

const LEAST_MEMORY_BYTES = 16 * 1024 ** 2;

export const build = inShort(
  'context',
  z.strictObject({
    /** Folder, relative to the scenario. */
    context: z.string().min(1),
    /** Relative to the context. */
    dockerfile: z.string().min(1).optional(),
    args: z.record(z.string(), z.string()).optional(),
    target: z.string().min(1).optional(),
  }),
);

/** `./nginx.conf:/etc/nginx/nginx.conf`: what is on the left is copied into each node before it starts. */
const mount = z.string().regex(/^[^:]+:\/[^:]+(?::(?:ro|rw))?$/, {
  error: (issue) =>
    `${JSON.stringify(issue.input)} is not a mount; write it like './nginx.conf:/etc/nginx/nginx.conf' (an absolute path on the right)`,
});

const memory = z.string().refine((text) => (parseSize(text) ?? 0) >= LEAST_MEMORY_BYTES, {
  error: "is not a size from 16 MiB on; write it like '512MiB'",
});

const port = z.int().min(1).max(65_535);
/** Of a service that only what runs in its node reaches. */
const loopback = z
  .string()
  .regex(/^(?:127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/, {
    error: (issue) => `${JSON.stringify(issue.input)} is not a port; write it like 3000, or '127.0.0.1:3000'`,
  })
  .refine((text) => port.safeParse(portOf(text)).success, { error: 'has no port from 1 to 65535' });

/** 3000 or '127.0.0.1:3000' -> 3000 */
export function portOf(written: number | string): number {
  return typeof written === 'number' ? written : Number(written.split(':').at(-1));
}

const health = z.string().regex(/^\/\S*$/, { error: 'a path begins with "/" and has no blanks' });
const stop = z.strictObject({
  signal: z
    .string()
    .regex(/^[A-Z][A-Z0-9]+$/, { error: "is not a signal; write it like 'QUIT'" })
    .optional(),
  grace: positiveDuration.optional(),
});

/** A service of the node beside the one that the balancer reaches. */
const furtherService = z
  .strictObject({
    supervisor: overrideOf('supervisors')
      .optional()
      .describe("Options over those of the environment's supervisor; default: named as it is here"),
    server: choiceOf('servers').optional().describe('What is known of it; default: that it runs, or listens'),
    port: z
      .union([port, loopback])
      .optional()
      .describe(
        "Where it listens: 3000, or '127.0.0.1:3000' where only its node can ask it; without port and socket: nowhere",
      ),
    socket: z
      .string()
      .regex(/^\/\S+$/, { error: "is not the absolute path of a Unix socket; write it like '/run/puma.sock'" })
      .optional()
      .describe('The Unix socket on which it listens'),
    health: health.optional().describe('Path that answers 2xx while it is well; default /'),
    stop: stop
      .optional()
      .describe('The signal on which it ends by itself, and how long that may take; default TERM, 20s'),
  })
  .refine((entry) => entry.port === undefined || entry.socket === undefined, {
    error: 'has a port and a socket; give the one that it is asked on',
  })
  .refine((entry) => entry.health === undefined || typeof entry.port === 'number', {
    error:
      'is a path of a service that nobody outside of the node can ask; it needs a port that is not of the loopback',
    path: ['health'],
  });

export type FurtherServiceInput = z.output<typeof furtherService>;

export const ownNode = z
  .strictObject({
    image: z.string().min(1).optional().describe('An image that the engine has or can pull'),
    compose: z
      .string()
      .min(1)
      .optional()
      .describe('A compose file, relative to this file; with the name of its service'),
    service: z.string().min(1).optional().describe('The service of the compose file that is the web tier'),
    build: build.optional().describe('A folder with a Dockerfile, relative to this file'),
    port: port.optional().describe('Port of the node that the balancer reaches'),
    health: health.optional().describe('Path that answers 2xx while the server is well; default /'),
    services: z
      .record(name, furtherService)
      .optional()
      .describe('Services of the node beside the one that the balancer reaches, by name; each gets its own receipts'),
    command: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("What the container runs; default the image's own, and an init for systemd"),
    mounts: z.array(mount).optional().describe('Files and folders that are copied into each node before it starts'),
    memory: memory.optional().describe('Memory limit of a node'),
    cpus: z.number().positive().max(1_024).optional().describe('Processors that a node may use'),
    stop: stop
      .optional()
      .describe('The signal on which the server ends by itself, and how long that may take; default TERM, 20s'),
    boot: positiveDuration.optional().describe('How long a node may take until it answers; default 60s'),
  })
  .refine(({ image, build: folder }) => image === undefined || folder === undefined, {
    error: 'has an image and a build; give one of them',
  });

export type OwnNodeInput = z.output<typeof ownNode>;
