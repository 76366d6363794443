// The sample application `shop` (docker/apps/shop): its knobs, the rigs of the negative controls, and its power to grow.
// Its files are copied into nodes when they start; images hold packages only.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../core/errors.js';
import { duration } from '../../scenario/values.js';
import { packageRoot } from '../images/package-root.js';
import type { App, Node, Platform } from '../plugins.js';
import type { FileSpec } from '../runtime/runtime.js';

const HOME = '/opt/shop';
/** www-data on Debian. */
const WEB_USER_ID = 33;
const MIB = 1024 ** 2;
const GROW_TIMEOUT_MS = 5_000;

/** What it is written in, by platform. */
const SOURCES: Readonly<Partial<Record<Platform, readonly string[]>>> = {
  rack: ['config.ru', 'shop.rb'],
  wsgi: ['shop.py'],
  files: ['public/index.html', 'public/search', 'public/health'],
  node: ['app.mjs', 'shop.mjs'],
};

const count = z.int().min(0);

const options = z.strictObject({
  /** What a request takes, beside the work of the language itself. */
  serviceMs: count.default(20),
  /** Memory that each request keeps, and for how long: memory becomes a function of load. */
  keepKib: count.default(0),
  keepFor: duration.default(0),
  /** Length of the line that each request writes to standard output. */
  logBytes: count.default(0),
  bootTime: duration.default(0),
  drainTime: duration.default(0),
  /** A worker that has answered so many requests answers 500 from then on. */
  sickAfterRequests: count.default(0),
  /** A service that it asks (redis's PING): when it boots, which fails without an answer, or never. */
  needs: z
    .strictObject({
      service: z.string(),
      port: z.int().min(1).max(65_535).default(6379),
      at: z.enum(['boot', 'request']).default('boot'),
      /** Work that each question is for the service, and how long the shop waits for the answer. */
      costMs: count.default(0),
      timeout: duration.default(2_000),
    })
    .optional(),
  /** Negative controls: what is wrong from the second start on (`never-boots`: from the first). */
  rig: z
    .enum([
      'never-back',
      'copy-left-behind',
      'drift-on-restart',
      'never-boots',
      'loses-writes',
      ...(['leaves-file', 'leaves-socket', 'hoards', 'boots-slower'] as const),
    ])
    .optional(),
});
type Options = z.infer<typeof options>;

const RACK_ONLY = 'only the shop for Rack asks a service';
const RACK_ONLY_COUNTS = 'only the shop for Rack counts its starts';
const NOTHING_RUNS = 'the server sends files, and nothing of the application runs';
/** Rigs of the launcher alone; the others turn a knob. */
const NEEDS_NO_KNOB: readonly Options['rig'][] = [
  'never-back',
  'copy-left-behind',
  'never-boots',
  'loses-writes',
  'leaves-file',
  'leaves-socket',
];
/** Worse with each start of the service, by so much. */
const WORSE_EACH_START: Readonly<Partial<Record<NonNullable<Options['rig']>, Readonly<Record<string, string>>>>> = {
  hoards: { SHOP_MORE_MIB_EACH_START: '3' },
  'boots-slower': { SHOP_MORE_BOOT_MS_EACH_START: '50' },
};
export const shop: App<Options> = {
  name: 'shop',
  summary: 'the sample application: a page, a search, a cart, and knobs for time, memory, log and boot',
  options,
  platforms: ['rack', 'wsgi', 'node', 'files'],

  parts: (chosen, platform) => ({
    env: platform === 'files' ? {} : knobs(chosen),
    files: files(platform),
    cwd: HOME,
    healthPath: '/health',
    launcher: chosen.rig === undefined ? [] : [`${HOME}/launch`, chosen.rig],
    outputBytesPerRequest: chosen.logBytes,
    drainMs: platform === 'files' ? 0 : chosen.serviceMs + chosen.drainTime,
  }),

  refuses(chosen, platform) {
    if (platform !== 'files')
      return {
        ...(chosen.needs === undefined || platform === 'rack' ? {} : { needs: RACK_ONLY }),
        ...(chosen.rig !== undefined && chosen.rig in WORSE_EACH_START && platform !== 'rack'
          ? { rig: RACK_ONLY_COUNTS }
          : {}),
      };
    const standard: Readonly<Record<string, unknown>> = options.parse({});
    const refused = Object.entries(chosen).filter(
      ([name, value]) => value !== standard[name] && !(name === 'rig' && NEEDS_NO_KNOB.includes(chosen.rig)),
    );
    return Object.fromEntries(refused.map(([name]) => [name, NOTHING_RUNS]));
  },

  writes: (_chosen, platform) =>
    platform === 'files'
      ? undefined
      : {
          write: { method: 'POST', path: '/cart', headers: {}, body: '{id}' },
          read: { path: '/cart', headers: {} },
        },

  grow: (node, bytes, signal) => growBy(node, Math.max(1, Math.round(bytes / MIB)), signal),
};

