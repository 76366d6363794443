// What servers tell a supervisor to run: suggestions are followed, explicit settings are never repaired.
import { describe, expect, it } from 'vitest';
import { shop } from '../../../../harness/tier/apps/shop.js';
import type { Platform, ServiceContext } from '../../../../harness/tier/plugins.js';
import { apache } from '../../../../harness/tier/servers/apache.js';
import { gunicorn } from '../../../../harness/tier/servers/gunicorn.js';
import { nginx } from '../../../../harness/tier/servers/nginx.js';
import { puma } from '../../../../harness/tier/servers/puma.js';
import { unicorn } from '../../../../harness/tier/servers/unicorn.js';

const context = (daemonize: boolean, appOptions: unknown = {}, platform: Platform = 'rack'): ServiceContext => ({
  app: shop.parts(shop.options.parse(appOptions), platform),
  user: 'www-data',
  env: { RACK_ENV: 'staging' },
  suggests: { daemonize, ownPidFile: daemonize },
});

describe('unicorn', () => {
  it('daemonizes where the supervisor suggests it', () => {
    const service = unicorn.service(unicorn.options.parse({}), context(true));
    expect(service).toMatchObject({ daemonizes: true, cannotDaemonize: false, stop: { signal: 'QUIT' } });
    expect(service.argv).toContain('-D');
    expect(service.runningTitle).toBe('unicorn master -D -E production -c /etc/shop/unicorn.rb /opt/shop/config.ru');
  });

  it('stays in the foreground when it is told so, whatever the supervisor suggests', () => {
    const service = unicorn.service(unicorn.options.parse({ daemonize: false }), context(true));
    expect(service.daemonizes).toBe(false);
    expect(service.argv).not.toContain('-D');
  });

  it('writes its settings into a file of its own', () => {
    const { files } = unicorn.service(unicorn.options.parse({ workers: 3, port: 9292 }), context(false));
    const config = files.find(({ path }) => path === '/etc/shop/unicorn.rb')?.content;
    expect(config).toContain('worker_processes 3\n');
    expect(config).toContain("listen '0.0.0.0:9292'");
  });

  it('lets the environment of the node win over what the application sets', () => {
    expect(unicorn.service(unicorn.options.parse({}), context(false)).env['RACK_ENV']).toBe('staging');
  });
});

describe('puma', () => {
  it('cannot daemonize, and says so', () => {
    const service = puma.service(puma.options.parse({}), context(true));
    expect(service).toMatchObject({ daemonizes: false, cannotDaemonize: true, stop: { signal: 'TERM' } });
    expect(puma.options.safeParse({ daemonize: true }).success).toBe(false);
  });

  it('writes a pid file only where one is wanted', () => {
    const config = (ownPidFile?: boolean) => {
      const chosen = puma.options.parse(ownPidFile === undefined ? {} : { ownPidFile });
      return puma.service(chosen, context(false)).files.find(({ path }) => path.endsWith('puma.rb'))?.content;
    };
    expect(config()).not.toContain('pidfile');
    expect(config(true)).toContain("pidfile '/var/lib/shop/puma.pid'");
  });
});

describe('gunicorn', () => {
  const service = (daemonize: boolean, options: unknown = {}) =>
    gunicorn.service(gunicorn.options.parse(options), context(daemonize, {}, 'wsgi'));

  it('daemonizes with a pid file where the supervisor suggests it, and has none in the foreground', () => {
    expect(service(true)).toMatchObject({ daemonizes: true, pidFile: '/var/lib/shop/gunicorn.pid' });
    expect(service(true).argv).toContain('-D');
    expect(service(false).pidFile).toBeUndefined();
    expect(service(true, { daemonize: false })).toMatchObject({ daemonizes: false });
  });

  it('writes its settings as Python has them', () => {
    const { files, stop } = service(false, { preload: true, workerClass: 'gthread', gracefulTimeoutSeconds: 7 });
    const config = files.find(({ path }) => path === '/etc/shop/gunicorn.conf.py')?.content;
    expect(config).toContain("worker_class = 'gthread'\n");
    expect(config).toContain('preload_app = True\n');
    expect(config).not.toContain('pidfile');
    expect(stop).toEqual({ signal: 'TERM', graceMs: 7_000 });
  });
});

describe('servers of files', () => {
  const names = (paths: readonly { readonly name: string }[]) => paths.map(({ name }) => name);
  const suggests = (daemonize: boolean) => ({ daemonize, ownPidFile: daemonize });

  it('nginx replaces itself in place only as a daemon', () => {
    const chosen = nginx.options.parse({});
    expect(names(nginx.paths(chosen, suggests(true)))).toContain('in-place');
    expect(names(nginx.paths(chosen, suggests(false)))).not.toContain('in-place');
    expect(names(nginx.paths(nginx.options.parse({ daemonize: true }), suggests(false)))).toContain('in-place');
    const config = nginx.service(chosen, context(false, {}, 'files')).files.find(({ path }) => path.endsWith('.conf'));
    expect(config?.content).toContain('daemon off;');
  });

  it('Apache stays in the foreground unless it is to daemonize', () => {
    const argv = (daemonize: boolean) => apache.service(apache.options.parse({}), context(daemonize, {}, 'files')).argv;
    expect(argv(false)).toContain('-DFOREGROUND');
    expect(argv(true)).not.toContain('-DFOREGROUND');
  });

  it('bring pages that need no program', () => {
    const service = nginx.service(nginx.options.parse({}), context(false, {}, 'files'));
    const page = (name: string) => service.files.find(({ path }) => path === `/opt/shop/public/${name}`)?.content;
    expect(page('health')).toBe('ok\n');
    expect(page('index.html')).toContain('<h1>shop</h1>');
    expect(Object.keys(service.env)).not.toContain('SHOP_SERVICE_MS');
  });
});

describe('shop', () => {
  const refused = (options: unknown, platform: Platform) =>
    Object.keys(shop.refuses?.(shop.options.parse(options), platform) ?? {});

  it('refuses knobs where nothing of it runs, and none elsewhere', () => {
    expect(refused({ serviceMs: 50, keepKib: 10, logBytes: 0 }, 'files')).toEqual(['serviceMs', 'keepKib']);
    expect(refused({ serviceMs: 50, keepKib: 10 }, 'wsgi')).toEqual([]);
    expect(refused({ rig: 'drift-on-restart' }, 'files')).toEqual(['rig']);
    expect(refused({ rig: 'never-back' }, 'files')).toEqual([]);
  });
});

it('a rigged application puts its launcher before the server, and nothing else does', () => {
  const argv = (appOptions: unknown) => puma.service(puma.options.parse({}), context(false, appOptions)).argv;
  expect(argv({})[0]).toBe('/usr/bin/puma');
  expect(argv({ rig: 'never-back' }).slice(0, 3)).toEqual(['/opt/shop/launch', 'never-back', '/usr/bin/puma']);
});
