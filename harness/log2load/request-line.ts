// The request line of HTTP (RFC 9112, 3) as logs hold it: blanks in the target, no protocol (HTTP/0.9), or no HTTP at all
// (what scanners send to a port). Also how logs escape what would break their own lines.

export interface RequestLine {
  readonly method: string;
  readonly target: string;
}

/** undefined: it is no request line. */
export function readRequestLine(text: string): RequestLine | undefined {
  const [, method, target] = /^([A-Z][A-Z0-9_-]{1,31}) (.+?)(?: HTTP\/\d(?:\.\d)?)?$/.exec(text.trim()) ?? [];
  const trimmed = target?.trim();
  return method === undefined || !trimmed ? undefined : { method, target: trimmed };
}

/** `%0A` for what cannot stand in a target, the character itself for what can. */
function characterOf(code: number): string {
  return code >= 0x20 && code < 0x7f
    ? String.fromCharCode(code)
    : `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

const NAMED: Readonly<Record<string, number>> = { b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** nginx: `\x22`; Apache: `\"`, `\\`, `\n`, `\t`, `\xhh` (nginx: log_format escape=default; Apache: mod_log_config). */
export function withoutBackslashes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:x([0-9A-Fa-f]{2})|(.))/gs, (_whole, hex: string | undefined, one: string) =>
    hex === undefined ? characterOf(NAMED[one] ?? one.charCodeAt(0)) : characterOf(parseInt(hex, 16)),
  );
}

/** HAProxy: `#22` (configuration manual, 8.6: "Non-printable characters"). */
export function withoutHashes(text: string): string {
  return text.replace(/#([0-9A-Fa-f]{2})/g, (_whole, hex: string) => characterOf(parseInt(hex, 16)));
}
