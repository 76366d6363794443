// What the live view calls a trouble of a node is what the verdict would call one.
import { expect, it } from 'vitest';
import { Emitter } from '../../../harness/core/emitter.js';
import { LiveView } from '../../../harness/observe/live-view.js';
import type { JournalEvent } from '../../../harness/record/events.js';
import { processOf } from '../verdict/sim-node.js';

function viewOf(trackedPid: number): LiveView {
  const events = new Emitter<JournalEvent>();
  const view = new LiveView(events, [{ name: 'web-1', node: 'web-1' }]);
  const about = { atMs: 0, node: 'web-1' };
  const processes = [
    processOf(7, 1, 'starting', 5),
    processOf(8, 7, 'starting', 5),
    processOf(10, 8, 'master', 5),
    processOf(11, 10, 'worker', 5),
  ];
  events.emit({ ...about, kind: 'census', processes });
  events.emit({ ...about, kind: 'supervisor', state: 'running', word: 'running', trackedPid, raw: '' });
  events.emit({ ...about, kind: 'probe', tookMs: 1, outcome: 'ok', status: 200, streak: 9 });
  events.emit({ ...about, kind: 'backend', up: true, word: 'UP' });
  return view;
}

it('two shells between the supervisor and the server are none; another process tracked is', () => {
  expect(viewOf(7).troubles('web-1', { k: 5 })).toEqual([]);
  expect(viewOf(1).troubles('web-1', { k: 5 })).toEqual([]);
  expect(viewOf(11).troubles('web-1', { k: 5 })).toEqual([
    'the supervisor tracks pid 11, the listener belongs to pid 10',
  ]);
});
