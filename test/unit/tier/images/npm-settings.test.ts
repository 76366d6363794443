// npm's settings of the building machine: where npm itself would find them, and nothing secret among them.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { npmSettings } from '../../../../harness/tier/images/npm-settings.js';

const files = (named: Readonly<Record<string, string>>) => (path: string) => named[path] ?? '';

it('says nothing where npm has its own settings', () => {
  expect(npmSettings({}, files({}))).toEqual([]);
  expect(npmSettings({}, files({ [join(homedir(), '.npmrc')]: 'fund=false\nproxy = null\n' }))).toEqual([]);
});

it('takes registry and proxies from the environment, the user and the machine, in this order', () => {
  const env = { npm_config_registry: 'https://one.test/', NPM_CONFIG_USERCONFIG: '/u', npm_config_globalconfig: '/g' };
  const read = files({
    '/u': '; mine\nregistry=https://two.test/\nhttps-proxy = "http://proxy.test:3128"\n',
    '/g': 'https-proxy=http://other.test/\nnoproxy=.test\n',
  });
  expect(npmSettings(env, read)).toEqual([
    'registry=https://one.test/',
    'https-proxy=http://proxy.test:3128',
    'noproxy=.test',
  ]);
});

it('takes no credentials along, and puts variables in', () => {
  const read = files({ '/u': '//two.test/:_authToken=secret\n_auth=secret\nregistry=https://${HOST_OF_IT}/\n' });
  expect(npmSettings({ npm_config_userconfig: '/u', HOST_OF_IT: 'two.test' }, read)).toEqual([
    'registry=https://two.test/',
  ]);
});
