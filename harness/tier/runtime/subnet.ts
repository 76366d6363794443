// Addresses of a private network. A server machine keeps its address over a reboot, and balancers are told addresses;
// the engine gives a container the next free one at each start, unless it was asked for one. docker.ts and network.ts.

/** What the engine says of a network. */
export interface Subnet {
  /** '172.18.0.0/16' */
  readonly cidr: string;
  readonly gateway: string;
}

/**
 * The n-th address for a container (0, 1, ...) from the bottom of the subnet, without the gateway's; undefined when the
 * subnet has no more.
 */
export function addressIn({ cidr, gateway }: Subnet, n: number): string | undefined {
  const [base = '', bits = ''] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const first = numberOf(base);
  const taken = gateway === '' ? -1 : numberOf(gateway) - first;
  // The first and the last address of a subnet are its own and its broadcast's.
  const offset = n + 1 >= taken && taken > 0 ? n + 2 : n + 1;
  return offset > 0 && offset < size - 1 ? textOf(first + offset) : undefined;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
