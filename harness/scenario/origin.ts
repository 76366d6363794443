// Where a value came from. Carried along while a scenario is resolved, so that `plan --explain` can say it and an error
// can point at it. Precedence: flag > REMUSTER_* variable > scenario > remuster.config > default (DESIGN 11).
import { pathText, type KeyPath } from './issue.js';

export type Origin =
  | { readonly from: 'flag' | 'variable'; readonly name: string }
  | { readonly from: 'scenario' | 'config'; readonly path: KeyPath }
  | { readonly from: 'load-file'; readonly file: string; readonly path: KeyPath }
  | { readonly from: 'default'; readonly of: string }
  | { readonly from: 'derived'; readonly how: string };

export interface Found<T> {
  readonly value: T;
  readonly origin: Origin;
}

export function inScenario<T>(value: T, path: KeyPath): Found<T> {
  return { value, origin: { from: 'scenario', path } };
}

export function byDefault<T>(value: T, of = 'remuster'): Found<T> {
  return { value, origin: { from: 'default', of } };
}

/** The first that has a value, else the default. */
export function firstOf<T>(fallback: T, ...candidates: readonly (Found<T | undefined> | undefined)[]): Found<T> {
  for (const candidate of candidates) {
    if (candidate?.value !== undefined) return { value: candidate.value, origin: candidate.origin };
  }
  return byDefault(fallback);
}

export function originText(origin: Origin): string {
  switch (origin.from) {
    case 'flag':
      return `flag ${origin.name}`;
    case 'variable':
      return `variable ${origin.name}`;
    case 'scenario':
      return `scenario: ${pathText(origin.path)}`;
    case 'config':
      return `remuster.config: ${pathText(origin.path)}`;
    case 'load-file':
      return `flag --load ${origin.file}: ${pathText(origin.path)}`;
    case 'default':
      return `default of ${origin.of}`;
    case 'derived':
      return `derived: ${origin.how}`;
  }
}
