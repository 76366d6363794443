// The labels that everything of remuster's carries (DESIGN 8), and names made of run, environment and node.
// The runtime writes them, the sweep and `clean` find things by them.
import { formatOwner, ownOwner } from './owner.js';

export const LABEL = {
  run: 'dev.remuster.run',
  kind: 'dev.remuster.kind',
  owner: 'dev.remuster.owner',
  environment: 'dev.remuster.environment',
  node: 'dev.remuster.node',
} as const;

export type LabelKind = 'run' | 'kept' | 'up';

export function labelsOf(runId: string, environment: string, kind: LabelKind): Readonly<Record<string, string>> {
  return {
    [LABEL.run]: runId,
    [LABEL.kind]: kind,
    [LABEL.owner]: formatOwner(ownOwner()),
    [LABEL.environment]: environment,
  };
}

/** An unknown kind is a later remuster's: treat it as something that was kept on purpose. */
export function labelKindOf(labels: Readonly<Record<string, string>>): LabelKind {
  const kind = labels[LABEL.kind];
  return kind === 'run' || kind === 'up' ? kind : 'kept';
}

/** A name that engines accept: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`. */
export function engineName(...parts: readonly string[]): string {
  return ['remuster', ...parts].map((part) => part.replaceAll(/[^a-zA-Z0-9_.-]+/g, '-')).join('-');
}
