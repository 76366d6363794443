// Nothing secret is written in clear, and equal or different can still be told.
import { describe, expect, it } from 'vitest';
import { hideEnv, hideValue, maskArgv, maskCommand } from '../../../harness/observe/agent/secrets.js';

describe('environment', () => {
  it('hides values by a key of the run: equal stays equal, another run tells nothing', () => {
    const [hidden, again, other, otherRun] = [
      hideValue('DB', 'hush', 'k'),
      hideValue('DB2', 'hush', 'k'),
      hideValue('DB', 'loud', 'k'),
      hideValue('DB', 'hush', 'k2'),
    ];
    expect(hidden).toMatch(/^hash:[0-9a-f]{16}$/);
    expect(again).toBe(hidden);
    expect(other).not.toBe(hidden);
    expect(otherRun).not.toBe(hidden);
  });

  it('shows what helps to read a difference', () => {
    expect(hideEnv({ RAILS_ENV: 'production', PATH: '/bin', LC_ALL: 'C', PORT: '80', PWD: '/srv' }, 'k')).toEqual({
      LC_ALL: 'text:C',
      PATH: 'text:/bin',
      PORT: 'text:80',
      PWD: 'text:/srv',
      RAILS_ENV: 'text:production',
    });
  });

  it.each([
    ['SHOP_API_TOKEN', 'x'],
    ['SHOP_DB_PASSWORD', 'x'],
    ['SHOP_SECRET_KEY_BASE', 'x'],
    ['SHOP_DATABASE', 'postgres://shop:hush@db/shop'],
    ['HOMEPAGE', 'x'],
    ['ANYTHING', 'x'],
  ])('hides %s=%s though its name is near to one that is shown', (name, value) => {
    expect(hideValue(name, value, 'k')).toMatch(/^hash:/);
  });
});

describe('arguments', () => {
  it.each<[readonly string[], readonly string[]]>([
    [
      ['app', '--password=a b c'],
      ['app', '--password=***'],
    ],
    [
      ['app', '--db-password', 'hush', '-v'],
      ['app', '--db-password', '***', '-v'],
    ],
    [
      ['app', '--api-key=hush', '--token', 'hush'],
      ['app', '--api-key=***', '--token', '***'],
    ],
    [
      ['env', 'SECRET_KEY_BASE=hush', 'app'],
      ['env', 'SECRET_KEY_BASE=***', 'app'],
    ],
    [
      ['app', 'redis://:hush@cache:6379/0'],
      ['app', 'redis://:***@cache:6379/0'],
    ],
    [
      ['app', 'https://me:p@ss@host/'],
      ['app', 'https://me:***@host/'],
    ],
    [
      ['curl', '-H', 'Authorization: Bearer hush'],
      ['curl', '-H', 'Authorization: ***'],
    ],
    [['app --token hush --verbose --secret=hush'], ['app --token *** --verbose --secret=***']],
    [
      ['app', 'http://host/?token=hush'],
      ['app', 'http://host/?token=***'],
    ],
  ])('masks %j', (argv, masked) => {
    expect(maskArgv(argv)).toEqual(masked);
  });

  it.each<[readonly string[]]>([
    [['unicorn master -D -E production -c /etc/shop/unicorn.rb /opt/shop/config.ru']],
    [['puma 5.6.5 (tcp://0.0.0.0:8080) [shop]']],
    [['app', '--author', 'me', '--authority=x', '--tokenize=yes', '--passenger', 'config/secrets.yml']],
    [['app', '--password', '--verbose']],
  ])('leaves %j as it is', (argv) => {
    expect(maskArgv(argv)).toEqual(argv);
  });

  it('masks before it shortens', () => {
    expect(maskCommand(['app', 'x'.repeat(180), '--password=hushhushhushhush'])).not.toContain('hush');
    expect(maskCommand(['a\nb', 'x'.repeat(300)])).toHaveLength(200);
  });
});
