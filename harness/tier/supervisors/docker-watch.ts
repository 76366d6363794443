// The watch of the supervisor `docker`: the engine's events about one container, each followed by a look at its state.
import type { Observe, SupervisorAction } from '../../record/events.js';
import type { Node, SupervisorStatus } from '../plugins.js';
import type { ContainerChange } from '../runtime/runtime.js';

/** The engine tells of an end a moment before it has settled what to do about it. */
const LOOK_AGAIN_AFTER_MS = 250;

export interface EngineView {
  /** What the engine says now. */
  look(): Promise<SupervisorStatus>;
  /** Does this mean that its policy has used up what it was given? */
  isGivenUp(status: SupervisorStatus): boolean;
}

export function meaningOf(line: string): SupervisorAction | undefined {
  if (/^container (?:ended|out of memory)/.test(line)) return { action: 'noticed-exit', detail: line };
  if (/^container started/.test(line)) return { action: 'start', detail: line };
  if (/^container stays down/.test(line)) return { action: 'gave-up', detail: line };
  return undefined;
}

export async function watchEngine(
  node: Node,
  view: EngineView,
  observe: Observe,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const watch = new Watch(node, view, observe);
  const unfollow = await node.container.follow((change) => watch.take(change));
  const stop = (): void => {
    unfollow();
    watch.stop();
  };
  signal.addEventListener('abort', stop, { once: true });
  watch.lookSoon(0);
  return async () => {
    signal.removeEventListener('abort', stop);
    stop();
    await watch.idle();
  };
}

class Watch {
  readonly #node: Node;
  readonly #view: EngineView;
  readonly #observe: Observe;
  #last: SupervisorStatus | undefined;
  /** One look at a time: answers must not overtake one another. */
  #looking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isDown = false;
  /** Ends and starts so far. */
  #changes = 0;
  #isStopped = false;

  constructor(node: Node, view: EngineView, observe: Observe) {
    this.#node = node;
    this.#view = view;
    this.#observe = observe;
  }

  take(change: ContainerChange): void {
    this.#say(lineOf(change), change.atMs);
    if (change.kind === 'out-of-memory') return;
    this.#isDown = change.kind === 'ended';
    this.#changes += 1;
    // What becomes of it is told by the look; that it was down must be told even if it is up again by then.
    if (change.kind === 'ended') this.#tell(endedStatus(change.exitCode, this.#last), change.atMs);
    this.lookSoon(0);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  idle(): Promise<void> {
    return this.#looking;
  }

  lookSoon(afterMs: number): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, afterMs);
  }

  async #look(): Promise<void> {
    const changes = this.#changes;
    let now: SupervisorStatus;
    try {
      now = await this.#view.look();
    } catch {
      // A container that is being removed, or an engine that is away: asked again, and silence is its own evidence.
      this.lookSoon(LOOK_AGAIN_AFTER_MS);
      return;
    }
    // An answer from before the latest change is out of date; the next look is on its way.
    if (this.#isStopped || changes !== this.#changes) return;
    // It waited for its restart and was up again before it could be asked: its counter says so.
    if (now.state === 'running' && (now.restarts ?? 0) > (this.#last?.restarts ?? 0) && this.#last?.word === 'ended')
      this.#tell({ ...now, state: 'starting', word: 'restarting', trackedPid: null });
    this.#tell(now);
    const mayKnowMore = now.trackedPid === null && this.#node.unseen === undefined;
    if (now.state === 'running' && (this.#isDown || mayKnowMore)) this.lookSoon(LOOK_AGAIN_AFTER_MS);
  }

  #tell(status: SupervisorStatus, atMs?: number): void {
    const last = this.#last;
    if (last?.word === status.word && last.trackedPid === status.trackedPid && last.restarts === status.restarts)
      return;
    this.#last = status;
    this.#observe({
      kind: 'supervisor',
      ...(atMs === undefined ? {} : { atMs }),
      node: this.#node.name,
      ...status,
    });
    if (this.#isDown && this.#view.isGivenUp(status)) this.#say(`container stays down: ${status.raw}`);
  }

  #say(line: string, atMs?: number): void {
    const means = meaningOf(line);
    this.#observe({
      kind: 'supervisor-said',
      ...(atMs === undefined ? {} : { atMs }),
      node: this.#node.name,
      line,
      ...(means ? { means } : {}),
    });
  }
}

/** The moment of the end; the engine has not yet said whether it will start it again. */
function endedStatus(exitCode: number, last: SupervisorStatus | undefined): SupervisorStatus {
  const restarts = last?.restarts === undefined ? {} : { restarts: last.restarts };
  return { state: 'stopped', word: 'ended', trackedPid: null, ...restarts, raw: `ended, exit code ${exitCode}` };
}

function lineOf(change: ContainerChange): string {
  switch (change.kind) {
    case 'ended':
      return `container ended, exit code ${change.exitCode}`;
    case 'out-of-memory':
      return 'container out of memory';
    case 'started':
      return 'container started';
  }
}
