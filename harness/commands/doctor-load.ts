// `remuster doctor --load`: measures what each engine generates honestly on this machine, prints it, and keeps it for the
// warnings of `plan` and `run`.
import { loadavg } from 'node:os';
import { stateFolder } from '../core/state-folder.js';
import { formatShare } from '../core/units.js';
import { calibrate, type Measured } from '../load/calibration/calibrate.js';
import { CALIBRATION_THINK_MS } from '../load/calibration/measure.js';
import {
  calibrationFile,
  storeCalibration,
  thisMachine,
  type Calibration,
  type Machine,
} from '../load/calibration/stored.js';
import { engines } from '../load/index.js';
import { levelWords } from '../plan/load-profile.js';
import { columnsWithin } from '../report/table.js';
import { packageVersion } from '../tier/images/package-root.js';
import { interruptible } from './interrupts.js';
import type { CommandIo } from './io.js';

const PIPE_COLUMNS = 100;
/** Beyond this part of the cores, what runs beside it is in the figures. */
const BUSY_PART = 0.5;

/** Throws `results-unwritable`, after it has printed what it measured, where that cannot be kept. */
export async function measureLoad(io: CommandIo, asJson: boolean): Promise<void> {
  const say = (line: string): void => void io.stderr.write(`${line}\n`);
  const machine = thisMachine(packageVersion());
  const [average = 0] = loadavg();
  const busy = average > machine.cores * BUSY_PART;
  const calibrated = await interruptible((signal) => calibrate(Object.values(engines), say, signal));
  const calibration: Calibration = {
    schemaVersion: 1,
    measuredAt: new Date().toISOString(),
    machine,
    ...(busy ? { busy: Math.round(average * 10) / 10 } : {}),
    ...calibrated,
  };
  const folder = stateFolder(io.env);
  if (asJson) io.stdout.write(`${JSON.stringify({ ...calibration, file: calibrationFile(folder) }, null, 2)}\n`);
  else io.stdout.write(tableOf(calibration, machine, io.stdout.columns ?? PIPE_COLUMNS));
  storeCalibration(folder, calibration);
  if (busy)
    say(
      `warning: the machine was busy with something else (load average ${average.toFixed(1)} on ${machine.cores} cores): these figures are too low, measure again when it is not`,
    );
  if (!asJson) io.stdout.write(`kept in ${calibrationFile(folder)}; plan and run warn above half of it\n`);
}

function tableOf({ measured, notMeasured }: Calibration, { cores, cpuModel }: Machine, width: number): string {
  const rows = [
    ['engine', 'honest up to', '', 'late (p99)', 'of a core', 'limit'],
    ...measured.map((each) => [
      each.engine,
      manner(each),
      `${each.requestsPerSecond} requests/s`,
      `${Math.round(each.lateP99Ms)} ms`,
      formatShare(each.cpuShare),
      limitWords(each),
    ]),
    ...notMeasured.map(({ engine, why }) => [engine, 'not measured', '', '', '', why]),
  ];
  return `${[`what ${cores} x ${cpuModel} generate honestly (users think ${CALIBRATION_THINK_MS} ms)`, ...columnsWithin(rows, width, 2)].join('\n')}\n`;
}

function manner({ model, level }: Measured): string {
  if (level === 0) return 'nothing';
  return model === 'open' ? 'a rate' : levelWords('closed', level);
}

function limitWords({ model, limit }: Measured): string {
  if (!limit) return 'none found';
  return `${limit.broke.join(', ')} at ${levelWords(model, limit.level)}`;
}
