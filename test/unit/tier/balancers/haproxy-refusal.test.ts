// What HAProxy 2.6 says of a configuration that it does not take, told with the line of the user's file.
import { expect, test } from 'vitest';
import { refusal } from '../../../../harness/tier/balancers/haproxy-refusal.js';

const OWN = 'frontend www\n  default_backend apps\n\nbackend apps\n    balance leastcon\n';
const config = {
  generated: 'global\n  nbthread 1\nbackend web\n    balance leastcon\n',
  own: { file: 'edge.cfg', text: OWN },
};
const ALERT = '[ALERT]    (1) : config : ';
const log = (...words: readonly string[]): string =>
  ['[NOTICE]   (1) : haproxy version is 2.6.12', ...words.map((each) => ALERT + each)].join('\n');
const END = [
  'Error(s) found in configuration file : /etc/haproxy/remuster.cfg',
  'Fatal errors found in configuration.',
];

test('the line as it is in the file of the user', () => {
  const said = log("parsing [/etc/haproxy/remuster.cfg:4] : balance only supports 'roundrobin' ...", ...END);
  expect(refusal(said, config)).toBe(`edge.cfg:5: "balance leastcon": balance only supports 'roundrobin' ...`);
  expect(refusal(said, { generated: config.generated })).toBe(
    `"balance leastcon": balance only supports 'roundrobin' ...`,
  );
});

test('a line that is not of the user, and words without a line', () => {
  expect(refusal(log('parsing [/etc/haproxy/remuster.cfg:2] : no'), config)).toBe('edge.cfg: "nbthread 1": no');
  expect(refusal(log("Proxy 'front': unable to find required default_backend: 'aps'.", ...END), config)).toBe(
    "edge.cfg: Proxy 'front': unable to find required default_backend: 'aps'.",
  );
});

test('many are cut, and no complaint is none', () => {
  expect(refusal(log('a', 'b', 'c', 'd', 'e', ...END), config)).toMatch(/a; .*b; .*c \(and 2 more\)$/);
  expect(refusal("[ALERT]    (1) : backend 'web' has no server available!", config)).toBeUndefined();
});
