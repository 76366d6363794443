// Every end of a supervisor, master or worker is matched by identity to a fault, a policy or the harness. Any other fails.
import { formatMs } from '../../core/units.js';
import { fail } from '../evidence.js';
import { ofEvidence } from './check.js';

const NAME = 'deaths-accounted-for';

export const deathsAccountedFor = ofEvidence(
  NAME,
  'no supervisor, master or worker ends without a known cause',
  ({ deaths, deathsNotKept, loadStartMs = 0 }) => [
    ...deaths.map(({ node, atMs, role, pid, command }) =>
      fail(
        NAME,
        `${node}: ${role} pid ${pid} (${command}) ended at ${formatMs(atMs - loadStartMs)}; no fault, no policy and no step of the run accounts for it.`,
        { node },
      ),
    ),
    ...(deathsNotKept > 0 ? [fail(NAME, `${deathsNotKept} more processes ended and nothing accounts for them.`)] : []),
  ],
);
