// What a node had acknowledged and does not have any more; and when nothing can be said about it.
import { expect, test } from 'vitest';
import type { WritesPlan } from '../../../../harness/plan/load-plan.js';
import type { Plan } from '../../../../harness/plan/plan.js';
import type { JournalEvent, ReadBackEvent } from '../../../../harness/record/events.js';
import { judgeEnvironment } from '../../../../harness/verdict/judge.js';
import { JournalBuilder } from '../journal-builder.js';
import { planFor } from '../test-plan.js';

const WRITES: WritesPlan = {
  everyMs: 100,
  write: { method: 'POST', path: '/cart', headers: {}, body: '{id}' },
  read: { path: '/cart', headers: {} },
};
const CHECK = 'acknowledged-writes-kept';
const TIME = String.raw`\d+\.\d s`;
const IDS = 'remuster-ab12cd34-';

type Runs = ReadBackEvent['found'];

/** web-1 under steady load, with a writer. */
class Story {
  readonly journal: JournalBuilder;
  #fault = 0;

  constructor(
    readonly plan: Plan = planFor({ writes: WRITES }),
    readonly node = 'web-1',
  ) {
    this.journal = new JournalBuilder(plan).steady();
  }

  /** Numbers up to, but not, `to`. */
  written(from: number, to: number): this {
    const acknowledged = Array.from({ length: to - from }, (_, nth) => [from + nth, 0] as const);
    return this.#add({ kind: 'written', node: this.node, atMs: this.journal.nowMs, unknown: 0, acknowledged });
  }

  restarted(): this {
    this.#fault += 1;
    this.journal.pass(1_000);
    const from = this.journal.events.length;
    this.journal.killAndReturn(this.node);
    const { events } = this.journal;
    // Each fault has an id of its own, as each round's has.
    for (const [nth, event] of events.slice(from).entries())
      if (event.kind === 'fault')
        events[from + nth] = { ...event, id: `${this.#fault}.0.${this.node}`, round: this.#fault };
    this.journal.pass(10_000);
    return this;
  }

  read(after: 'restart' | 'rounds', found: Runs | 'unreadable', twice: readonly number[] = []): this {
    const ok = found !== 'unreadable';
    return this.#add({
      ...{ kind: 'read-back', node: this.node, atMs: this.journal.nowMs, after, ok, found: ok ? found : [], twice },
      ...{ ids: IDS, evidence: ok ? 'GET /cart' : 'GET /cart: status 500' },
    });
  }

  async judged() {
    return judgeEnvironment(this.plan, this.journal.end({}));
  }

  async findings(): Promise<readonly string[]> {
    const { findings } = await this.judged();
    return findings.filter(({ check }) => check === CHECK).map(({ severity, message }) => `${severity}: ${message}`);
  }

  #add(event: JournalEvent): this {
    this.journal.events.push(event);
    this.journal.pass(500);
    return this;
  }
}

/** Four writes, a kill, six writes, and what was found at the end. */
const killed = (found: Runs | 'unreadable'): Story =>
  new Story().written(0, 4).restarted().written(4, 10).read('rounds', found);

test('all that was acknowledged is there again', async () => {
  expect(await killed([[0, 9]]).findings()).toEqual([]);
  expect(await killed([[0, 40]]).findings()).toEqual([]);
});

test('what was acknowledged before a restart and is gone is lost: which, from when, and after which restart', async () => {
  expect(await killed([[4, 9]]).findings()).toEqual([
    expect.stringMatching(
      new RegExp(
        `^fail: web-1 lost 4 of 10 writes that it had acknowledged at ${TIME} \\(${IDS}: 0 to 3\\): not there at ${TIME}, after kill-master at ${TIME}\\.$`,
      ),
    ),
  ]);
  const one: Runs = [
    [0, 2],
    [4, 9],
  ];
  expect(await killed(one).findings()).toEqual([expect.stringContaining(`lost 1 of 10 writes`)]);
});

test('what was acknowledged after the last restart can be lost too', async () => {
  expect(await killed([[0, 8]]).findings()).toEqual([
    expect.stringMatching(/^fail: web-1 lost 1 of 10 writes .*: 9\): .*, without a restart in between\.$/),
  ]);
});

