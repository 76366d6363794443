// What a fault needs and an environment lacks is told before anything boots, with the place in the file: exit 104.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadExplained } from '../../../harness/commands/load-explained.js';
import { allPlugIns } from '../../../harness/scenario/all-plug-ins.js';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'remuster-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const scenario = (fault: string, environment: string): string => `name: mine
nodes: 2
environments:
  production: ${environment}
load: { stages: [{ users: 5 }] }
rounds:
  - { fault: ${fault}, target: one }
`;

const SYSTEMD_PUMA = '{ supervisor: systemd, server: puma }';

it.each([
  ['phased', SYSTEMD_PUMA, 'environment production: puma has no phased restart here; it has kill-master, in-place'],
  ['phased', '{ supervisor: bluepill, server: unicorn }', 'unicorn has no phased restart here; it has kill-master, '],
  ['reload', SYSTEMD_PUMA, 'puma has no reload restart here'],
  [
    'policy-restart',
    '{ supervisor: { kind: pm2, maxMemoryRestart: 200MiB }, server: unicorn }',
    'what grows here are the workers of unicorn: it would never act',
  ],
  [
    'policy-restart',
    '{ supervisor: pm2, server: node }',
    'pm2 has no memory policy; give the supervisor maxMemoryRestart: 300MiB, or the fault an otherwise',
  ],
  ['policy-restart', SYSTEMD_PUMA, "systemd knows no memory policy; give the fault an otherwise: 'restart-command'"],
  [
    '{ kind: policy-restart, policy: watchdog }',
    '{ supervisor: { kind: systemd, type: notify, watchdog: 5s }, server: gunicorn }',
    'gunicorn never says that it lives: the watchdog of systemd restarts it for ever, whatever the fault does',
  ],
  ['supervisor-death', SYSTEMD_PUMA, 'the supervisor (systemd) is PID 1 of the node; killing it ends the node'],
  ["{ kind: exec, command: 'true', for: 3s }", SYSTEMD_PUMA, 'there is no undo'],
  ['{ kind: exec }', SYSTEMD_PUMA, 'rounds[0].fault.command'],
])('%s with %s', async (fault, environment, message) => {
  const file = join(folder, 'mine.yaml');
  writeFileSync(file, scenario(fault, environment));
  await expect(loadExplained(file, {}, { env: {}, cwd: folder }, allPlugIns)).rejects.toMatchObject({
    exitCode: 104,
    message: expect.stringContaining(message) as string,
  });
});

it('a cluster of puma has the phased restart, and its plan the path', async () => {
  const file = join(folder, 'mine.yaml');
  writeFileSync(file, scenario('phased', '{ supervisor: systemd, server: { kind: puma, workers: 2 } }'));
  const [planned] = await loadExplained(file, {}, { env: {}, cwd: folder }, allPlugIns);
  expect(planned?.plan.facts.paths).toContainEqual({
    name: 'phased',
    subject: 'workers',
    expects: 'replaced',
    signal: { name: 'USR1' },
  });
});
