// What servers tell a supervisor to run: suggestions are followed, explicit settings are never repaired.
import { describe, expect, it } from 'vitest';
import { shop } from '../../../../harness/tier/apps/shop.js';
import type { ServiceContext } from '../../../../harness/tier/plugins.js';
import { puma } from '../../../../harness/tier/servers/puma.js';
import { unicorn } from '../../../../harness/tier/servers/unicorn.js';

const context = (daemonize: boolean, appOptions: unknown = {}): ServiceContext => ({
  app: shop.parts(shop.options.parse(appOptions), 'rack'),
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

it('a rigged application puts its launcher before the server, and nothing else does', () => {
  const argv = (appOptions: unknown) => puma.service(puma.options.parse({}), context(false, appOptions)).argv;
  expect(argv({})[0]).toBe('/usr/bin/puma');
  expect(argv({ rig: 'never-back' }).slice(0, 3)).toEqual(['/opt/shop/launch', 'never-back', '/usr/bin/puma']);
});
