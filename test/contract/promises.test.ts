// What supervisors promise against what the real programs do; and a promise that is rigged, which must be found out.
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../harness/core/errors.js';
import { differences } from '../../harness/promises/compare.js';
import { measure } from '../../harness/promises/measure.js';
import type { Supervisor } from '../../harness/tier/plugins.js';
import { connectDocker } from '../../harness/tier/runtime/docker.js';
import type { Runtime } from '../../harness/tier/runtime/runtime.js';
import * as supervisors from '../../harness/tier/supervisors/index.js';

const connected = await connectDocker().catch((error: unknown) => messageOf(error));
if (typeof connected === 'string' && !process.env['REMUSTER_ALLOW_NO_ENGINE']) throw new Error(connected);
const why = typeof connected === 'string' ? ` (skipped: ${connected})` : '';
const runtime = connected as Runtime;
const isFull = process.env['REMUSTER_TEST'] === 'full';
const MINUTE_MS = 60_000;

const all: readonly Supervisor[] = Object.values(supervisors);
const cases = all.flatMap((supervisor) =>
  [{}, ...(supervisor.variants ?? [])].map(
    (given) => [supervisor.name, JSON.stringify(given), supervisor, given] as const,
  ),
);

describe.skipIf(why !== '')(`promises${why}`, () => {
  it('a promise of a budget of 3 starts where it is 5 is found out', { timeout: 3 * MINUTE_MS }, async () => {
    const { systemd } = supervisors;
    const options = systemd.options.parse({});
    const measured = await measure(runtime, systemd, options, () => undefined, new AbortController().signal);
    expect(differences(systemd.promise(options), measured)).toEqual([]);
    const rigged = { ...systemd, promise: () => systemd.promise(systemd.options.parse({ startLimitBurst: 3 })) };
    expect(differences(rigged.promise(), measured)).toEqual(['promised are 2 restarts; measured 4']);
  });

  describe.skipIf(!isFull)('of every supervisor', () => {
    it.each(cases)('%s %s', { timeout: 6 * MINUTE_MS }, async (_name, _text, supervisor, given) => {
      const options = supervisor.options.parse(given);
      const measured = await measure(runtime, supervisor, options, () => undefined, new AbortController().signal);
      expect(differences(supervisor.promise(options), measured)).toEqual([]);
    });
  });
});
