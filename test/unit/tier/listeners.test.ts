// Who listens in a node, from tables that Linux wrote, and what is said of a port that does not answer.
import { expect, test } from 'vitest';
import { listenersFrom, whySilent } from '../../../harness/tier/listeners.js';

const TABLES = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B00007F:A01B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 42 1 0000000000000000 100 0 0 10 0
   2: 0200A8C0:1F91 0100A8C0:C350 01 00000000:00000000 00:00000000 00000000     0        0 43 1 0000000000000000 100 0 0 10 0
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 44 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 45 1 0000000000000000 100 0 0 10 0
`;

test('addresses and ports of those that listen', () => {
  expect(listenersFrom(TABLES).map(({ address, port }) => `${address} ${port}`)).toEqual([
    '127.0.0.11 40987',
    '127.0.0.1 8080',
    ':: 80',
    '::1 8080',
  ]);
  expect(listenersFrom('')).toEqual([]);
});

test('nobody there, for itself only, for everybody', () => {
  const all = listenersFrom(TABLES);
  expect(whySilent(all, 81)).toBe('nobody listens on port 81 in it; somebody does on 80, 8080');
  expect(whySilent(all, 8080)).toMatch(/^it listens on 127\.0\.0\.1 and ::1 only, .*: have it listen on 0\.0\.0\.0$/);
  expect(whySilent(all, 80)).toBeUndefined();
  expect(whySilent([], 80)).toBe('nobody listens on port 80 in it, nor on any other');
});
