// From journal events to the few sentences that matter while a run goes on. Keeps per node what was last said, so that
// a thousand events become a dozen lines; board and plain lines tell the same story.
import { levelWords } from '../../plan/load-profile.js';
import type { LoadModel } from '../../plan/load-plan.js';
import type { PostWords } from '../../plan/post-words.js';
import type { ProcessKey } from '../../core/identity.js';
import type { CensusEvent, FaultEvent, JournalEvent, ProbeEvent } from '../../record/events.js';
import { clean, counted } from '../text.js';

export interface Sentence {
  /** Journal time: since the environment began to boot. */
  readonly atMs: number;
  readonly node: string | null;
  readonly text: string;
  readonly tone: 'plain' | 'fault' | 'bad' | 'good';
}

/** A node that fails a single probe is not gone; so many good ones in a row, and it is back. */
const BAD_STREAK = 2;
const GOOD_STREAK = 3;
/** An unreadable flood helps nobody: a node that flaps is told at most so often. */
const PROBE_QUIET_MS = 1_000;

interface NodeStory {
  /** Identities, not pids: a server that is replaced in place keeps its pid. */
  masters: readonly ProcessKey[];
  generation: number;
  supervisorWord?: string;
  backendUp?: boolean;
  answering?: boolean;
  badSinceMs?: number;
  probeToldMs: number;
}

export class Storyteller {
  readonly #nodes = new Map<string, NodeStory>();
  readonly #words: (post: string) => PostWords;
  readonly #balancer: string;
  readonly #load: LoadModel;

  constructor(names: {
    readonly words: (post: string) => PostWords;
    readonly balancer: string;
    readonly load: LoadModel;
  }) {
    this.#words = names.words;
    this.#balancer = names.balancer;
    this.#load = names.load;
  }

  /** 1 for the first master of a node that was seen, 2 after its first restart, ... */
  generationOf(node: string): number {
    return this.#nodes.get(node)?.generation ?? 0;
  }

