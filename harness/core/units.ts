// Durations and sizes as people write them in scenarios ('500ms', '10s', '213MiB', '5%'), and back.

const MS_OF = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 } as const;
const BYTES_OF = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, kB: 1000, MB: 1e6, GB: 1e9 } as const;

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)$/;
const SHARE = /^(\d+(?:\.\d+)?)\s*%$/;

/** How they are written, without anchors: for the published JSON Schema. */
export const DURATION_PATTERN = DURATION.source.slice(1, -1);
export const SHARE_PATTERN = SHARE.source.slice(1, -1);

/** '500ms' | '10s' | '2m' | '4h' -> milliseconds; undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) * MS_OF[match[2] as keyof typeof MS_OF];
}

/** '213MiB' -> bytes; undefined when it is not a size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|kB|MB|GB)$/.exec(text.trim());
  if (!match) return undefined;
  return Math.round(Number(match[1]) * BYTES_OF[match[2] as keyof typeof BYTES_OF]);
}

/** '5%' or '0.1 %' -> 0.05; undefined when it is not a share. */
export function parseShare(text: string): number | undefined {
  const match = SHARE.exec(text.trim());
  return match ? Number(match[1]) / 100 : undefined;
}

/** 31234 -> '31.2 s'; 850 -> '0.9 s'; 252000 -> '4 min 12 s'. */
export function formatMs(ms: number): string {
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

/** Latencies are compared with limits: 7.3 -> '7.3 ms'; 250 -> '250 ms'; 1234 -> '1.23 s'; 31234 -> '31.2 s'. */
export function formatLatency(ms: number): string {
  if (ms < 10) return `${String(Math.round(ms * 10) / 10)} ms`;
  if (ms < 999.5) return `${String(Math.round(ms))} ms`;
  return ms < 9_995 ? `${(ms / 1000).toFixed(2)} s` : formatMs(ms);
}

/** bytes -> '228 MiB'. */
export function formatMiB(bytes: number): string {
  return `${String(Math.round(bytes / 1024 ** 2))} MiB`;
}

/** 0.0512 -> '5.12 %'. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 2 : 1)} %`;
}
