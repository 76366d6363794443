// `remuster init`: a first scenario for what is in this folder, and a CI job that plays it.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Option, type Command } from 'commander';
import { parse } from 'yaml';
import { EXIT, HarnessError } from '../core/errors.js';
import { CI_FILES, ciText, type CiKind } from '../init/ci-text.js';
import { lookAround, type NodeSource, type Surroundings } from '../init/look-around.js';
import { scenarioText, type Answers } from '../init/scenario-text.js';
import { allPlugIns } from '../scenario/all-plug-ins.js';
import type { CommandIo } from './io.js';
import { detectOnEngine } from './detect-on-engine.js';
import type { LookInto } from './detected.js';
import { interruptible } from './interrupts.js';
import { plansFrom, plansOf } from './load-plans.js';
import type { ScenarioFile } from '../scenario/define.js';
import type { Detected } from '../tier/detect.js';

interface InitFlags {
  readonly image?: string;
  readonly build?: string;
  readonly compose?: string;
  readonly service?: string;
  readonly port?: string;
  readonly health?: string;
  readonly supervisor?: string;
  readonly nodes: string;
  readonly ci?: CiKind | 'none';
  readonly look: boolean;
  readonly yes: boolean;
  readonly force: boolean;
  readonly out: string;
}

/** One question; an empty answer is the default. */
type AskFor = (question: string, byDefault: string) => Promise<string>;

const BY_DEFAULT = { port: 80, health: '/' };

export function register(program: Command, io: CommandIo): void {
  program
    .command('init')
    .summary('write a first scenario for what is in this folder')
    .description(
      'Looks at what is here (Dockerfile, compose file, units, pills, Procfile ...), asks what it cannot see, and writes a scenario with comments, and a CI job.',
    )
    .option('--image <image>', 'a node is this image')
    .option('--build <folder>', 'a node is built from the Dockerfile in this folder')
    .option('--compose <file>', 'a node is a service of this compose file')
    .option('--service <name>', 'which service')
    .option('--port <n>', 'the port that the balancer reaches')
    .option('--health <path>', 'a path that answers 2xx while the server is well')
    .addOption(
      new Option('--supervisor <kind>', 'who looks after the server in it').choices([
        'detect',
        ...Object.keys(allPlugIns.supervisors),
      ]),
    )
    .option('--no-look', 'do not boot a node to find the supervisor; each run does it then')
    .option('--nodes <n>', 'how many nodes', '2')
    .addOption(new Option('--ci <kind>', 'which CI job to write').choices(['github', 'gitlab', 'none']))
    .option('-y, --yes', 'ask nothing', false)
    .option('--force', 'write over files that are there', false)
    .option('--out <file>', 'the scenario', 'remuster.yaml')
    .addHelpText('after', '\nExample:\n  $ remuster init --image nginx:stable --port 80 --ci github')
    .action((flags: InitFlags) => init(flags, io));
}

async function init(flags: InitFlags, io: CommandIo): Promise<void> {
  const { cwd } = io;
  refuseToWriteOver(flags, cwd);
  const found = lookAround(readdirSync(cwd), (name) => readFileSync(join(cwd, name), 'utf8'));
  for (const line of found.seen) io.stdout.write(`found  ${line}\n`);
  const questions = process.stdin.isTTY && io.stdout.isTTY && !flags.yes ? questioner() : undefined;
  const answers = await answered(flags, found, questions?.ask ?? ((_, byDefault) => Promise.resolve(byDefault)), cwd);
  questions?.close();
  const looked = await lookedInto(answers, flags, io);
  const files = new Map([[flags.out, scenarioText(looked)]]);
  const ci = wantedCi(flags, cwd);
  if (ci !== 'none') files.set(CI_FILES[ci].to, ciText(ci, flags.out));
  for (const [name, text] of files) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
    io.stdout.write(`wrote  ${name}\n`);
  }
  if (looked.supervisor.kind !== 'detect') await plansFrom(flags.out, {}, io); // What was just written must be right.
  const named = flags.out === 'remuster.yaml' ? '' : ` ${relative(cwd, join(cwd, flags.out))}`;
  io.stdout.write(`next:  remuster run${named}\n`);
}

