// Ports of this machine that a container finds free again when it comes back.
import { describe, expect, it } from 'vitest';
import { chooseHostPort, isPortConflict, portRange } from '../../../../harness/tier/runtime/host-port.js';

describe('the port that a container is published at', () => {
  it('is none that outgoing connections are given', () => {
    expect(portRange('32768\t60999\n')).toEqual({ from: 10_240, to: 32_768 });
    expect(portRange('15000\t65000\n')).toEqual({ from: 10_240, to: 15_000 });
    expect(portRange(undefined)).toEqual({ from: 10_240, to: 32_768 });
    expect(portRange('1024\t65535\n').to).toBeGreaterThan(20_000);
  });

  it('differs between the ports of one container', async () => {
    const ports: number[] = [];
    for (let n = 0; n < 20; n += 1) ports.push(await chooseHostPort(true, ports));
    expect(new Set(ports).size).toBe(20);
  });

  it('is chosen again when the engine says that it was taken meanwhile, whatever its version', () => {
    expect(isPortConflict('driver failed: Bind for 127.0.0.1:8080 failed: port is already allocated')).toBe(true);
    expect(isPortConflict('listen tcp4 127.0.0.1:8080: bind: address already in use')).toBe(true);
    expect(isPortConflict('OCI runtime create failed: no such file or directory')).toBe(false);
  });
});
