// What a node's log is quoted with when it does not boot.
import { expect, it } from 'vitest';
import { tellingLines } from '../../../harness/tier/telling-lines.js';

const once = (pid: number): string => `[${String(pid)}] [INFO] Booting worker with pid: ${String(pid)}
[${String(pid)}] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/usr/lib/errors.py", line 9, in connect
    raise self.failed()
socket.gaierror: [Errno -2] Name or service not known
  File "/usr/lib/python3/dist-packages/gunicorn/arbiter.py", line 525, in reap_workers
gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>
[${String(pid)}] [INFO] Worker exiting (pid: ${String(pid)})`;

it('says what is wrong once, however often it was said, and no frames of stacks', () => {
  const told = tellingLines([once(8), once(9), once(10)].join('\n')).split('\n');
  expect(told).toContain('socket.gaierror: [Errno -2] Name or service not known');
  expect(told).toContain('[10] [ERROR] Exception in worker process');
  expect(told).toHaveLength(4);
  expect(told.join(' ')).not.toContain('File "');
});

it('is the end of the log where nothing sounds wrong', () => {
  expect(tellingLines('a\nb\n\nc\nd\ne\nf\n')).toBe('b\nc\nd\ne\nf');
  expect(tellingLines('')).toBe('');
});