/** Before anything is asked of an engine. */
function refuseToWriteOver(flags: InitFlags, cwd: string): void {
  const ci = wantedCi(flags, cwd);
  const there = [flags.out, ...(ci === 'none' ? [] : [CI_FILES[ci].to])].filter((name) => existsSync(join(cwd, name)));
  if (there.length === 0 || flags.force) return;
  throw new HarnessError('usage', `${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} there already`, {
    hint: '--force writes over, --out writes the scenario elsewhere',
  });
}

/** Who looks after the server, by a look into a node, where that is wanted and an engine is there. */
async function lookedInto(answers: Answers, flags: InitFlags, io: CommandIo): Promise<Answers> {
  if (answers.supervisor.kind !== 'detect' || !flags.look) return answers;
  const tell = (line: string): void => void io.stderr.write(`remuster: ${line}\n`);
  try {
    return await interruptible(async (signal) => {
      let found: Detected | undefined;
      const look = detectOnEngine(tell, signal);
      const probe: unknown = parse(scenarioText({ ...answers, supervisor: { kind: 'detect' } }));
      const detect: LookInto = async (...asked) => (found = await look(...asked));
      await plansOf(probe as ScenarioFile, {}, { ...io, detect });
      return found === undefined ? answers : { ...answers, supervisor: found };
    });
  } catch (error) {
    if (!(error instanceof HarnessError) || error.exitCode === EXIT.interrupted) throw error;
    tell(`the supervisor could not be found by looking (${error.message}); the scenario leaves that to each run`);
    return answers;
  }
}

async function answered(flags: InitFlags, found: Surroundings, ask: AskFor, cwd: string): Promise<Answers> {
  const source = sourceOf(flags, found) ?? (await sourceAsked(ask));
  if (source === undefined)
    throw new HarnessError('usage', 'there is no Dockerfile and no compose file here, and no image was named', {
      hint: 'remuster init --image IMAGE --port PORT, or --build FOLDER, or --compose FILE --service NAME',
    });
  const name = basename(cwd)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const port = Number(
    flags.port ?? (await ask('Port that the balancer reaches', String(found.port ?? BY_DEFAULT.port))),
  );
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new HarnessError('usage', `"${String(flags.port ?? port)}" is not a port`);
  const nodes = Number(flags.nodes);
  if (!Number.isInteger(nodes) || nodes < 1)
    throw new HarnessError('usage', `--nodes: "${flags.nodes}" is not a number of nodes`);
  return {
    name: name === '' ? 'restart' : `${name}-restart`,
    source,
    port,
    health:
      flags.health ?? (await ask('Path that answers 2xx while the server is well', found.health ?? BY_DEFAULT.health)),
    supervisor: { kind: flags.supervisor ?? (await ask('Who looks after the server (a kind, or detect)', 'detect')) },
    nodes,
    seen: found.seen,
  };
}

function sourceOf(flags: InitFlags, found: Surroundings): NodeSource | undefined {
  if (flags.image !== undefined) return { kind: 'image', image: flags.image };
  if (flags.build !== undefined) return { kind: 'build', folder: flags.build };
  if (flags.compose === undefined) {
    const { source } = found;
    return source?.kind === 'compose' && flags.service !== undefined ? { ...source, service: flags.service } : source;
  }
  if (flags.service !== undefined) return { kind: 'compose', file: flags.compose, service: flags.service };
  throw new HarnessError('usage', '--compose: which service of it is the web tier?', { hint: '--service NAME' });
}

async function sourceAsked(ask: AskFor): Promise<NodeSource | undefined> {
  const image = await ask('Image of a node', '');
  return image === '' ? undefined : { kind: 'image', image };
}

function questioner(): { readonly ask: AskFor; close(): void } {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  return {
    ask: async (question, byDefault) => {
      const answer = await lines.question(`${question}${byDefault === '' ? '' : ` [${byDefault}]`}: `);
      return answer.trim() === '' ? byDefault : answer.trim();
    },
    close: () => lines.close(),
  };
}

function wantedCi({ ci }: InitFlags, cwd: string): CiKind | 'none' {
  return ci ?? ciIn(cwd);
}

/** The CI that the folder uses already. */
function ciIn(cwd: string): CiKind | 'none' {
  if (existsSync(join(cwd, '.github'))) return 'github';
  return existsSync(join(cwd, '.gitlab-ci.yml')) ? 'gitlab' : 'none';
}
