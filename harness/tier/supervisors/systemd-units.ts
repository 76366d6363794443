// Which units the systemd of a node has: a scenario may name one that is not there, of which systemd only says "inactive".
import { nearestName } from '../../core/nearest.js';
import type { Container } from '../runtime/runtime.js';

const SHOWN = 10;

/** Undefined while the unit is there, and while systemd cannot be asked. */
export async function absentUnit(container: Container, unit: string): Promise<string | undefined> {
  const load = await container.exec(['systemctl', 'show', unit, '-p', 'LoadState']);
  if (load.stdout.trim() !== 'LoadState=not-found') return undefined;
  const all = await container.exec(['systemctl', 'list-unit-files', '--type=service', '--no-legend', '--no-pager']);
  return sentence(unit, all.stdout);
}

/** `listed`: a unit and its state a line, systemctl(1), list-unit-files. Those that are started by themselves are named. */
export function sentence(unit: string, listed: string): string {
  const units = listed.split('\n').flatMap((line) => {
    const [, name, state] = /^(\S+\.service)\s+(\S+)/.exec(line) ?? [];
    return name === undefined || name.includes('@') ? [] : [{ name, isEnabled: state === 'enabled' }];
  });
  const enabled = units.filter(({ isEnabled }) => isEnabled).map(({ name }) => name);
  // Without their ending, which would make all of them alike.
  const nearest = nearestName(
    stem(unit),
    units.map(({ name }) => stem(name)),
  );
  const more = enabled.length > SHOWN ? ', ...' : '';
  const known = enabled.length === 0 ? '' : `; enabled in it: ${enabled.slice(0, SHOWN).join(', ')}${more}`;
  return `there is no unit ${unit} in it${known}${nearest === undefined ? '' : `; did you mean ${nearest}.service?`}`;
}

function stem(unit: string): string {
  return unit.replace(/\.service$/, '');
}
