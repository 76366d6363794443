// HAProxy 2.6: one JSON line per request on standard output, the node's name on every response (its own 503s included),
// and a control port for states and counters. Measured in notes on observing; directives as in its configuration manual.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { z } from 'zod';
import { HarnessError, messageOf } from '../../core/errors.js';
import { duration } from '../../scenario/values.js';
import type { Backend, BackendView, Balancer, BalancerLine } from '../plugins.js';
import type { Container } from '../runtime/runtime.js';
import { refusal } from './haproxy-refusal.js';
import { withOwnConfig } from './own-config.js';

const FRONT_PORT = 8080;
const CONTROL_PORT = 9999;
const SENTINEL_PORT = 8081;
const CONTROL_TIMEOUT_MS = 2_000;
const CONFIG = '/etc/haproxy/remuster.cfg';

const options = z.strictObject({
  checkInterval: duration.default(1_000),
  checkTimeout: duration.default(2_000),
  fall: z.int().min(1).default(3),
  rise: z.int().min(1).default(2),
  balance: z.enum(['roundrobin', 'leastconn', 'static-rr', 'random']).default('roundrobin'),
  /** Connection attempts after the first; with redispatch the last one goes to another node. */
  retries: z.int().min(0).default(3),
  redispatch: z.boolean().default(true),
  /** `http-reuse`: with `never` each connection of a user has one of its own to a node; `safe` is HAProxy's default. */
  reuse: z.enum(['never', 'safe', 'aggressive', 'always']).default('safe'),
  connectTimeout: duration.default(1_000),
  serverTimeout: duration.default(5_000),
  clientTimeout: duration.default(30_000),
  /** The user's own configuration, a path from the scenario's folder; the options above are its own affair then. */
  config: z.string().min(1).optional(),
  /** Of `config`: what users reach, and whose servers are the tier; default: the only one, and its default_backend. */
  frontend: z.string().optional(),
  backend: z.string().optional(),
});
type Options = z.infer<typeof options>;

/** The line of each request. `%b` backend, `%s` server, `%ST` status, `%tsc` how it ended, `%rc` retries. */
const LOG_FORMAT = [
  '"at":%[date(0,ms)]',
  '"node":"%s"',
  '"status":%ST',
  '"ts":"%tsc"',
  '"retries":"%rc"',
  '"queued":%Tw',
  '"connect":%Tc',
  '"response":%Tr',
  '"total":%Ta',
  // A header may hold anything; unescaped it would spoil the line.
  '"generation":"%[capture.res.hdr(0),json(utf8s)]"',
].join(',');

const GLOBAL = [
  'log stdout len 2048 format raw local0',
  `stats socket ipv4@0.0.0.0:${CONTROL_PORT} level operator`,
  'nbthread 1',
];

const FRONTEND = [
  `bind :${FRONT_PORT}`,
  'log global',
  // Slot 0 of the captured response headers.
  'declare capture response len 128',
  'http-response capture res.hdr(x-generation) id 0',
  'http-after-response set-header x-remuster-node %[srv_name]',
  `log-format '{"remuster":1,${LOG_FORMAT}}'`,
];

/** The sentinel's own way in: the same nodes, but none of its requests among those of the load. */
const SENTINEL = `
frontend sentinel
  mode http
  bind :${SENTINEL_PORT}
  no log
  http-after-response set-header x-remuster-node %[srv_name]
  default_backend web
`;

function config(backends: readonly Backend[], chosen: Options): string {
  const { config: file, frontend, backend } = chosen;
  if (file !== undefined)
    return withOwnConfig(
      { file, text: textOf(file), ...(frontend ? { frontend } : {}), ...(backend ? { backend } : {}) },
      { global: GLOBAL, frontend: FRONTEND, sections: SENTINEL, servers: backends },
    );
  const health = backends[0]?.healthPath ?? '/';
  const lines = (all: readonly string[]): string => all.map((line) => `  ${line}`).join('\n');
  return `
global
${lines(GLOBAL)}
  maxconn 4000

defaults
  mode http
  log global
  option httplog
  timeout connect ${chosen.connectTimeout}ms
  timeout server ${chosen.serverTimeout}ms
  timeout client ${chosen.clientTimeout}ms
  timeout check ${chosen.checkTimeout}ms
  retries ${chosen.retries}
  ${chosen.redispatch ? 'option redispatch' : 'no option redispatch'}

frontend front
${lines(FRONTEND)}
  default_backend web
${SENTINEL}
backend web
  balance ${chosen.balance}
  http-reuse ${chosen.reuse}
  option httpchk GET ${health}
${backends.map(({ node, address, port }) => `  server ${node} ${address}:${port} check inter ${chosen.checkInterval}ms fall ${chosen.fall} rise ${chosen.rise}`).join('\n')}
`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new HarnessError('invalid', `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Sends one command to the control port and reads the answer to its end. An end without a word is no answer: the engine's
 * port proxy accepts for a balancer that is not there.
 */
function ask(balancer: Container, command: string): Promise<string> {
  const { host, port } = balancer.reach(CONTROL_PORT);
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (why: string, cause?: Error): void =>
      reject(new HarnessError('timed-out', `HAProxy's control port: ${why}`, cause ? { cause } : {}));
    const socket = connect({ host, port });
    socket.setTimeout(CONTROL_TIMEOUT_MS, () => socket.destroy(new Error(`no answer in ${CONTROL_TIMEOUT_MS} ms`)));
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.end(`${command}\n`));
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('end', () => (text === '' ? fail('closed without an answer') : resolve(text)));
    socket.on('error', (error) => fail(error.message, error));
  });
}

