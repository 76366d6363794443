// Addresses that containers keep over a restart.
import { describe, expect, it } from 'vitest';
import { addressIn } from '../../../../harness/tier/runtime/subnet.js';

describe('addresses in a private network', () => {
  it('are given from the bottom, without the gateway', () => {
    const subnet = { cidr: '172.18.0.0/16', gateway: '172.18.0.1' };
    expect([0, 1, 253, 254].map((n) => addressIn(subnet, n))).toEqual([
      '172.18.0.2',
      '172.18.0.3',
      '172.18.0.255',
      '172.18.1.0',
    ]);
    const elsewhere = { cidr: '10.1.2.0/24', gateway: '10.1.2.3' };
    expect([0, 1, 2].map((n) => addressIn(elsewhere, n))).toEqual(['10.1.2.1', '10.1.2.2', '10.1.2.4']);
  });

  it('end before the broadcast address', () => {
    const small = { cidr: '192.168.5.8/29', gateway: '192.168.5.9' };
    expect([0, 4, 5].map((n) => addressIn(small, n))).toEqual(['192.168.5.10', '192.168.5.14', undefined]);
    const top = { cidr: '192.168.5.8/29', gateway: '192.168.5.14' };
    expect([0, 4, 5].map((n) => addressIn(top, n))).toEqual(['192.168.5.9', '192.168.5.13', undefined]);
  });
});
