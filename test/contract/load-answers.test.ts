// What a request must return, and whose cookies are whose: every engine of this project on a real server.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoadEngine } from '../../harness/load/engine.js';
import { engines } from '../../harness/load/index.js';
import type { LoadModel, LoadPlan, RequestSpec, RightAnswer } from '../../harness/plan/load-plan.js';
import { request } from './load/cases.js';
import { Drive } from './load/drive.js';
import { failedIn } from './load/law.js';
import { CountingServer } from './load/served.js';

const USERS = 8;
const RATE = 50;

const ANSWERS: readonly { readonly path: string; readonly answer: RightAnswer; readonly isRight: boolean }[] = [
  { path: '/ok', answer: { bodyContains: 'fine' }, isRight: true },
  { path: '/ok', answer: { bodyContains: 'sold out' }, isRight: false },
  { path: '/ok', answer: { status: [200, 201] }, isRight: true },
  { path: '/ok', answer: { status: [204] }, isRight: false },
  { path: '/busy', answer: { status: [503], bodyContains: 'come back' }, isRight: true },
  { path: '/cart', answer: { headers: { 'content-type': 'json', 'x-shop': 'open' } }, isRight: true },
  { path: '/cart', answer: { headers: { 'x-shop': 'closed' } }, isRight: false },
  { path: '/cart', answer: { headers: { 'x-other': '' } }, isRight: false },
  { path: '/cart', answer: { json: { 'cart.items.0.id': 7, paid: null } }, isRight: true },
  { path: '/cart', answer: { json: { 'cart.items.0.id': '7' } }, isRight: false },
  { path: '/ok', answer: { json: { any: 1 } }, isRight: false },
];

const own: readonly LoadEngine[] = Object.values<LoadEngine>(engines).filter(({ name }) => name !== 'k6');
const cases = own.flatMap((engine) => engine.models.map((model) => ({ engine, name: engine.name, model })));

describe.each<{ engine: LoadEngine; name: string; model: LoadModel }>(cases)(
  'answers of $name, $model model',
  ({ engine, model }) => {
    let server: CountingServer;

    async function drive(requests: readonly RequestSpec[], more: Partial<LoadPlan> = {}): Promise<Drive> {
      const plan: LoadPlan = {
        engine: { kind: engine.name, options: engine.options.parse({}) as Readonly<Record<string, unknown>> },
        ...{ model, requests, sessions: false, arrivals: 'poisson', connections: 'kept', timeoutMs: 5_000 },
        stages: [{ level: model === 'open' ? RATE : USERS, rampMs: 0 }],
        think: { kind: 'constant', ms: 20 },
        ...more,
      };
      return new Drive(engine, plan, server.target).start();
    }

    beforeEach(async () => void (server = await new CountingServer().start()));
    afterEach(() => server.remove());

    it('counts a wrong one as failed, whatever its status, and a right one as answered', async () => {
      const load = await drive(ANSWERS.map(({ path, answer }) => request(path, { answer })));
      const answered = (index: number): number => count(load, index, 'answered');
      const failed = (index: number): number => count(load, index, 'failed');
      await load.until('each to have come', () => ANSWERS.every((_, index) => answered(index) + failed(index) > 0));
      const totals = await load.stop();
      for (const [index, { path, answer, isRight }] of ANSWERS.entries()) {
        const told = `${path} ${JSON.stringify(answer)}`;
        expect([told, isRight ? failed(index) : answered(index)]).toEqual([told, 0]);
      }
      expect(Object.keys(totals.failed)).toEqual(['wrong-answer']);
      expect(totals.offered).toBe(server.completed);
    });

    it.runIf(model === 'closed')('keeps the cookies of each user, who is new once', async () => {
      const known = request('/visit', { answer: { bodyContains: 'known' } });
      const load = await drive([known], { sessions: true });
      await load.answered(5 * USERS);
      expect((await load.stop()).failed).toEqual({ 'wrong-answer': USERS });
    });

    it.runIf(model === 'closed')('knows nobody where there are no sessions', async () => {
      const load = await drive([request('/visit', { answer: { bodyContains: 'known' } })]);
      await load.until('some ends', () => load.sum(failedIn) >= 3 * USERS);
      const totals = await load.stop();
      expect(totals.failed).toEqual({ 'wrong-answer': totals.offered });
    });
  },
);

function count(load: Drive, index: number, what: 'answered' | 'failed'): number {
  return load.sum(({ by = [] }) =>
    by
      .filter(({ request }) => request === index)
      .reduce((sum, row) => sum + (what === 'answered' ? row.answered : failedIn(row)), 0),
  );
}
