// Posts: what is watched by itself and gets receipts of its own. A node is one, by the service that the balancer reaches
// (`web-1`); each further service of it is another (`web-1/puma`). Pure; from the conductor to the report all go by their names.
import type { FurtherService } from './node-spec.js';
import type { Plan, RoundStep } from './plan.js';

export interface Post {
  /** 'web-1', 'web-1/puma'. */
  readonly name: string;
  readonly node: string;
  /** Absent: the one that the balancer reaches. */
  readonly service?: FurtherService;
}

export function postName(node: string, service: string | undefined): string {
  return service === undefined ? node : `${node}/${service}`;
}

/** The steps of a round on nodes as steps on that service of them. */
export function stepsAt(steps: readonly RoundStep[], service: string | undefined): readonly RoundStep[] {
  return steps.map((step) => step.map((node) => postName(node, service)));
}

/** Is it asked on a port, by whoever wants to know whether it answers? */
export function isProbed({ service }: Pick<Post, 'service'>): boolean {
  return (service?.listens.kind ?? 'port') === 'port';
}

/** 'web-1/puma' -> 'web-1'; names of nodes have no slash. */
export function nodeOf(post: string): string {
  return post.split('/', 1)[0] ?? post;
}

/** 'web-1/puma' -> 'puma', 'web-1' -> undefined. */
export function serviceOf(post: string): string | undefined {
  return post.includes('/') ? post.slice(post.indexOf('/') + 1) : undefined;
}

export function furtherServices({ environment }: Pick<Plan, 'environment'>): readonly FurtherService[] {
  return environment.node.own?.services ?? [];
}

/** Each node, followed by its further services. */
export function postsOf(plan: Pick<Plan, 'environment' | 'nodes'>): readonly Post[] {
  const services = furtherServices(plan);
  return plan.nodes.flatMap((node): readonly Post[] => [
    { name: node, node },
    ...services.map((service) => ({ name: postName(node, service.name), node, service })),
  ]);
}

/** All posts of the nodes that these posts are on: what hits one may take others along. */
export function postsBeside(plan: Pick<Plan, 'environment' | 'nodes'>, posts: readonly string[]): readonly string[] {
  const nodes = new Set(posts.map(nodeOf));
  return postsOf(plan).flatMap(({ name, node }) => (nodes.has(node) ? [name] : []));
}

/** The plan as it reads at a post: with the supervisor and the server of that service, and what is known of them. */
export function planAt(plan: Plan, service: string | undefined): Plan {
  const found = furtherServices(plan).find(({ name }) => name === service);
  if (!found) return plan;
  const { environment, serviceFacts } = plan;
  const node = { ...environment.node, supervisor: found.supervisor, server: found.server };
  return { ...plan, environment: { ...environment, node }, facts: serviceFacts?.[found.name] ?? plan.facts };
}
