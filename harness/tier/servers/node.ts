// Node.js: node:http in one process, or a node:cluster whose primary holds the listener and hands connections to its
// workers (docs of node:cluster, "How it works": round robin). The program is docker/servers/node/serve.mjs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { duration } from '../../scenario/values.js';
import { packageRoot } from '../images/package-root.js';
import type { Server } from '../plugins.js';
import { command } from './command.js';

const PROGRAM = '/etc/shop/serve.mjs';

const options = z.strictObject({
  /** 0: one process; n: a cluster. */
  workers: z.int().min(0).default(0),
  /** Of an idle connection. Longer than the balancer's own, or answers are lost in the race; node's default is 5 s. */
  keepAlive: duration.default(65_000),
  port: z.int().min(1).max(65_535).default(8080),
});
type Options = z.infer<typeof options>;

export const node: Server<Options> = {
  name: 'node',
  summary: 'Node.js 18: one process or a node:cluster; foreground only, no in-place restart',
  options,
  platform: 'node',
  image: 'node-node',
  // One process has no handler for HUP or USR2 and would end of them; USR1 starts the inspector (docs of process, "Signal
  // events"). The primary of the cluster has: HUP replaces all workers at once, USR2 one by one.
  paths: ({ workers }) => [
    { name: 'kill-master', subject: 'master', expects: 'replaced' },
    ...(workers > 0
      ? ([
          { name: 'kill-worker', subject: 'worker', expects: 'replaced' },
          { name: 'reload', subject: 'workers', expects: 'replaced', signal: { name: 'HUP' } },
          { name: 'phased', subject: 'workers', expects: 'replaced', signal: { name: 'USR2' } },
        ] as const)
      : []),
  ],
  // The first is a worker's own; the others are there when a parent opened a channel to it.
  volatileEnv: ['NODE_UNIQUE_ID', 'NODE_CHANNEL_*', 'PWD', 'OLDPWD', 'SHLVL', '_'],
  // A worker ends as soon as its channel to the primary closes (lib/internal/cluster/child.js).
  patienceMs: 3_000,
  workers: ({ workers }) => workers,

  service(chosen, context) {
    const argv = [
      '/usr/bin/node',
      PROGRAM,
      `${context.app.cwd}/app.mjs`,
      ...['--port', String(chosen.port), '--workers', String(chosen.workers)],
      ...['--keep-alive', String(chosen.keepAlive)],
    ];
    const program = readFileSync(join(packageRoot(), 'docker', 'servers', 'node', 'serve.mjs'), 'utf8');
    return {
      name: 'web',
      argv: command(argv, context),
      env: { ...context.app.env, ...context.env },
      cwd: context.app.cwd,
      user: context.user,
      port: chosen.port,
      healthPath: context.app.healthPath,
      daemonizes: false,
      cannotDaemonize: true,
      stop: { signal: 'TERM', graceMs: 10_000 },
      ...(context.openFiles === undefined ? {} : { openFiles: context.openFiles }),
      files: [...context.app.files, { path: PROGRAM, content: program }],
      runningTitle: argv.join(' '),
    };
  },
};
