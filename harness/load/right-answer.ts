// Whether an answer is the one that was asked for: held against what the request says of a right one. Pure; used by every
// engine that reads the answers itself.
import type { RightAnswer } from '../plan/load-plan.js';
import type { FailureKind } from '../record/events.js';
import { kindOfStatus } from './kinds.js';

/** So much of a body is kept, bytes; what is looked for must be within it. */
export const BODY_LIMIT_BYTES = 1_048_576;

export interface ReadAnswer {
  readonly status: number;
  /** Names and values in turn, as they came. */
  readonly headers: readonly string[];
  /** undefined: it was not kept. */
  readonly body?: string | undefined;
}

/** True when the body has to be kept for it. */
export function readsBody(right: RightAnswer | undefined): boolean {
  return right?.bodyContains !== undefined || right?.json !== undefined;
}

/** undefined: it is right. A status below 400 is, where nothing else is said of it. */
export function wrongWith(right: RightAnswer | undefined, answer: ReadAnswer): FailureKind | undefined {
  const byStatus = kindOfStatus(answer.status);
  if (!right) return byStatus;
  return isRight(right, answer) ? undefined : (byStatus ?? 'wrong-answer');
}

function isRight({ status, headers, bodyContains, json }: RightAnswer, answer: ReadAnswer): boolean {
  const { body = '' } = answer;
  return (
    (status ? status.includes(answer.status) : kindOfStatus(answer.status) === undefined) &&
    (headers === undefined || hasHeaders(headers, answer.headers)) &&
    (bodyContains === undefined || body.includes(bodyContains)) &&
    (json === undefined || hasValues(json, body))
  );
}

function hasHeaders(wanted: NonNullable<RightAnswer['headers']>, came: readonly string[]): boolean {
  return Object.entries(wanted).every(([name, text]) => valueOf(came, name)?.includes(text));
}

/** Of several of one name the values are a list (RFC 9110, 5.3). */
function valueOf(headers: readonly string[], name: string): string | undefined {
  const values = headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name);
  return values.length === 0 ? undefined : values.join(', ');
}

function hasValues(wanted: NonNullable<RightAnswer['json']>, body: string): boolean {
  let root: unknown;
  try {
    root = JSON.parse(body);
  } catch {
    return false;
  }
  return Object.entries(wanted).every(([keys, value]) => valueAt(root, keys.split('.')) === value);
}

function valueAt(root: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string, unknown>>)[key]
        : undefined,
    root,
  );
}
