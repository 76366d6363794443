// A user's own HAProxy configuration: what stays as it is, what becomes ours, and what cannot be used.
import { describe, expect, it } from 'vitest';
import { withOwnConfig } from '../../../harness/tier/balancers/own-config.js';

const OURS = {
  global: ['log stdout format raw local0'],
  frontend: ['bind :8080'],
  sections: 'frontend sentinel\n  default_backend web',
  servers: [
    { node: 'web-1', address: '10.0.0.2', port: 3000 },
    { node: 'web-2', address: '10.0.0.3', port: 3000 },
  ],
};

const SITE = `# ours
global
    log /dev/log local0
    chroot /var/lib/haproxy
    stats socket /run/haproxy/admin.sock mode 660
    user haproxy
    maxconn 2000
defaults
    mode http
    timeout connect 5s
    timeout server 30s
frontend www
    bind *:443 ssl crt /etc/site.pem
    option httplog
    acl is_api path_beg /api
    use_backend apps if is_api
    default_backend apps
backend apps
    balance leastconn
    option httpchk GET /up
    server a 192.168.1.1:80 check inter 7s fall 2 ssl verify none cookie a
    server b 192.168.1.2:80 check inter 7s fall 2
frontend stats
    bind :9000
    stats enable
`;

const run = (text: string, more = {}): string => withOwnConfig({ file: 'haproxy.cfg', text, ...more }, OURS);

describe("a user's own HAProxy configuration", () => {
  it('keeps time-outs, checks, rules and limits; listeners, servers and logs become ours', () => {
    const made = run(SITE, { frontend: 'www' });
    for (const line of [
      'maxconn 2000',
      'timeout server 30s',
      'acl is_api path_beg /api',
      'balance leastconn',
      'option httpchk GET /up',
    ])
      expect(made).toContain(line);
    for (const line of [
      '/dev/log',
      'chroot',
      'admin.sock',
      'site.pem',
      '192.168',
      'stats enable',
      'apps',
      'user haproxy',
    ])
      expect(made).not.toContain(line);
    expect(made).toContain('frontend front\n  bind :8080\n');
    expect(made).toMatch(/use_backend web if is_api\n\s+default_backend web/);
    expect(made).toMatch(
      /backend web[^]*server web-1 10\.0\.0\.2:3000 check inter 7s fall 2\n {2}server web-2 10\.0\.0\.3/,
    );
    expect(made).toContain('frontend sentinel');
    expect(made).toContain('backend web\n  log global\n');
  });

  it('a listen becomes a frontend and a backend; servers that nobody checked are checked', () => {
    const made = run(
      `defaults\n mode http\nlisten app\n bind :80\n balance source\n http-request deny if FALSE\n server x 1.2.3.4:80 weight 5\n`,
    );
    expect(made).toMatch(
      /frontend front[^]*http-request deny[^]*default_backend web[^]*backend web\n {2}log global\n balance source\n {2}server web-1 10\.0\.0\.2:3000 check weight 5/,
    );
  });

  it.each([
    ['two frontends', SITE, {}, /2 frontends; say which one/],
    ['an unknown one', SITE, { frontend: 'ww' }, /no frontend "ww"/],
    ['an unknown backend', SITE, { frontend: 'www', backend: 'app' }, /no backend "app"/],
    ['nothing that serves', 'defaults\n mode http\n', {}, /0 frontends/],
    ['tcp', 'listen x\n server a 1.1.1.1:1\n', {}, /not of mode http/],
  ])('%s: an error that says the way out', (_, text, more, says) => {
    expect(() => run(text, more)).toThrow(says);
  });
});
