// What the server of Node.js tells a supervisor to run, and which ways there are to restart it.
import { describe, expect, it } from 'vitest';
import { shop } from '../../../../harness/tier/apps/shop.js';
import type { ServiceContext } from '../../../../harness/tier/plugins.js';
import { node } from '../../../../harness/tier/servers/node.js';

const context = (appOptions: unknown = {}): ServiceContext => ({
  app: shop.parts(shop.options.parse(appOptions), 'node'),
  user: 'www-data',
  env: {},
  suggests: { daemonize: true, ownPidFile: true },
});
const pathsOf = (options: unknown): readonly string[] =>
  node.paths(node.options.parse(options)).map(({ name }) => name);

describe('node', () => {
  it('stays in the foreground and writes no pid file, whatever the supervisor suggests', () => {
    const service = node.service(node.options.parse({ workers: 2, port: 9292 }), context());
    expect(service).toMatchObject({ daemonizes: false, cannotDaemonize: true, stop: { signal: 'TERM' }, port: 9292 });
    expect(service).not.toHaveProperty('pidFile');
    expect(service.runningTitle).toBe(
      '/usr/bin/node /etc/shop/serve.mjs /opt/shop/app.mjs --port 9292 --workers 2 --keep-alive 65000',
    );
  });

  it('brings the application that is written for it, and no other', () => {
    const paths = node.service(node.options.parse({}), context()).files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['/etc/shop/serve.mjs', '/opt/shop/app.mjs', '/opt/shop/shop.mjs']));
    expect(paths).not.toContain('/opt/shop/shop.rb');
  });

  it('puts a rig before itself without a change of its title', () => {
    const service = node.service(node.options.parse({}), context({ rig: 'never-back' }));
    expect(service.argv.slice(0, 3)).toEqual(['/opt/shop/launch', 'never-back', '/usr/bin/node']);
    expect(service.runningTitle).toMatch(/^\/usr\/bin\/node /);
  });

  it('can replace workers only where it has some', () => {
    expect(pathsOf({})).toEqual(['kill-master']);
    expect(pathsOf({ workers: 2 })).toEqual(['kill-master', 'kill-worker', 'reload', 'phased']);
  });
});
