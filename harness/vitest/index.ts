// `import 'remuster/vitest'` in a test file or a set-up file: expect(result).toReturnEveryNode(), and the like.
import { expect } from 'vitest';
import { matchers } from './matchers.js';

interface RemusterMatchers {
  /** Every restart of every node has a receipt without a broken or an unobserved claim, and there was one at least. */
  toReturnEveryNode(): void;
  /** No check found anything: the verdict is pass, whatever the scenario expects. */
  toPassEveryCheck(): void;
  /** All limits of the scenario were kept in every window that they are for. */
  toKeepItsLimits(): void;
  /** Each environment ended as the scenario's `expect` says. */
  toEndAsExpected(): void;
  /** Every restarted node was whole again so many milliseconds after the fault, at the latest. */
  toRecoverWithin(limitMs: number): void;
}

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars, @typescript-eslint/no-explicit-any
  interface Matchers<T = any> extends RemusterMatchers {}
}

expect.extend(matchers);

export { matchers };
