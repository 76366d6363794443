// What is told of a unit that does not start, from journals that systemd 252 wrote.
import { expect, test } from 'vitest';
import { wordsFrom } from '../../../../harness/tier/supervisors/systemd-last-words.js';

const start = (said: string): string => `Starting shop.service...
${said}
shop.service: Main process exited, code=exited, status=1/FAILURE
shop.service: Failed with result 'exit-code'.
Failed to start shop.service.
shop.service: Scheduled restart job, restart counter is at 5.
Stopped shop.service.
`;

test('the last different lines, without the book-keeping of each start', () => {
  expect(
    wordsFrom(`${start('KeyError: DATABASE_URL').repeat(5)}shop.service: Start request repeated too quickly.\n`),
  ).toBe('KeyError: DATABASE_URL | shop.service: Main process exited, code=exited, status=1/FAILURE');
  expect(wordsFrom('')).toBe('');
});

test('a sandbox that a container cannot make is told with the way out', () => {
  const said = `(python3)[43]: shop.service: Failed to set up mount namespacing: Operation not supported
shop.service: Main process exited, code=exited, status=226/NAMESPACE
`;
  expect(wordsFrom(said)).toMatch(
    /^a node cannot make this sandbox; mount a drop-in .*ProtectSystem=no.*: .*Failed to set up mount namespacing/,
  );
});
