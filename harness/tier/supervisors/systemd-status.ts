// What `systemctl show` says of a unit, as a status; systemctl(1), org.freedesktop.systemd1(5).
import type { SupervisorState } from '../../record/events.js';
import type { SupervisorStatus } from '../plugins.js';

/** What is asked of a unit. */
export const PROPERTIES = 'ActiveState,SubState,Result,NRestarts,MainPID';

/** From `systemctl show`, one property a line. */
export function statusOf(text: string): SupervisorStatus {
  const properties = new Map(text.split('\n').map((line) => line.split('=', 2) as [string, string]));
  const active = properties.get('ActiveState') ?? '';
  const sub = properties.get('SubState') ?? '';
  const pid = Number(properties.get('MainPID') ?? 0);
  const restarts = Number(properties.get('NRestarts') ?? Number.NaN);
  return {
    state: stateOf(active),
    word: active === '' ? 'no answer' : `${active} (${sub})`,
    trackedPid: pid > 0 ? pid : null,
    ...(Number.isNaN(restarts) ? {} : { restarts }),
    raw: text.trim().split('\n').join(' '),
  };
}

function stateOf(active: string): SupervisorState {
  switch (active) {
    case 'active':
    case 'reloading':
      return 'running';
    case 'activating':
      return 'starting';
    case 'deactivating':
      return 'stopping';
    case 'failed':
      return 'failed';
    case 'inactive':
      return 'stopped';
    default:
      return 'unreachable';
  }
}
