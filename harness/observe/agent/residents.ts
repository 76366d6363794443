// Command line and user of each process on a node, looked up once per identity and again when a process renames itself:
// servers and supervisors set their titles some time after they were started.
import type { ProcessKey } from '../../core/identity.js';
import type { Agent, Person } from './agent.js';
import type { Scanned } from './scan.js';

/** Titles are compared at each look while a process is so young, then now and then. */
const YOUNG_MS = 2_000;
const TITLES_EVERY_MS = 1_000;

interface Resident {
  readonly person: Person;
  readonly title: string;
  readonly sinceMs: number;
}

export class Residents {
  readonly #known = new Map<ProcessKey, Resident>();
  #titlesMs = 0;

  /** Command line and uid; undefined for one that was gone before it could be asked. */
  of(key: ProcessKey): Person | undefined {
    return this.#known.get(key)?.person;
  }

  /** Brings the book up to date with a scan. */
  async update(agent: Agent, processes: readonly Scanned[], nowMs: number): Promise<void> {
    const here = new Set(processes.map((process) => process.key));
    for (const key of this.#known.keys()) if (!here.has(key)) this.#known.delete(key);
    const living = processes.filter((process) => !isDead(process));
    const all = nowMs - this.#titlesMs >= TITLES_EVERY_MS;
    if (all) this.#titlesMs = nowMs;
    const inQuestion = living.filter(({ key }) => all || nowMs - (this.#known.get(key)?.sinceMs ?? nowMs) < YOUNG_MS);
    const titles = await agent.titles(inQuestion.map(({ pid }) => pid));
    const toAsk = inQuestion.filter(({ key, pid }) => {
      const known = this.#known.get(key);
      const title = titles.get(pid);
      // An empty title is that of a process that is ending, or in the middle of an exec: what it was stays.
      return known === undefined || (title !== undefined && title !== '' && title !== known.title);
    });
    const people = await agent.who(toAsk.map(({ pid }) => pid));
    for (const { key, pid } of toAsk) {
      const person = people.get(pid);
      if (!person || (person.argv.length === 0 && this.#known.has(key))) continue;
      const sinceMs = this.#known.get(key)?.sinceMs ?? nowMs;
      this.#known.set(key, { person, title: titles.get(pid) ?? '', sinceMs });
    }
  }
}

export function isDead({ state }: Scanned): boolean {
  return state === 'Z' || state === 'X';
}
