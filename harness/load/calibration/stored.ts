// The calibration of this machine in remuster's state folder: written by `doctor --load`, read before a plan is shown or
// run. What cannot be read, or is of another machine, is never used, and always said.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError, messageOf } from '../../core/errors.js';
import type { Calibrated } from './calibrate.js';

const measured = z.object({
  engine: z.string(),
  model: z.enum(['closed', 'open']),
  level: z.number().nonnegative(),
  requestsPerSecond: z.number().nonnegative(),
  lateP99Ms: z.number().nonnegative(),
  cpuShare: z.number().nonnegative(),
  limit: z
    .object({
      level: z.number().positive(),
      broke: z.array(z.enum(['books', 'lateness', 'cpu', 'unsent', 'failed', 'pace', 'died'])).readonly(),
      words: z.string(),
    })
    .nullable(),
});

const calibration = z.object({
  schemaVersion: z.literal(1),
  /** ISO 8601. */
  measuredAt: z.iso.datetime(),
  machine: z.object({ cores: z.number(), cpuModel: z.string(), node: z.string(), remuster: z.string() }),
  /** The machine's load average before it began, where that was too much: the figures are then too low. */
  busy: z.number().optional(),
  measured: z.array(measured).readonly(),
  notMeasured: z.array(z.object({ engine: z.string(), why: z.string() })).readonly(),
}) satisfies z.ZodType<Calibrated>;

export type Calibration = z.infer<typeof calibration>;
export type Machine = Calibration['machine'];

export type StoredCalibration =
  | { readonly state: 'none' }
  | { readonly state: 'unusable'; readonly why: string }
  | { readonly state: 'usable'; readonly calibration: Calibration };

const FILE = 'calibration.json';

export function thisMachine(remusterVersion: string): Machine {
  const cores = cpus();
  return {
    cores: cores.length,
    cpuModel: cores[0]?.model.trim() ?? 'unknown',
    node: process.versions.node,
    remuster: remusterVersion,
  };
}

export function calibrationFile(folder: string): string {
  return join(folder, FILE);
}

/** Throws `results-unwritable` with the file's name. */
export function storeCalibration(folder: string, value: Calibration): void {
  const file = calibrationFile(folder);
  const fresh = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    // Renamed into its place: whoever reads meanwhile sees the old one or the new one, never half of it.
    writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`);
    renameSync(fresh, file);
  } catch (error) {
    throw new HarnessError('results-unwritable', `the calibration cannot be written: ${messageOf(error)}`, {
      hint: 'XDG_STATE_HOME names another folder for it',
    });
  }
}

export function readCalibration(folder: string, here: Pick<Machine, 'cores' | 'cpuModel'>): StoredCalibration {
  const file = calibrationFile(folder);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'none' };
    return { state: 'unusable', why: `${file} cannot be read: ${messageOf(error)}` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { state: 'unusable', why: `${file} is damaged: it is not JSON` };
  }
  const parsed = calibration.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { state: 'unusable', why: `${file} is damaged: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
  }
  const { machine } = parsed.data;
  if (machine.cores !== here.cores || machine.cpuModel !== here.cpuModel) {
    const [there, now] = [machine, here].map(({ cores, cpuModel }) => `${cores} x ${cpuModel}`);
    return { state: 'unusable', why: `${file} is of another machine (${there ?? ''}; here ${now ?? ''})` };
  }
  return { state: 'usable', calibration: parsed.data };
}
