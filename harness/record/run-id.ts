// The id of a run: sortable by time, readable, and unique between runs started in the same second.
import { randomBytes } from 'node:crypto';

/** `20261123-065946-supervisor-swap-3f9a` */
export function newRunId(scenario: string): string {
  const stamp = new Date().toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const name = scenario
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${stamp}-${name}-${randomBytes(2).toString('hex')}`;
}
