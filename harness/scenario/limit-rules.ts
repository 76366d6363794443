// What must fit together in the limits of a scenario: whoever limits a request must name one that the load has.
import { shown, type Issue, type KeyPath } from './issue.js';
import { requestName } from './request-name.js';
import type { Rule } from './rule.js';
import type { Scenario } from './schema.js';

export const limitedRequestsExist: Rule = ({ parts }) => {
  const { load } = parts;
  if (!load) return [];
  const known = [...new Set((load.requests ?? [{ path: '/' }]).map(requestName))];
  const unknownIn = (limits: Scenario['limits'], path: KeyPath): readonly Issue[] =>
    Object.keys(limits?.requests ?? {}).flatMap((found) =>
      known.includes(found)
        ? []
        : [
            {
              path: [...path, 'requests', found],
              message: `${shown(found)} is not the name of a request of this load`,
              found,
              known,
            },
          ],
    );
  return [
    ...unknownIn(parts.limits, ['limits']),
    ...Object.entries(parts.environments).flatMap(([name, { limits }]) =>
      unknownIn(limits, ['environments', name, 'limits']),
    ),
  ];
};