function knobs(chosen: Options): Readonly<Record<string, string>> {
  return {
    SHOP_SERVICE_MS: String(chosen.serviceMs),
    SHOP_KEEP_KIB: String(chosen.keepKib),
    SHOP_KEEP_FOR_MS: String(chosen.keepFor),
    SHOP_LOG_BYTES: String(chosen.logBytes),
    SHOP_BOOT_MS: String(chosen.bootTime),
    SHOP_DRAIN_MS: String(chosen.drainTime),
    SHOP_SICK_AFTER: String(chosen.sickAfterRequests),
    // Without it freed memory stays with glibc's arenas and the size of a worker is a matter of luck; mallopt(3).
    MALLOC_MMAP_THRESHOLD_: '65536',
    ...(chosen.needs === undefined
      ? {}
      : {
          SHOP_NEEDS: `${chosen.needs.service}:${chosen.needs.port}`,
          SHOP_NEEDS_AT: chosen.needs.at,
          SHOP_NEEDS_COST_MS: String(chosen.needs.costMs),
          SHOP_NEEDS_TIMEOUT_MS: String(chosen.needs.timeout),
        }),
    ...(chosen.rig === undefined ? {} : WORSE_EACH_START[chosen.rig]),
    RACK_ENV: 'production',
  };
}

function files(platform: Platform): readonly FileSpec[] {
  const folder = join(packageRoot(), 'docker', 'apps', 'shop');
  const file = (name: string, mode = 0o644): FileSpec => ({
    path: `${HOME}/${name}`,
    content: readFileSync(join(folder, name), 'utf8'),
    mode,
  });
  // Servers mostly run as www-data; whoever else they run as must be able to write there too.
  const owned = (path: string): FileSpec => ({
    path,
    directory: true,
    mode: 0o777,
    uid: WEB_USER_ID,
    gid: WEB_USER_ID,
  });
  return [
    ...(SOURCES[platform] ?? []).map((name) => file(name)),
    file('launch', 0o755),
    owned('/var/lib/shop'),
    owned('/var/log/shop'),
  ];
}

function growBy(node: Node, mib: number, signal: AbortSignal): Promise<string> {
  const { host, port } = node.container.reach(node.service.port);
  return new Promise((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new HarnessError('timed-out', `${node.name} could not be made to grow by ${mib} MiB: ${why}`));
    const request = get(
      { host, port, path: `/__grow?mib=${mib}`, agent: false, timeout: GROW_TIMEOUT_MS, signal },
      (response) => {
        let body = '';
        response.on('error', (error) => fail(error.message));
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () =>
          response.statusCode === 200 ? resolve(body.trim()) : fail(`it answered ${response.statusCode ?? 0}`),
        );
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer in ${GROW_TIMEOUT_MS} ms`)));
    request.on('error', (error) => fail(error.message));
  });
}
