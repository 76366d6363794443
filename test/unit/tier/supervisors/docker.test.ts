// The container engine as a supervisor: its promise, its words, what it is told, and what cannot be done to it.
import { describe, expect, it } from 'vitest';
import * as supervisors from '../../../../harness/tier/supervisors/index.js';
import { statusFrom } from '../../../../harness/tier/supervisors/docker.js';
import type { ContainerState } from '../../../../harness/tier/runtime/runtime.js';
import type { Service } from '../../../../harness/tier/service.js';

const { docker } = supervisors;

const service: Service = {
  name: 'web',
  argv: ['/usr/bin/puma', '-p', '8080'],
  env: { RACK_ENV: 'production' },
  cwd: '/opt/shop',
  user: 'www-data',
  port: 8080,
  healthPath: '/health',
  daemonizes: false,
  cannotDaemonize: true,
  stop: { signal: 'TERM', graceMs: 10_000 },
  openFiles: 512,
  files: [],
  runningTitle: null,
};

const state = (word: ContainerState['word'], more: Partial<ContainerState> = {}): ContainerState => ({
  word,
  exitCode: 0,
  restarts: 0,
  startedAt: '',
  error: '',
  ...more,
});

describe('docker', () => {
  it('runs the service itself, with its user, directory, limits and policy', () => {
    const recipe = docker.recipe(service, docker.options.parse({ restart: 'on-failure', maximumRetryCount: 3 }));
    expect(recipe).toEqual({
      container: {
        command: service.argv,
        env: service.env,
        systemd: false,
        init: true,
        user: 'www-data',
        cwd: '/opt/shop',
        openFiles: 512,
        stopSignal: 'TERM',
        restartPolicy: { name: 'on-failure', maximumRetryCount: 3 },
      },
      files: [],
      start: [],
    });
  });

  it('promises what its policy says', () => {
    const promised = (given: object) => docker.promise(docker.options.parse(given));
    expect(promised({}).restartsAfter).toContain('clean-exit');
    expect(promised({})).not.toHaveProperty('budget');
    expect(promised({ restart: 'on-failure' }).restartsAfter).not.toContain('clean-exit');
    expect(promised({ restart: 'on-failure', maximumRetryCount: 2 }).budget?.restarts).toBe(2);
    expect(promised({ restart: 'no' }).restartsAfter).toEqual([]);
    expect(promised({ init: false }).serverIsPid1).toBe(true);
  });

  it('takes a count of retries only where the engine would', () => {
    expect(docker.options.safeParse({ restart: 'always', maximumRetryCount: 3 }).success).toBe(false);
    expect(docker.options.safeParse({ restart: 'on-failure', maximumRetryCount: 0 }).success).toBe(false);
  });

  it('says running of what runs, and tracks nothing that has ended', () => {
    expect(statusFrom(state('running', { restarts: 2 }), 7)).toMatchObject({
      state: 'running',
      word: 'running',
      trackedPid: 7,
      restarts: 2,
    });
    expect(statusFrom(state('restarting', { exitCode: 137 }), 7)).toMatchObject({
      state: 'starting',
      trackedPid: null,
    });
    expect(statusFrom(state('exited'), 7)).toMatchObject({ state: 'stopped', trackedPid: null });
    expect(statusFrom(state('exited', { exitCode: 1 }), null)).toMatchObject({ state: 'failed', word: 'exited (1)' });
  });
});
