// What every supervisor promises, tried with every server on the real engine: tells who serves, brings it back, tells so.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../harness/core/clock.js';
import { messageOf } from '../../harness/core/errors.js';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import type { Runtime, TierNetwork } from '../../harness/tier/runtime/runtime.js';
import { servers } from '../../harness/tier/servers/index.js';
import * as supervisors from '../../harness/tier/supervisors/index.js';
import {
  answerOfAnother,
  boot,
  BOOT_DEADLINE_MS,
  livesOf,
  processOf,
  specOf,
  Witness,
  type Booted,
  type Wanted,
} from './single-node.js';

const connected = await connectDocker().catch((error: unknown) => messageOf(error));
if (typeof connected === 'string' && !process.env['REMUSTER_ALLOW_NO_ENGINE']) throw new Error(connected);
const why = typeof connected === 'string' ? ` (skipped: ${connected})` : '';
const runtime = connected as Runtime;

/** Restarts, and what is measured in its graces, take a second each instead of five. */
const quickBluepill = { kind: 'bluepill', startGrace: '1s', stopGrace: '1s' } as const;

/** The order matters, see `chosen` below: each of the first ones has a supervisor and a server that none before it has. */
const PAIRS: Readonly<Record<string, Wanted>> = {
  // Workers of nginx outlive a master that is killed, and keep the port: only who ends them too can start the next one.
  'docker with nginx': { supervisor: { kind: 'docker' }, server: { kind: 'nginx' }, openFiles: 512 },
  // As Debian's own unit: the children of mpm_event ignore the TERM that systemd sends them when their parent is gone.
  'systemd with apache': {
    supervisor: { kind: 'systemd', killMode: 'mixed', restartDelay: '500ms' },
    server: { kind: 'apache' },
    openFiles: 512,
  },
  'bluepill with gunicorn': { supervisor: quickBluepill, server: { kind: 'gunicorn', workers: 2 }, openFiles: 512 },
  'monit with unicorn': { supervisor: { kind: 'monit' }, server: { kind: 'unicorn', workers: 2 }, openFiles: 512 },
  'supervisord with puma': { supervisor: { kind: 'supervisord' }, server: { kind: 'puma' } },
  'pm2 with node': { supervisor: { kind: 'pm2' }, server: { kind: 'node' }, openFiles: 512 },
  'runit with unicorn': { supervisor: { kind: 'runit' }, server: { kind: 'unicorn', workers: 2 }, openFiles: 512 },
  's6 with unicorn': { supervisor: { kind: 's6' }, server: { kind: 'unicorn', workers: 2 }, openFiles: 512 },
  'docker with puma': { supervisor: { kind: 'docker' }, server: { kind: 'puma' } },
  'docker with unicorn': { supervisor: { kind: 'docker' }, server: { kind: 'unicorn', workers: 2 }, openFiles: 512 },
  'systemd with unicorn': { supervisor: { kind: 'systemd' }, server: { kind: 'unicorn', workers: 2 }, openFiles: 512 },
  'systemd with a daemon': {
    supervisor: { kind: 'systemd', type: 'forking' },
    server: { kind: 'unicorn', workers: 1 },
  },
  'systemd with puma': { supervisor: { kind: 'systemd' }, server: { kind: 'puma', workers: 2 } },
  'systemd with gunicorn': {
    supervisor: { kind: 'systemd', restartDelay: '500ms' },
    server: { kind: 'gunicorn', workers: 2 },
    openFiles: 512,
  },
  'systemd, notified by gunicorn': {
    supervisor: { kind: 'systemd', type: 'notify' },
    server: { kind: 'gunicorn', workers: 2, workerClass: 'gthread', threads: 4, preload: true },
  },
  'systemd with nginx': { supervisor: { kind: 'systemd' }, server: { kind: 'nginx' }, openFiles: 512 },
  'systemd with a cluster of node': {
    supervisor: { kind: 'systemd' },
    server: { kind: 'node', workers: 2 },
    openFiles: 512,
  },
  'bluepill with unicorn': { supervisor: quickBluepill, server: { kind: 'unicorn', workers: 2 }, openFiles: 512 },
  'bluepill with puma': { supervisor: quickBluepill, server: { kind: 'puma' } },
  'monit with puma': { supervisor: { kind: 'monit' }, server: { kind: 'puma' }, openFiles: 512 },
  'supervisord with unicorn': {
    supervisor: { kind: 'supervisord' },
    server: { kind: 'unicorn', workers: 2 },
    openFiles: 512,
  },
  'pm2 with unicorn': { supervisor: { kind: 'pm2' }, server: { kind: 'unicorn', workers: 2 }, openFiles: 512 },
  'runit with puma': { supervisor: { kind: 'runit' }, server: { kind: 'puma', workers: 2 } },
  's6 with puma': { supervisor: { kind: 's6' }, server: { kind: 'puma', workers: 2 } },
};

/** A supervisor or a server of the maps that has no pair above: as it comes, so that a new one is tried from its first day. */
const others: readonly [string, Wanted][] = [
  ...namesOf(supervisors)
    .filter((kind) => !Object.values(PAIRS).some(({ supervisor }) => supervisor.kind === kind))
    .map((kind): [string, Wanted] => [
      `${kind} with unicorn`,
      { supervisor: { kind }, server: { kind: 'unicorn', workers: 2 }, openFiles: 512 },
    ]),
  ...namesOf(servers)
    .filter((kind) => kind !== 'own' && !Object.values(PAIRS).some(({ server }) => server.kind === kind))
    .map((kind): [string, Wanted] => [
      `systemd with ${kind}`,
      { supervisor: { kind: 'systemd' }, server: { kind }, openFiles: 512 },
    ]),
];
const all = [...Object.entries(PAIRS), ...others];

