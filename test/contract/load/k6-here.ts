// The k6 of this machine, and why its tests are skipped where there is none.
import { findK6 } from '../../../harness/load/k6/find.js';
import { messageOf } from '../../../harness/core/errors.js';

const found = await findK6(process.env, new AbortController().signal).catch((error: unknown) => messageOf(error));

export const k6Path: string | undefined = typeof found === 'string' ? undefined : found.path;
/** For the title of a test; empty where k6 was found. */
export const whyNoK6: string = typeof found === 'string' ? ` (skipped: ${found})` : '';
