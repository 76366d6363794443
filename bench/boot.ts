// What does remuster add to the boot of a tier? The same four nodes and balancer, booted by remuster and by the bare docker
// client, in turns; both end when every node and the balancer answer. Target: ratio of the medians <= 1.3.
import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { monotonicMs, waitFor } from '../harness/core/clock.js';
import { archiveOf } from '../harness/tier/runtime/archive.js';
import { assemble, balancerOf } from '../harness/tier/assembly.js';
import { bootTier } from '../harness/tier/boot.js';
import { connectDocker } from '../harness/tier/runtime/docker.js';
import type { FileSpec, Runtime } from '../harness/tier/runtime/runtime.js';
import { SYSTEMD_STOP_SIGNAL, SYSTEMD_TMPFS, systemdFlags } from '../harness/tier/runtime/systemd-flags.js';
import { planOf } from './pieces.js';

const TURNS = 7;
const DEADLINE_MS = 60_000;

const environment = process.argv[2] ?? 'release';
const plan = await planOf('scenarios/supervisor-swap.ts', environment);
const runtime = await connectDocker();
const parts = assemble(plan.environment.node);
const front = balancerOf(plan.balancer.kind);
const image = await runtime.ensureImage(parts.image, () => undefined);
const frontImage = await runtime.ensureImage(front.image, () => undefined);
const flags = systemdFlags(await runtime.info());
const abort = new AbortController().signal;

interface Bare {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly files: readonly FileSpec[];
  readonly port: number;
  readonly systemd: boolean;
  readonly init: boolean;
}

async function docker(args: readonly string[], input?: Buffer): Promise<string> {
  const child = spawn('docker', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [out, said] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  const code = child.exitCode ?? (await new Promise<number>((resolve) => child.once('close', resolve)));
  if (code !== 0) throw new Error(`docker ${args[0] ?? ''} ended with ${code}: ${said.toString()}`);
  return out.toString().trim();
}

/** Created, filled and started; resolves with its address in the network and its port on this machine. */
async function startBare(network: string, spec: Bare): Promise<{ address: string; port: number }> {
  const id = `${network}-${spec.name}`;
  await docker([
    ...['create', '--name', id, '--hostname', spec.name, '--network', network, '--cap-add', 'SYS_PTRACE'],
    ...['--publish', `127.0.0.1::${spec.port}`],
    ...(spec.init ? ['--init'] : []),
    ...(spec.systemd
      ? [
          ...['--cgroupns', flags.cgroupns, '--stop-signal', SYSTEMD_STOP_SIGNAL, '--env', 'container=docker'],
          ...flags.binds.flatMap((bind) => ['--volume', bind]),
          ...Object.entries(SYSTEMD_TMPFS).flatMap(([path, how]) => ['--tmpfs', `${path}:${how}`]),
        ]
      : []),
    spec.image,
    ...spec.command,
  ]);
  await docker(['cp', '-', `${id}:/`], await archiveOf(spec.files));
  await docker(['start', id]);
  const format = `{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}} {{(index (index .NetworkSettings.Ports "${spec.port}/tcp") 0).HostPort}}`;
  const [address = '', port = '0'] = (await docker(['inspect', '--format', format, id])).split(' ');
  return { address, port: Number(port) };
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path, agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('timeout', (): void => resolve(false))
      .on('error', (): void => resolve(false));
  });
}

async function untilAnswers(what: string, port: number, path: string): Promise<void> {
  const look = async () =>
    (await answers(port, path)) ? ({ done: true, value: true } as const) : ({ done: false, evidence: 'no' } as const);
  await waitFor(look, { what, deadlineMs: DEADLINE_MS, everyMs: 100 });
}

async function bareBoot(turn: number): Promise<number> {
  const network = `bench-boot-${process.pid}-${turn}`;
  const names: string[] = [];
  await docker(['network', 'create', network]);
  try {
    const startedMs = monotonicMs();
    const recipe = parts.supervisor.recipe(parts.service, parts.supervisorOptions);
    const nodes = await Promise.all(
      plan.nodes.map(async (name) => {
        names.push(`${network}-${name}`);
        const { systemd, init, command } = recipe.container;
        const files = [...parts.service.files, ...recipe.files];
        const node = await startBare(network, { name, image, command, files, port: parts.service.port, systemd, init });
        for (const argv of recipe.start) await docker(['exec', `${network}-${name}`, ...argv]);
        await untilAnswers(name, node.port, parts.service.healthPath);
        return { node: name, address: node.address, port: parts.service.port, healthPath: parts.service.healthPath };
      }),
    );
    names.push(`${network}-balancer`);
    const { command, files } = front.recipe(nodes, plan.balancer.options);
    const balancer = await startBare(network, {
      ...{ name: 'balancer', image: frontImage, command, files },
      ...{ port: front.port, systemd: false, init: false },
    });
    await untilAnswers('the balancer', balancer.port, '/');
    return monotonicMs() - startedMs;
  } finally {
    if (names.length > 0) await docker(['rm', '--force', '--volumes', ...names]);
    await docker(['network', 'rm', network]);
  }
}

async function ownBoot(using: Runtime, turn: number): Promise<number> {
  const network = await using.createNetwork(`bench-${process.pid}-${turn}`, 'boot', 'run');
  try {
    const startedMs = monotonicMs();
    await bootTier(plan, plan.environment.node, using, network, () => undefined, abort);
    return monotonicMs() - startedMs;
  } finally {
    await network.remove();
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const bareMs: number[] = [];
const ownMs: number[] = [];
for (let turn = 0; turn < TURNS; turn += 1) {
  bareMs.push(await bareBoot(turn));
  ownMs.push(await ownBoot(runtime, turn));
}
const show = (name: string, values: readonly number[]): string =>
  `${name}  median ${median(values).toFixed(0)} ms  (${values.map((ms) => ms.toFixed(0)).join(' ')})\n`;
process.stdout.write(`boot of ${plan.nodes.length} nodes and a balancer, ${environment}, ${TURNS} turns each\n`);
process.stdout.write(show('docker client', bareMs));
process.stdout.write(show('remuster     ', ownMs));
process.stdout.write(`ratio ${(median(ownMs) / median(bareMs)).toFixed(2)}  target <= 1.3\n`);