test('a graceful end: what the old process had acknowledged after the order counts too', async () => {
  const story = new Story().written(0, 4);
  story.journal.fault('web-1', 'sent').pass(300);
  story.written(4, 6);
  story.journal.die('web-1').fault('web-1', 'landed').says('web-1', 'starting', 'down').pass(1_000).spawn('web-1');
  story.journal.says('web-1', 'running', 'up').pass(10_000);
  story.written(6, 10).read('rounds', [[6, 9]]);
  expect(await story.findings()).toEqual([
    expect.stringMatching(/lost 6 of 10 writes .*: 0 to 5\): .*, after kill-master at .* s\.$/),
  ]);
});

test('with a reading after each restart every loss is that of its own restart', async () => {
  const story = new Story()
    .written(0, 4)
    .restarted()
    .read('restart', [[2, 3]])
    .written(4, 10)
    .restarted()
    .read('restart', [[8, 9]])
    .read('rounds', [[8, 9]]);
  const findings = await story.findings();
  expect(findings).toHaveLength(2);
  expect(findings[0]).toMatch(/lost 2 of 10 writes .*: 0 to 1\): not there at .* s, after kill-master at [^a]* s\.$/);
  expect(findings[1]).toMatch(/lost 6 of 10 writes .*: 2 to 7\): not there at .* s, after kill-master at [^a]* s\.$/);
});

test('a loss that was read stays one when the node cannot be read any more', async () => {
  const story = new Story()
    .written(0, 4)
    .restarted()
    .read('restart', [[1, 3]])
    .read('rounds', 'unreadable');
  expect(await story.findings()).toEqual([expect.stringMatching(/^fail: web-1 lost 1 of 4 writes/)]);
});

test('what was written right before a reading in between is nobody’s promise yet', async () => {
  const story = new Story()
    .written(0, 4)
    .restarted()
    .written(4, 8)
    .read('restart', [[0, 3]])
    .read('rounds', [[0, 7]]);
  expect(await story.findings()).toEqual([]);
});

test('a node that cannot be read after a restart, or was never asked, proves nothing', async () => {
  expect(await killed('unreadable').findings()).toEqual([
    expect.stringMatching(
      /^inconclusive: What web-1 still has of its writes after its restart at .* s could not be read: GET \/cart: status 500\.$/,
    ),
  ]);
  expect(await new Story().written(0, 4).restarted().findings()).toEqual([
    expect.stringMatching(/^inconclusive: .* could not be read: the writer was not there to ask for it\.$/),
  ]);
  // The reading after the first restart says nothing of the second.
  const story = new Story()
    .written(0, 4)
    .restarted()
    .read('restart', [[0, 3]])
    .restarted()
    .read('rounds', 'unreadable');
  expect(await story.findings()).toEqual([expect.stringMatching(/^inconclusive: .* could not be read/)]);
});

test('one good reading at the end makes up for those that failed in between', async () => {
  const story = new Story()
    .written(0, 4)
    .restarted()
    .read('restart', 'unreadable')
    .read('rounds', [[0, 3]]);
  expect(await story.findings()).toEqual([]);
});

test('a restart before which nothing had been acknowledged proves nothing', async () => {
  expect(
    await new Story()
      .restarted()
      .written(0, 4)
      .read('rounds', [[0, 3]])
      .findings(),
  ).toEqual([
    expect.stringMatching(
      /^inconclusive: Nothing that web-1 had acknowledged was there to lose at its restart at .* s\.$/,
    ),
  ]);
});

test('a write that is there twice is told and breaks nothing', async () => {
  const { findings, timeline } = await new Story()
    .written(0, 4)
    .restarted()
    .read('rounds', [[0, 3]], [2])
    .judged();
  expect(findings.filter(({ check }) => check === CHECK)).toEqual([]);
  expect(timeline.map(({ text }) => text)).toContain('has 1 of its writes more than once');
});

test('where nobody writes there is nothing to judge', async () => {
  expect(await new Story(planFor()).restarted().findings()).toEqual([]);
});
