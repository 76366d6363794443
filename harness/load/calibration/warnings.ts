// Does a plan ask for more load than this machine generates honestly? Words of warning, never a failure. Pure.
import { peakDemand } from '../../plan/demand.js';
import { levelWords } from '../../plan/load-profile.js';
import type { LoadPlan } from '../../plan/load-plan.js';
import type { Calibration, StoredCalibration } from './stored.js';

/** The tier needs the cores too: beyond half of what the generator could do alone, it takes them from the tier. */
const MOST_PART = 1 / 2;
/** Any machine that can run a tier generates so much; above it, somebody should have measured. */
const UNMEASURED_PER_SECOND = 500;
const HOW = 'remuster doctor --load measures it';
const ADVICE = 'load it less, or use a machine with more cores';

/** One line each, without doubles: environments of a scenario have the same load. */
export function loadWarnings(loads: readonly LoadPlan[], stored: StoredCalibration): readonly string[] {
  const ignored = stored.state === 'unusable' ? [`${stored.why}; it is ignored: ${HOW} anew`] : [];
  const lines = loads.flatMap((load) => warningOf(load, stored.state === 'usable' ? stored.calibration : undefined));
  return [...new Set([...ignored, ...lines])];
}

function warningOf(load: LoadPlan, calibration: Calibration | undefined): readonly string[] {
  const engine = load.engine.kind;
  const peak = peakDemand(load);
  const asked = Number.isFinite(peak.perSecond)
    ? `up to ${String(Math.round(peak.perSecond))} requests/s`
    : 'as many requests/s as are answered, without a pause';
  const wanted =
    load.model === 'open'
      ? `${engine} is asked for ${asked}`
      : `${levelWords('closed', peak.level)} of ${engine} ask for ${asked}`;
  const found = calibration && measuredOf(calibration, load);
  if (!calibration || !found) {
    if (peak.perSecond <= UNMEASURED_PER_SECOND) return [];
    return [`${wanted}; what this machine generates honestly is not known: ${HOW}`];
  }
  const limit = found.requestsPerSecond * MOST_PART;
  if (peak.perSecond <= limit) return [];
  const date = calibration.measuredAt.slice(0, 10);
  const busy = calibration.busy === undefined ? '' : ', while the machine was busy with something else';
  const half = `half of the ${String(found.requestsPerSecond)} measured on ${date}${busy}`;
  return [
    `${wanted}; up to ${String(Math.floor(limit))} (${half}) the generator leaves the cores to the tier: ${ADVICE}`,
  ];
}

function measuredOf(
  calibration: Calibration,
  { engine, model }: LoadPlan,
): Calibration['measured'][number] | undefined {
  const ofEngine = calibration.measured.filter((each) => each.engine === engine.kind);
  return ofEngine.find((each) => each.model === model) ?? ofEngine[0];
}
