import { describe, expect, it } from 'vitest';
import { CleanupScope } from '../../../harness/core/scope.js';

describe('cleanup', () => {
  it('runs in reverse order, and goes on after a step that fails or hangs', async () => {
    const order: string[] = [];
    const scope = new CleanupScope(20);
    scope.defer('network', () => void order.push('network'));
    scope.defer('stubborn', () => new Promise(() => undefined));
    scope.defer('broken', () => {
      throw new Error('no such container');
    });
    scope.defer('load', () => void order.push('load'));
    const failures = await scope.close();
    expect(order).toEqual(['load', 'network']);
    expect(failures).toEqual(['broken: no such container', 'stubborn: not done after 20 ms']);
  });

  it('undoes each step only once', async () => {
    let undone = 0;
    const scope = new CleanupScope();
    scope.defer('node', () => void (undone += 1));
    await scope.close();
    await scope.close();
    expect(undone).toBe(1);
  });
});
