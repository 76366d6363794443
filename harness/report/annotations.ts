// What a pipeline shows beside the lines of the scenario file: workflow commands of GitHub Actions, one for each environment
// that did not end as expected (docs.github.com, "Workflow commands": ::error file={name},line={line},title={title}::{message}).
import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { EnvironmentResult, RunResult } from '../verdict/model.js';
import type { Environ } from './colors.js';
import { summaryWords } from './facts.js';
import { clean } from './text.js';

/** Lines for standard error, which the runner reads as well; '' outside GitHub Actions, and when there is nothing to say. */
export function annotations(result: RunResult, cwd: string, env: Environ): string {
  if (env['GITHUB_ACTIONS'] !== 'true') return '';
  const path = resolve(cwd, result.file);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // Names of files count from the repository's root, wherever the step works.
  const file = relative(env['GITHUB_WORKSPACE'] ?? cwd, path);
  const unexpected = result.environments.filter(({ asExpected, verdict }) => !asExpected || verdict === 'inconclusive');
  return unexpected.map((environment) => `${annotation(environment, file, lineOf(text, environment.name))}\n`).join('');
}

function annotation(environment: EnvironmentResult, file: string, line: number | undefined): string {
  const { name, verdict } = environment;
  const properties = {
    file,
    ...(line === undefined ? {} : { line: String(line) }),
    title: `${name}: ${verdict}`,
  };
  const said = Object.entries(properties).map(([key, value]) => `${key}=${property(value)}`);
  const level = verdict === 'inconclusive' ? 'warning' : 'error';
  return `::${level} ${said.join(',')}::${data(summaryWords(environment))}`;
}

/** The line of a YAML, JSON or TypeScript file in which the environment begins; undefined: it is made elsewhere. */
function lineOf(text: string, environment: string): number | undefined {
  const lines = text.split('\n');
  const from = Math.max(
    0,
    lines.findIndex((line) => /^\W*environments\W/.test(line)),
  );
  const at = lines.findIndex((line, index) => index >= from && keyOf(line) === environment);
  return at < 0 ? undefined : at + 1;
}

function keyOf(line: string): string | undefined {
  const [, double, single, bare] = /^\s*(?:"([^"]+)"|'([^']+)'|([\w.-]+))\s*:/.exec(line) ?? [];
  return double ?? single ?? bare;
}

/** Escapes as the runner undoes them. */
function data(text: string): string {
  return clean(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
