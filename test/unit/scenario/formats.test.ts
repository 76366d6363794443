// The same scenario in each format, inside and outside of a package, is the same plan.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadExplained } from '../../../harness/commands/load-explained.js';
import { planHash } from '../../../harness/plan/hash.js';
import { fakeMaps, written } from './fakes.js';

const folder = mkdtempSync(join(tmpdir(), 'remuster-formats-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function hashOf(name: string, text: string): Promise<string> {
  writeFileSync(join(folder, name), text);
  const [planned] = await loadExplained(name, {}, { env: {}, cwd: folder }, fakeMaps);
  return planHash(planned!.plan);
}

const yaml = `# a comment
name: small
nodes: 4
environments:
  only: &only
    supervisor: systemd
    server: { kind: unicorn }
load:
  stages: [{ users: 20, for: 5s }, { users: 60 }]
rounds:
  - fault: kill
    target: each
`;

test('TypeScript, JavaScript, YAML and JSON give the same plan', async () => {
  const json = JSON.stringify(written(), null, '\t');
  const hashes = [
    await hashOf('a.yaml', yaml),
    await hashOf('a.yml', yaml),
    await hashOf('a.json', json),
    await hashOf(
      'a.ts',
      `import { defineScenario } from 'remuster';\nconst unset: string | undefined = undefined;\nexport default defineScenario({ ...${json}, summary: unset } as never);\n`,
    ),
    await hashOf('a.mjs', `import { defineScenario } from 'remuster';\nexport default defineScenario(${json});\n`),
  ];
  expect(new Set(hashes).size).toBe(1);
});

test('another seed, or anything that reaches a process, is another plan', async () => {
  const hashes = [
    await hashOf('b.yaml', yaml),
    await hashOf('b.yaml', `${yaml}seed: 7\n`),
    await hashOf('b.yaml', yaml.replace('systemd', 'bluepill')),
    await hashOf('b.yaml', `${yaml}env: { RAILS_ENV: production }\n`),
  ];
  expect(new Set(hashes).size).toBe(4);
});

test('a scenario may be made of parts from other files', async () => {
  writeFileSync(join(folder, 'part.ts'), `export const nodes: number = 4;\n`);
  const rest = written({ nodes: undefined });
  const text = `import { nodes } from './part.js';\nexport default { ...${JSON.stringify(rest)}, nodes };\n`;
  expect(await hashOf('whole.ts', text)).toBe(await hashOf('a.yaml', yaml));
});

test('remuster.config gives defaults: the scenario wins over it, a flag over both', async () => {
  writeFileSync(join(folder, 'remuster.config.yaml'), 'seed: 11\nmaxTime: 3m\n');
  writeFileSync(join(folder, 'c.yaml'), `${yaml}maxTime: 4m\n`);
  const io = { env: { REMUSTER_SEED: '12' }, cwd: folder };
  const plain = await loadExplained('c.yaml', {}, { ...io, env: {} }, fakeMaps);
  const byVariable = await loadExplained('c.yaml', {}, io, fakeMaps);
  const byFlag = await loadExplained('c.yaml', { seed: 13 }, io, fakeMaps);
  rmSync(join(folder, 'remuster.config.yaml'));
  expect([plain, byVariable, byFlag].map(([planned]) => planned!.plan.seed)).toEqual([11, 12, 13]);
  expect(plain[0]!.plan.maxTimeMs).toBe(240_000);
  const sources = [plain, byVariable, byFlag].map(
    ([planned]) => planned!.origins.explain(planned!.plan).get('seed')?.source,
  );
  expect(sources).toEqual(['remuster.config: seed', 'variable REMUSTER_SEED', 'flag --seed']);
});
