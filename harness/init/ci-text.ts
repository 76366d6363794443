// The CI job that `remuster init` writes; the same as docs/ci/, which a test compares.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../tier/images/package-root.js';

export const CI_FILES = {
  github: { from: 'docs/ci/github-actions.yml', to: '.github/workflows/restart-safety.yml' },
  gitlab: { from: 'docs/ci/gitlab-ci.yml', to: 'restart-safety.gitlab-ci.yml' },
} as const;
export type CiKind = keyof typeof CI_FILES;

/** The job, with the scenario's file in it. */
export function ciText(kind: CiKind, scenario: string): string {
  return readFileSync(join(packageRoot(), CI_FILES[kind].from), 'utf8').replaceAll('remuster.yaml', scenario);
}
