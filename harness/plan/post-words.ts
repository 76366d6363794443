// How people are told of who works at a post: what looks after it, what it is called, what it means that it is there. Pure.
import type { Plan } from './plan.js';
import { planAt, postsOf } from './posts.js';

export interface PostWords {
  /** 'runit' */
  readonly supervisor: string;
  /** 'puma' */
  readonly server: string;
  /** Of one that is there: 'owns the port'. */
  readonly works: string;
  /** Of nobody: 'nobody owns the port'. */
  readonly idle: string;
}

export const OWNS_PORT = { works: 'owns the port', idle: 'nobody owns the port' } as const;
const OF_LISTENER = {
  port: OWNS_PORT,
  loopback: OWNS_PORT,
  socket: { works: 'owns the socket', idle: 'nobody owns the socket' },
  nowhere: { works: 'runs', idle: 'no process of it runs' },
} as const;

/** By the name of the post; a name that is none has the words of a node. */
export function postWords(plan: Plan): (post: string) => PostWords {
  const wordsOf = (service?: ReturnType<typeof postsOf>[number]['service']): PostWords => {
    const { supervisor, server } = planAt(plan, service?.name).environment.node;
    return {
      supervisor: supervisor.kind,
      server: service?.name ?? server.kind,
      ...OF_LISTENER[service?.listens.kind ?? 'port'],
    };
  };
  const main = wordsOf();
  const words = new Map(postsOf(plan).map(({ name, service }) => [name, service ? wordsOf(service) : main]));
  return (post) => words.get(post) ?? main;
}