/** Rows of `show stat`, CSV with a header line that begins with "# ". */
function rows(csv: string): readonly Readonly<Record<string, string>>[] {
  const [header = '', ...lines] = csv.split('\n').filter((line) => line !== '');
  const names = header.replace(/^# /, '').split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, index) => [names[index] ?? '', cell])));
}

export const haproxy: Balancer<Options> = {
  name: 'haproxy',
  summary: 'HAProxy 2.6 with health checks, one JSON line per request',
  options,
  image: 'balancer-haproxy',
  files: ['config'],
  hasStates: true,
  port: FRONT_PORT,
  sentinelPort: SENTINEL_PORT,
  controlPorts: [CONTROL_PORT, SENTINEL_PORT],

  validate: (chosen) => void config([], chosen),

  recipe: (backends, chosen) => ({
    command: ['haproxy', '-db', '-f', CONFIG],
    files: [{ path: CONFIG, content: config(backends, chosen) }],
  }),

  refusal: (log, backends, chosen) => {
    const { config: file } = chosen;
    const own = file === undefined ? {} : { own: { file, text: textOf(file) } };
    return refusal(log, { generated: config(backends, chosen), ...own });
  },

  async view(balancer): Promise<readonly BackendView[]> {
    const servers = rows(await ask(balancer, 'show stat')).filter(
      (row) => row['pxname'] === 'web' && row['svname'] !== 'BACKEND',
    );
    return servers.map((row) => {
      const word = row['status'] ?? '';
      const reason = row['check_status']?.replace(/^\* /, '');
      return { node: row['svname'] ?? '', up: word.startsWith('UP'), word, ...(reason ? { reason } : {}) };
    });
  },

  async books(balancer) {
    const info = new Map(
      (await ask(balancer, 'show info')).split('\n').map((line) => line.split(': ', 2) as [string, string]),
    );
    const front = rows(await ask(balancer, 'show stat')).find(
      (row) => row['pxname'] === 'front' && row['svname'] === 'FRONTEND',
    );
    // Answers, not requests: what is still waiting has not been logged either.
    const answers = ['1xx', '2xx', '3xx', '4xx', '5xx'].map((family) => Number(front?.[`hrsp_${family}`] ?? 0));
    return {
      requestsServed: answers.reduce((sum, count) => sum + count, 0),
      droppedLogs: Number(info.get('DroppedLogs') ?? 0),
    };
  },

  parseLine(line): BalancerLine | undefined {
    if (line.startsWith('{"remuster"')) return request(line);
    // "Server web/web-1 is DOWN, reason: Layer7 timeout, check duration: 2001ms. 3 active and 0 backup servers left."
    const match = /Server web\/(\S+) is (UP|DOWN)[^,]*(?:, reason: ([^,]+))?/.exec(line);
    if (!match) return undefined;
    const [, node = '', word = '', reason] = match;
    return { kind: 'state', node, up: word === 'UP', word, ...(reason ? { reason } : {}) };
  },
};

/**
 * Termination state (configuration manual, 8.5): the first character says who ended the session (`-`: its proper end,
 * `L`: HAProxy answered itself), the second in which state it was (`D`, `L`: while the answer was being sent).
 */
function request(line: string): BalancerLine | undefined {
  try {
    const { at, node, status, retries, ts, generation } = JSON.parse(line) as Record<string, string | number>;
    const text = String(generation);
    return {
      kind: 'request',
      endedWallMs: Number(at),
      // HAProxy writes <NOSRV> when no server was chosen.
      node: String(node).startsWith('<') ? null : String(node),
      generation: text === '' || text === '-' ? null : text,
      status: Number(status),
      // "+1" means that the last retry went to another server.
      retries: Math.abs(Number(retries)),
      termination: String(ts),
      wasCut: /^[^-L][DL]/.test(String(ts)),
    };
  } catch {
    return undefined;
  }
}
