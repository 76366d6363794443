// redis, in a container of its own: a cache or a session store that applications ask at boot or with each request.
import { z } from 'zod';
import { parseSize } from '../../core/units.js';
import type { Dependency } from '../plugins.js';

const PORT = 6379;
const PID_FILE = '/run/redis.pid';
const MIB = 1024 ** 2;

const options = z.strictObject({
  /** maxmemory; absent: no limit. */
  memory: z
    .string()
    .refine((text) => (parseSize(text) ?? 0) >= MIB, { error: "is not a size from 1 MiB on; write it like '64MiB'" })
    .optional(),
  /** Kept over a restart (append-only file), or empty again. */
  keeps: z.boolean().default(false),
});
type Options = z.infer<typeof options>;

export const redis: Dependency<Options> = {
  name: 'redis',
  summary: 'redis 7: a cache or session store that the application needs',
  options,
  image: () => 'service-redis',

  commands: {
    start: ({ memory, keeps }) => [
      'redis-server',
      ...['--daemonize', 'yes', '--pidfile', PID_FILE, '--logfile', '/var/log/redis/redis.log'],
      ...['--port', String(PORT), '--bind', '0.0.0.0', '--protected-mode', 'no', '--dir', '/var/lib/redis'],
      ...['--save', '', '--appendonly', keeps ? 'yes' : 'no'],
      ...(memory === undefined ? [] : ['--maxmemory', String(parseSize(memory) ?? 0)]),
    ],

    // Not by its own command: a redis that works on a script answers nobody.
    kill: ['sh', '-c', `kill -9 "$(cat ${PID_FILE})"`],
  },
  ready: () => ['redis-cli', '-p', String(PORT), 'ping'],
};
