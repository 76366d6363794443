// A server that is away for long: refused for 15 s, in `npm run test:full` for 2 minutes. Every try is counted, nobody hammers,
// memory stays flat, and the load is back with the server. All engines side by side; k6 is skipped where there is none.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { monotonicMs } from '../../harness/core/clock.js';
import { k6 } from '../../harness/load/engines/k6.js';
import { cases } from './load/cases.js';
import { agreesWith, kindsOf, type Drive } from './load/drive.js';
import { whyNoK6 } from './load/k6-here.js';
import { ownEngines, RATE, THINK, type EngineAndModel } from './load/plan.js';
import { onStage, type Stage } from './load/stage.js';

const OUTAGE_MS = process.env['REMUSTER_TEST'] === 'full' ? 120_000 : cases.refused.holdMs;
const LOOK_EVERY_MS = 500;
/** What keeps each try grows by some 13 MB a second (docs/decisions/0005). */
const FLAT_MB = 20;
/** Heaps grow into their size in the beginning. */
const SETTLED_SHARE = 1 / 3;

const k6Models: readonly EngineAndModel[] = k6.models.map((model) => ({ engine: k6, name: k6.name, model }));

describe(`refused for ${OUTAGE_MS / 1_000} s`, { concurrent: true, timeout: OUTAGE_MS + 120_000 }, () => {
  const outage =
    (isFlat: boolean, model: EngineAndModel['model']) =>
    async ({ server, driveCase }: Stage): Promise<void> => {
      const load = await driveCase(cases.refused);
      await cases.refused.begin(server);
      const killedMs = await cases.refused.strike(server);
      const looks: number[] = [];
      const refused = (): number => load.sum(({ failed }) => failed.refused ?? 0);
      while (monotonicMs() < killedMs + OUTAGE_MS) {
        const before = refused();
        await load.until('more refusals', () => refused() > before);
        if (isFlat) looks.push(residentMb(load));
        const nextMs = monotonicMs() + LOOK_EVERY_MS;
        await load.until('the next look', () => monotonicMs() > nextMs);
      }
      await cases.refused.heal(server);
      await load.answeredMore(50);
      const totals = await load.stop();

      expect(kindsOf(totals).filter((kind) => !['eof', 'refused', 'reset'].includes(kind))).toEqual([]);
      agreesWith(server, totals);
      // A user tries again after a pause, a rate at its rate: no more than that.
      const perSecond = model === 'open' ? RATE : (load.plan.stages[0]?.level ?? 0) * (1_000 / THINK.minMs);
      const darkS = (server.listeningMs - killedMs) / 1_000;
      expect(totals.failed.refused).toBeLessThan(perSecond * (darkS + 1) * 1.5);
      if (!isFlat) return;
      const settled = looks.slice(Math.floor(looks.length * SETTLED_SHARE));
      const tenth = Math.max(1, Math.floor(settled.length / 10));
      const growth = medianOf(settled.slice(-tenth)) - medianOf(settled.slice(0, tenth));
      expect(growth, `MB: ${looks.map((mb) => mb.toFixed(0)).join(' ')}`).toBeLessThan(FLAT_MB);
    };

  it.each(ownEngines)('$name, $model model: each try counted, memory flat', ({ engine, model }) =>
    onStage({ engine, model }, outage(true, model))(),
  );

  it.skipIf(whyNoK6 !== '').each(k6Models)(`$name, $model model: each try counted${whyNoK6}`, ({ engine, model }) =>
    onStage({ engine, model }, outage(false, model))(),
  );
});

/** Of the engine's process, which is the only child of its name here. */
function residentMb({ engine }: Drive): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  const found = stdout.split('\n').filter((line) => line.includes(`${engine.name}-worker`));
  if (found.length !== 1) throw new Error(`not one process: ${stdout}`);
  return (Number.parseInt(found[0] ?? '', 10) * 1_024) / 1e6;
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
