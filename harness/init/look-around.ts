// What `remuster init` finds in a folder: where the image of a node comes from, its port, and who may look after the server
// in it. Pure: the folder is given as its files.
import { parse } from 'yaml';
import { isJob } from '../scenario/compose-file.js';
import { isRecord } from '../scenario/validate.js';

/** Text of a file of the folder, by its name; undefined where there is none. */
export type ReadFile = (name: string) => string | undefined;

export type NodeSource =
  | { readonly kind: 'image'; readonly image: string }
  | { readonly kind: 'build'; readonly folder: string }
  | { readonly kind: 'compose'; readonly file: string; readonly service: string };

export interface Surroundings {
  readonly source?: NodeSource;
  readonly port?: number;
  /** What its own health check asks. */
  readonly health?: string;
  /** Services of the compose file that could be the web tier, the likeliest first. */
  readonly services: readonly string[];
  /** What was seen, a line each: shown, and written into the scenario as a comment. */
  readonly seen: readonly string[];
}

const COMPOSE_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const LIKELY_NAMES = ['web', 'app', 'api', 'server', 'nginx', 'backend', 'frontend'];

/** `names`: all files of the folder. */
export function lookAround(names: readonly string[], read: ReadFile): Surroundings {
  const seen: string[] = [];
  const compose = COMPOSE_NAMES.find((name) => names.includes(name));
  const dockerfile = names.includes('Dockerfile') ? read('Dockerfile') : undefined;
  const services = compose === undefined ? [] : webServices(read(compose) ?? '');
  const [service] = services;
  for (const name of names) {
    const what = hintOf(name, read);
    if (what !== undefined) seen.push(`${name}: ${what}`);
  }
  if (compose !== undefined && service !== undefined) {
    const beside = service.needs.length === 0 ? '' : `; beside it: ${service.needs.join(', ')}`;
    seen.unshift(`${compose}: its service "${service.name}" is taken for the web tier${beside}`);
    const port = service.port ?? (dockerfile === undefined ? undefined : exposedPort(dockerfile));
    return {
      source: { kind: 'compose', file: compose, service: service.name },
      ...(port === undefined ? {} : { port }),
      ...(service.health === undefined ? {} : { health: service.health }),
      services: services.map(({ name }) => name),
      seen,
    };
  }
  if (dockerfile === undefined) return { services: [], seen };
  const port = exposedPort(dockerfile);
  seen.unshift(
    `Dockerfile: the image of a node is built from it${port === undefined ? '' : `; it exposes ${String(port)}`}`,
  );
  return { source: { kind: 'build', folder: '.' }, ...(port === undefined ? {} : { port }), services: [], seen };
}

interface WebService {
  readonly name: string;
  readonly port?: number;
  readonly health?: string;
  /** Services that are started beside the nodes. */
  readonly needs: readonly string[];
}

/** The one with a likely name first, then one that publishes a port. */
function webServices(text: string): readonly WebService[] {
  let file: unknown;
  try {
    file = parse(text);
  } catch {
    return [];
  }
  const services = isRecord(file) && isRecord(file['services']) ? file['services'] : {};
  const found = Object.entries(services).map(([name, value]): WebService & { readonly rank: number } => {
    const service = isRecord(value) ? value : {};
    const ports = service['ports'] ?? service['expose'];
    const port = Array.isArray(ports) ? containerPort(ports[0]) : undefined;
    const health = healthPath(service['healthcheck']);
    const needs = namesIn(service['depends_on']);
    const likely = LIKELY_NAMES.indexOf(name);
    const rank = (likely < 0 ? LIKELY_NAMES.length : likely) + (port === undefined ? 100 : 0);
    return {
      ...{ name, rank, needs },
      ...(port === undefined ? {} : { port }),
      ...(health === undefined ? {} : { health }),
    };
  });
  return found.sort((a, b) => a.rank - b.rank);
}

function namesIn(dependsOn: unknown): readonly string[] {
  if (Array.isArray(dependsOn)) return dependsOn.map(String);
  return Object.entries(isRecord(dependsOn) ? dependsOn : {}).flatMap(([name, how]) => (isJob(how) ? [] : [name]));
}

/** The path of the first URL in the command of a health check. */
function healthPath(check: unknown): string | undefined {
  const test = isRecord(check) ? check['test'] : undefined;
  const words = Array.isArray(test) ? test.join(' ') : test;
  if (typeof words !== 'string') return undefined;
  return /https?:\/\/[^\s/'"|]+(\/[^\s'"|;]*)/.exec(words)?.[1];
}

/** '8080:80', '127.0.0.1:8080:80/tcp', 80 or { target: 80 }: compose-spec, ports. */
function containerPort(entry: unknown): number | undefined {
  const text = isRecord(entry) ? entry['target'] : entry;
  if (typeof text !== 'string' && typeof text !== 'number') return undefined;
  const port = Number(/(\d+)(?:\/\w+)?$/.exec(String(text))?.[1]);
  return port > 0 ? port : undefined;
}

function exposedPort(dockerfile: string): number | undefined {
  const port = Number(/^\s*EXPOSE\s+(\d+)/im.exec(dockerfile)?.[1]);
  return port > 0 ? port : undefined;
}

/** Files that say who looks after the server, or what it is. */
function hintOf(name: string, read: ReadFile): string | undefined {
  if (name.endsWith('@.service'))
    return `a template of units of systemd (supervisor: { kind: systemd, unit: ${name.replace('@', '@INSTANCE')} })`;
  if (name.endsWith('.service')) return `a unit of systemd (supervisor: { kind: systemd, unit: ${name} })`;
  if (name.endsWith('.pill')) return "bluepill's (supervisor: { kind: bluepill, app, process })";
  if (name === 'monitrc') return "monit's (supervisor: { kind: monit, service })";
  if (/^(supervisord?|.*supervisor.*)\.(conf|ini)$/.test(name)) {
    const program = /^\[program:([^\]]+)\]/m.exec(read(name) ?? '')?.[1];
    return `supervisord's${program === undefined ? '' : ` (supervisor: { kind: supervisord, program: ${program} })`}`;
  }
  if (/^ecosystem\.config\.(c?js|json)$/.test(name)) return "pm2's (supervisor: { kind: pm2, name })";
  if (name === 'Procfile') {
    const web = /^web:\s*(.+)$/m.exec(read(name) ?? '')?.[1];
    return web === undefined ? undefined : `its web process is "${web.trim()}"`;
  }
  if (name === 'Gemfile') return /\b(unicorn|puma)\b/.exec(read(name) ?? '')?.[1];
  if (name === 'requirements.txt') return /^(gunicorn|uvicorn)\b/m.exec(read(name) ?? '')?.[1];
  return undefined;
}
