// Takes secrets out of a plan before it is stored or printed: values of variables and of headers that carry credentials
// become keyed hashes (equal or different can still be told), as in the rest of the journal (DESIGN 8). Pure.
import { createHmac } from 'node:crypto';
import type { NodeSpec } from './node-spec.js';
import type { Plan } from './plan.js';

const SECRET_HEADER = /^(authorization|proxy-authorization|cookie|x-.*(key|token|secret|auth).*)$/i;

export function redactPlan(plan: Plan, key: string): Plan {
  const hash = (value: string): string =>
    value.startsWith('hash:') ? value : `hash:${createHmac('sha256', key).update(value).digest('hex').slice(0, 16)}`;
  const values = (record: Readonly<Record<string, string>>, secret: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, secret(name) ? hash(value) : value]));
  const node = (spec: NodeSpec): NodeSpec => ({ ...spec, env: values(spec.env, () => true) });
  const over = plan.environment.deployedOver;
  return {
    ...plan,
    environment: {
      ...plan.environment,
      node: node(plan.environment.node),
      ...(over ? { deployedOver: { ...over, from: node(over.from) } } : {}),
    },
    load: {
      ...plan.load,
      requests: plan.load.requests.map((request) => ({
        ...request,
        headers: values(request.headers, (name) => SECRET_HEADER.test(name)),
      })),
    },
  };
}
