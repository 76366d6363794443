// What a production host's supervisor is set to, read from the texts of its unit or pill: enough to ask the lint rules what
// an environment's server would meet there. Pure.
import type { PluginChoice } from '../plan/plugin-choice.js';
import type { ProductionService } from './snapshot-file.js';

/** As a scenario would choose it; what cannot be read from the texts is left to the plug-in's defaults. */
export function supervisorOf({ supervisor, files }: ProductionService): PluginChoice {
  const lines = files.flatMap((file) => file.lines).map((line) => line.trim());
  switch (supervisor.kind) {
    case 'systemd':
      return { kind: 'systemd', options: systemdOptions(lines) };
    case 'bluepill':
      return { kind: 'bluepill', options: bluepillOptions(lines) };
    default:
      return { kind: supervisor.kind, options: {} };
  }
}

/** systemd.syntax(7): the last assignment counts. */
function assigned(lines: readonly string[], name: string): string | undefined {
  return lines.findLast((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

function systemdOptions(lines: readonly string[]): PluginChoice['options'] {
  if (lines.length === 0) return {};
  const burst = assigned(lines, 'StartLimitBurst');
  const type = assigned(lines, 'Type');
  return {
    // Defaults of systemd.service(5); those of a scenario are meant for one that works.
    restart: assigned(lines, 'Restart') ?? 'no',
    ...(type !== undefined && ['simple', 'forking', 'notify'].includes(type) ? { type } : {}),
    ...(burst !== undefined && /^\d+$/.test(burst) ? { startLimitBurst: Number(burst) } : {}),
    ...(assigned(lines, 'StartLimitIntervalSec') === '0' ? { startLimitBurst: 0 } : {}),
  };
}

function bluepillOptions(lines: readonly string[]): PluginChoice['options'] {
  const text = lines.filter((line) => !line.startsWith('#')).join('\n');
  const daemonize = /\.daemonize\s*=\s*(true|false)/.exec(text)?.[1];
  const memory = /:mem_usage\b.*?below\D{1,5}(\d+)\.megabytes/.exec(text)?.[1];
  return {
    // Unset is not the same as what a recipe would choose for a server that cannot daemonize.
    daemonize: daemonize === 'true',
    ...(memory === undefined ? {} : { memoryLimit: `${memory}MiB` }),
    ...(/\.monitor_children\b/.test(text) ? { monitorChildren: true } : {}),
  };
}

/** The command that it would start next; undefined where no text says so. */
export function startCommandOf({ files }: ProductionService): string | undefined {
  const lines = files.flatMap((file) => file.lines).map((line) => line.trim());
  const found = lines
    .map((line) => /^(?:ExecStart|command)\s*=\s*(.+)$/.exec(line) ?? /\.start_command\s*=\s*(['"])(.+)\1/.exec(line))
    .find((match) => match !== null);
  return found?.[2] ?? found?.[1];
}
