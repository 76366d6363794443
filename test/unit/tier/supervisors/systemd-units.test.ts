// A unit that a node does not have: what is said of it, from what systemctl lists.
import { expect, test } from 'vitest';
import { sentence } from '../../../../harness/tier/supervisors/systemd-units.js';

const LISTED = `api.service            enabled  enabled
getty@.service         enabled  enabled
nginx.service          disabled enabled
systemd-quotacheck.service static -
`;

test('the units that start by themselves, and the nearest of all', () => {
  expect(sentence('ngnix.service', LISTED)).toBe(
    'there is no unit ngnix.service in it; enabled in it: api.service; did you mean nginx.service?',
  );
});

test('nothing is guessed where nothing is near, and nothing is listed where nothing is enabled', () => {
  expect(sentence('shop.service', '')).toBe('there is no unit shop.service in it');
  expect(sentence('shop.service', LISTED)).not.toContain('did you mean');
});

test('a long list is cut', () => {
  const many = Array.from({ length: 12 }, (_, index) => `unit-${index}.service enabled enabled`).join('\n');
  expect(sentence('shop.service', many)).toMatch(/unit-9\.service, \.\.\.$/);
});
