// The name of a request: its own, else method and path. Under it limits are written and figures are reported.
import type { Scenario } from './schema.js';

type Request = NonNullable<Scenario['load']['requests']>[number];

export function requestName({ name, method = 'GET', path }: Pick<Request, 'name' | 'method' | 'path'>): string {
  return name ?? `${method} ${path}`;
}
