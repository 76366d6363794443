import { describe, expect, it } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.js';
import { waitFor } from '../../../harness/core/clock.js';

describe('waiting', () => {
  it('keeps the last evidence for the error', async () => {
    let looks = 0;
    const look = () => ({ done: false, evidence: `look ${(looks += 1)}` }) as const;
    const waiting = waitFor(look, { what: 'web-3 to serve', deadlineMs: 5, everyMs: 1 });
    await expect(waiting).rejects.toThrow(/waited 5 ms for web-3 to serve \(last: look \d+\)/);
    await expect(waiting).rejects.toBeInstanceOf(HarnessError);
  });

  it('ends with the reason of an abort, not with a time-out', async () => {
    const controller = new AbortController();
    const waiting = waitFor(() => ({ done: false, evidence: '' }), {
      what: 'never',
      deadlineMs: 60_000,
      signal: controller.signal,
    });
    controller.abort(new HarnessError('interrupted', 'interrupted by SIGINT'));
    await expect(waiting).rejects.toThrow('interrupted by SIGINT');
  });
});
