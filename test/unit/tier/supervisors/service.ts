// A service as a server plug-in makes it, for the unit tests of recipes.
import type { Service } from '../../../../harness/tier/service.js';

export const service: Service = {
  name: 'web',
  argv: ['/usr/bin/unicorn', '-c', '/etc/shop/my unicorn.rb', '/opt/shop/config.ru'],
  env: { RACK_ENV: 'production', MOTTO: `it's "50 %" of $HOME \\ more` },
  cwd: '/opt/shop',
  user: 'www-data',
  port: 8080,
  healthPath: '/health',
  daemonizes: false,
  cannotDaemonize: false,
  pidFile: '/var/lib/shop/unicorn.pid',
  stop: { signal: 'QUIT', graceMs: 10_000 },
  files: [],
  runningTitle: null,
};