  #story(node: string): NodeStory {
    let story = this.#nodes.get(node);
    if (story === undefined) {
      story = { masters: [], generation: 0, probeToldMs: Number.NEGATIVE_INFINITY };
      this.#nodes.set(node, story);
    }
    return story;
  }

  /** What there is to say about an event: usually nothing. */
  tell(event: JournalEvent): Sentence | undefined {
    const say = (text: string, tone: Sentence['tone'] = 'plain', node: string | null = null): Sentence => ({
      atMs: event.atMs,
      node,
      text: clean(text),
      tone,
    });
    switch (event.kind) {
      case 'phase':
        return event.state === 'started' ? say(`phase: ${event.phase}`) : undefined;
      case 'smoke':
        return say(
          `smoke check ${event.ok ? 'green' : 'red'}: ${event.evidence}`,
          event.ok ? 'good' : 'bad',
          event.node,
        );
      case 'census':
        return this.#census(event);
      case 'supervisor': {
        const story = this.#story(event.node);
        if (story.supervisorWord === event.word) return undefined;
        story.supervisorWord = event.word;
        const tone = event.state === 'failed' || event.state === 'unreachable' ? 'bad' : 'plain';
        return say(`${this.#words(event.node).supervisor} says ${event.word}`, tone, event.node);
      }
      case 'supervisor-said':
        return supervisorSaid(event.means?.action)
          ? say(
              `${this.#words(event.node).supervisor}: "${event.line}"`,
              event.means?.action === 'restart-by-policy' ? 'fault' : 'bad',
              event.node,
            )
          : undefined;
      case 'probe':
        return this.#probe(event);
      case 'backend': {
        const story = this.#story(event.node);
        if (story.backendUp === event.up) return undefined;
        story.backendUp = event.up;
        const reason = event.reason === undefined ? '' : ` (${event.reason})`;
        return say(`${this.#balancer}: ${event.word}${reason}`, event.up ? 'good' : 'bad', event.node);
      }
      case 'load':
        return loadSentence(event, this.#load, say);
      case 'sentinel':
        return event.state === 'failing'
          ? say(`nobody gets in any more (${event.evidence})`, 'bad')
          : say(`users get in again (${event.evidence})`, 'good');
      case 'read-back':
        if (!event.ok) return say(`what was written cannot be read again (${event.evidence})`, 'bad', event.node);
        return event.twice.length === 0 || event.after === 'restart'
          ? undefined
          : say(`has ${event.twice.length} of its writes more than once`, 'plain', event.node);
      case 'round':
        return say(
          `round ${event.round} step ${event.step + 1} ${event.state}${event.evidence === undefined ? '' : `: ${event.evidence}`}`,
          event.state === 'skipped' ? 'bad' : 'plain',
        );
      case 'steady':
        return event.ok ? undefined : say(`not steady before round ${event.round}: ${event.evidence}`, 'bad');
      case 'fault':
        return say(faultText(event), faultTone(event), event.node);
      case 'blind': {
        const word = event.state === 'lost' ? 'lost sight' : 'sees again';
        return say(
          `${event.who} ${word}: ${event.evidence}`,
          event.state === 'lost' ? 'bad' : 'plain',
          event.node ?? null,
        );
      }
      case 'cut':
        return say(`cut short, ${event.reason}: ${event.evidence}`, 'bad');
      case 'header':
      case 'service':
      case 'declared':
      case 'traffic':
      case 'load-frame':
      case 'written':
      case 'sample':
      case 'stock':
      case 'self':
      case 'lateness':
      case 'balancer-books':
      case 'end':
        return undefined;
    }
  }

  /** A new master is a restart, whoever caused it; no master at all is worth a line too. */
  #census(event: CensusEvent): Sentence | undefined {
    const story = this.#story(event.node);
    const masters = event.processes.filter((process) => process.role === 'master' && !process.zombie);
    const fresh = masters.filter((process) => !story.masters.includes(process.key)).map((process) => process.pid);
    const gone = story.masters.length > 0 && masters.length === 0;
    story.masters = masters.map((process) => process.key);
    const { works, idle } = this.#words(event.node);
    if (fresh.length > 0) {
      const first = story.generation === 0;
      story.generation += 1;
      const who = `pid ${fresh.join(', ')}`;
      const extra = masters.length > 1 ? `; ${counted(masters.length, 'master')} now` : '';
      const text = first ? `server ${who} ${works}` : `new server ${who} ${works}${extra}`;
      return { atMs: event.atMs, node: event.node, text, tone: first ? 'plain' : 'good' };
    }
    return gone ? { atMs: event.atMs, node: event.node, text: `${idle} any more`, tone: 'bad' } : undefined;
  }

  #probe(event: ProbeEvent): Sentence | undefined {
    const story = this.#story(event.node);
    const say = (atMs: number, text: string, tone: Sentence['tone']): Sentence | undefined => {
      story.answering = tone === 'good';
      if (event.atMs - story.probeToldMs < PROBE_QUIET_MS) return undefined;
      story.probeToldMs = event.atMs;
      return { atMs, node: event.node, text, tone };
    };
    if (event.outcome === 'ok') {
      delete story.badSinceMs;
      if (story.answering === true || event.streak < GOOD_STREAK) return undefined;
      return say(event.atMs, story.answering === undefined ? 'answers' : 'answers again', 'good');
    }
    story.badSinceMs ??= event.atMs;
    if (story.answering !== true || event.streak < BAD_STREAK) return undefined;
    const status = event.status === undefined ? '' : ` ${event.status}`;
    return say(story.badSinceMs, `does not answer (direct probe: ${event.outcome}${status})`, 'bad');
  }
}

function supervisorSaid(action: string | undefined): boolean {
  return (
    action === 'restart-by-policy' || action === 'gave-up' || action === 'configuration' || action === 'noticed-exit'
  );
}

function loadSentence(
  event: Extract<JournalEvent, { kind: 'load' }>,
  model: LoadModel,
  say: (text: string, tone?: Sentence['tone']) => Sentence,
): Sentence {
  const level = event.level === undefined ? '' : `: ${levelWords(model, event.level)}`;
  switch (event.state) {
    case 'started':
      return say(`load starts${level}`);
    case 'stage':
      return say(`load stage ${(event.stage ?? 0) + 1}${level}`);
    case 'stopped':
      return say('load stops');
    case 'died':
      return say(`the load generator died: ${event.evidence ?? 'no last words'}`, 'bad');
  }
}

function faultText(event: FaultEvent): string {
  switch (event.state) {
    case 'sent':
      return `fault ${event.fault} sent (round ${event.round})`;
    case 'again':
      return `fault ${event.fault}: ${event.evidence}`;
    case 'landed':
      return `fault ${event.fault} landed: ${event.evidence}`;
    case 'missed':
      return `fault ${event.fault} MISSED: ${event.evidence}`;
    case 'healed':
      return `fault ${event.fault} healed`;
    case 'heal-failed':
      return `fault ${event.fault} could not be undone: ${event.evidence}`;
  }
}

function faultTone(event: FaultEvent): Sentence['tone'] {
  return event.state === 'missed' || event.state === 'heal-failed' ? 'bad' : 'fault';
}
