// A promise names the options by which a supervisor gets a policy: hints and the matrix go by them.
import { expect, it } from 'vitest';
import { allPlugIns } from '../../../../harness/scenario/all-plug-ins.js';
import { keysAt } from '../../../../harness/scenario/issue.js';

const VALUES = ['300MiB', '5s'];

it.each(Object.values(allPlugIns.supervisors))('$name', (supervisor) => {
  const { options } = supervisor;
  const named = Object.entries(supervisor.promise(options.parse({})).policyOptions ?? {});
  const policiesWith = (given: object): readonly string[] => {
    const parsed = options.safeParse(given);
    return parsed.success ? supervisor.promise(parsed.data).policies.map(({ name }) => name) : [];
  };
  for (const [policy, given] of named) expect(policiesWith(given ?? {})).toEqual([policy]);
  // And no option gives a policy that is not named.
  const others = Object.assign({}, ...named.map(([, given]) => given)) as object;
  const found = keysAt(options, []).flatMap((key) =>
    VALUES.flatMap((value) => policiesWith({ ...others, [key]: value })),
  );
  expect([...new Set(found)].sort()).toEqual(named.map(([policy]) => policy).sort());
});
