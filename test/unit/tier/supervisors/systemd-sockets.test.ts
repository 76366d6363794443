// Which unit a listening socket of systemd starts, from what systemd 252 answered.
import { expect, test } from 'vitest';
import { unitBehindPort } from '../../../../harness/tier/supervisors/systemd-sockets.js';
import { systemd } from '../../../../harness/tier/supervisors/systemd.js';

const SHOWN = `Listen=[::]:8080 (Stream)
Id=shop.socket
Triggers=shop.service

Listen=/run/initctl (FIFO)
Id=systemd-initctl.socket
Triggers=systemd-initctl.service

Listen=/run/systemd/journal/socket (Datagram)
Listen=/run/systemd/journal/stdout (Stream)
Id=systemd-journald.socket
Triggers=systemd-journald.service
`;

test('the unit behind a port', () => {
  expect(unitBehindPort(SHOWN, 8080)).toEqual({ socket: 'shop.socket', unit: 'shop.service' });
  expect(unitBehindPort(SHOWN, 80)).toBeUndefined();
  expect(unitBehindPort('', 80)).toBeUndefined();
});

test('systemd may hold the listener beside the server only where a socket is said', () => {
  const promise = (options: unknown) => systemd.promise(systemd.options.parse(options));
  expect(promise({ unit: 'shop', socket: true }).holdsListener).toBe(true);
  expect(promise({ unit: 'shop' }).holdsListener).toBe(false);
});
