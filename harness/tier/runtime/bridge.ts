// Makes a private network whose containers can be given fixed addresses. Used by docker.ts.
import type Dockerode from 'dockerode';
import { messageOf } from '../../core/errors.js';
import { unlessGone } from './engine-errors.js';
import type { Subnet } from './subnet.js';

/** Somebody else may take the subnet between our two orders. */
const TRIES = 5;

export interface Bridge {
  readonly id: string;
  readonly subnet: Subnet;
}

/**
 * Engines give an address on demand only in a network whose subnet was configured by its user, and only they know which
 * subnets this machine has free (default-address-pools, routes): so the engine chooses one, and gets it back as ours.
 */
export async function createBridge(
  docker: Dockerode,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<Bridge> {
  const options = { Name: name, Driver: 'bridge', CheckDuplicate: true, Labels: { ...labels } };
  for (let triesLeft = TRIES; ; triesLeft -= 1) {
    const draft = await docker.createNetwork(options);
    const subnet = await subnetOf(draft, name).finally(() => unlessGone(() => draft.remove()));
    try {
      const { id } = await docker.createNetwork({
        ...options,
        IPAM: { Driver: 'default', Config: [{ Subnet: subnet.cidr, Gateway: subnet.gateway }] },
      });
      return { id, subnet };
    } catch (error) {
      if (triesLeft <= 1 || !/overlaps/i.test(messageOf(error))) throw error;
    }
  }
}

async function subnetOf(network: Dockerode.Network, name: string): Promise<Subnet> {
  const { IPAM: ipam } = await network.inspect();
  const found = (ipam?.Config ?? []).find((each) => each['Subnet']?.includes('.') === true);
  const cidr = found?.['Subnet'];
  if (cidr === undefined) throw new Error(`the engine gave ${name} no IPv4 subnet`);
  return { cidr, gateway: found?.['Gateway'] ?? '' };
}
