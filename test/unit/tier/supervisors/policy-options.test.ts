// A promise names the option by which a supervisor gets a policy: hints and the matrix go by it.
import { expect, it } from 'vitest';
import { allPlugIns } from '../../../../harness/scenario/all-plug-ins.js';
import { keysAt } from '../../../../harness/scenario/issue.js';

const VALUES = ['300MiB', '5s'];
/** A watchdog needs a server that can say that it lives. */
const WITH: Readonly<Record<string, object>> = { systemd: { type: 'notify' } };

it.each(Object.values(allPlugIns.supervisors))('$name', (supervisor) => {
  const { name, options } = supervisor;
  const found = keysAt(options, []).flatMap((key) =>
    VALUES.flatMap((value) => {
      const parsed = options.safeParse({ ...WITH[name], [key]: value });
      return parsed.success
        ? supervisor.promise(parsed.data).policies.map((policy) => [policy.name, key] as const)
        : [];
    }),
  );
  expect(supervisor.promise(options.parse({})).policyOptions ?? {}).toEqual(Object.fromEntries(found));
});