/**
 * Without REMUSTER_TEST=full: only a pair with a supervisor or a server that no pair before it has. Each takes half a minute
 * and more, and the tests that people run before a commit must stay a matter of minutes; nobody is left out by it.
 */
const chosen =
  process.env['REMUSTER_TEST'] === 'full'
    ? all
    : all.filter(([, { supervisor, server }], index) => {
        const before = all.slice(0, index).map(([, wanted]) => wanted);
        return (
          before.every((wanted) => wanted.supervisor.kind !== supervisor.kind) ||
          before.every((wanted) => wanted.server.kind !== server.kind)
        );
      });

function namesOf<M extends object>(map: M): readonly (keyof M)[] {
  return Object.keys(map) as (keyof M)[];
}

describe.skipIf(why !== '').each(chosen)(`%s${why}`, (_title, wanted) => {
  const runId = `supervisors-test-${process.pid}-${Date.now().toString(36)}`;
  let network: TierNetwork;
  let booted: Booted;
  let witness: Witness;
  /** `pid.start` */
  let master = '';

  /** Who the supervisor tracks once it has settled on one that answers. */
  const settledMaster = async (than: readonly string[]): Promise<string> => {
    const { node, supervisor, supervisorOptions } = booted;
    const { noticeMs, restartDelayMs, settlesWithinMs } = supervisor.promise(supervisorOptions);
    // The size of what is promised, not the speed of this machine.
    const { generation } = await answerOfAnother(node, than, 10 * (noticeMs + restartDelayMs) + BOOT_DEADLINE_MS / 4);
    const tracked = ({ states }: Witness): string | undefined => {
      const last = states.at(-1);
      return last?.state === 'running'
        ? livesOf(generation).find((life) => pidOf(life) === last.trackedPid)
        : undefined;
    };
    const isOne = (seen: Witness): boolean => tracked(seen) !== undefined;
    await witness.until(`one of ${generation} to be tracked`, 3 * settlesWithinMs + 5_000, isOne);
    return tracked(witness)!;
  };

  beforeAll(async () => {
    network = await runtime.createNetwork(runId, 'pair', 'run');
    booted = await boot(runtime, network, 'web-1', specOf(wanted));
    witness = await Witness.of(booted.node);
    await answerOfAnother(booted.node, [], BOOT_DEADLINE_MS);
    master = await settledMaster([]);
  });
  afterAll(async () => {
    await witness.stop();
    await network.remove();
  });

  it('runs what it was told to run, and says which process that is', async () => {
    const { node, service, supervisor, supervisorOptions } = booted;
    const status = await supervisor.status(node);
    expect(status).toMatchObject({ state: 'running', trackedPid: pidOf(master) });
    expect(supervisor.promise(supervisorOptions).runningWords).toContain(status.word);
    const seen = await processOf(node, pidOf(master));
    if (service.runningTitle !== null) expect(seen.title).toBe(service.runningTitle);
    expect(seen).toMatchObject({ user: 'www-data', cwd: '/opt/shop' });
    if (service.hidesEnvironment !== true) expect(seen.env).toMatchObject(service.env);
    if (wanted.openFiles !== undefined) expect(seen.openFiles).toBe(String(wanted.openFiles));
  });

  it('brings it back each time it is killed, and tells what it does', async () => {
    for (let kills = 0; kills < 2; kills += 1) {
      witness.forget();
      const before = await processOf(booted.node, pidOf(master));
      await booted.node.container.exec(['kill', '-KILL', String(pidOf(master))]);
      const next = await settledMaster([master]);
      expect(next).not.toBe(master);
      expect(witness.states.map(({ state }) => state)).toContain('starting');
      await witness.until('the end and the start to be told', 5_000, ({ said }) => {
        const actions = said.map(({ means }) => means?.action);
        return actions.includes('noticed-exit') && actions.includes('start');
      });
      const after = await processOf(booted.node, pidOf(next));
      expect(after.title).toBe(before.title);
      expect(changedNames(before.env, after.env).filter((name) => !isVolatile(booted, name))).toEqual([]);
      master = next;
    }
  });

  it('restarts it when it is asked to', async () => {
    const { node, supervisor } = booted;
    witness.forget();
    await supervisor.restart(node);
    const next = await settledMaster([master]);
    await waitFor(
      async () => {
        const [pid, start = ''] = master.split('.');
        const { stdout } = await node.container.exec(['cat', `/proc/${pid}/stat`]);
        // Field 22, the 20th after the name: another start is another process with the same pid.
        return stdout.slice(stdout.lastIndexOf(')') + 2).split(' ')[19] === start
          ? { done: false, evidence: `pid ${pid} is still there` }
          : { done: true, value: true };
      },
      { what: 'the old master to leave', deadlineMs: booted.server.patienceMs },
    );
    await witness.until('the start to be told', 5_000, ({ said }) =>
      said.some(({ means }) => means?.action === 'start'),
    );
    expect(witness.said.map(({ means }) => means?.action)).not.toContain('restart-by-policy');
    master = next;
  });

  it('is quiet while nothing happens', async () => {
    await witness.settled(pidOf(master), 20_000);
    const before = witness.events.length;
    // Several of its looks at the process.
    const looks = await Promise.all([1, 2, 3].map(() => booted.supervisor.status(booted.node)));
    expect(looks.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
    expect(witness.events.slice(before).filter((event) => event.kind === 'supervisor')).toEqual([]);
  });
});

function pidOf(life: string): number {
  return Number(life.split('.')[0]);
}

function changedNames(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  return Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
}

function isVolatile({ server, supervisor }: Booted, name: string): boolean {
  return [...server.volatileEnv, ...supervisor.volatileEnv].some((each) =>
    each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name,
  );
}
