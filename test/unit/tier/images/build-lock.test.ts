// One builder at a time; a dead one's lock does not stop the others.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../../../harness/tier/images/build-lock.js';
import { formatOwner, ownOwner } from '../../../../harness/tier/runtime/owner.js';

describe('build lock', () => {
  let folder = '';
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'remuster-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const options = (onWait = (): void => undefined) => ({ name: 'image-a:b', folder, onWait, signal: undefined });

  it('lets one in after the other', async () => {
    const order: string[] = [];
    let second: Promise<void> | undefined;
    const first = withLock(options(), async () => {
      order.push('1 in');
      await new Promise<void>((secondWaits) => {
        second = withLock(options(secondWaits), () => Promise.resolve(void order.push('2 in')));
      });
      order.push('1 out');
    });
    await first;
    await second;
    expect(order).toEqual(['1 in', '1 out', '2 in']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes over a dead one's", async () => {
    writeFileSync(join(folder, 'image-a-b.lock'), formatOwner({ ...ownOwner(), start: '1' }));
    await expect(withLock(options(), () => Promise.resolve('in'))).resolves.toBe('in');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('lets go when the work fails', async () => {
    await expect(withLock(options(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(withLock(options(), () => Promise.resolve('in'))).resolves.toBe('in');
  });
});
