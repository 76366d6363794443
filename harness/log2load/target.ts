// What a logged request is as a request of a load: its path and query as they can be sent (origin form, RFC 9112, 3.2.1),
// and why it cannot be one.
export type SendableTarget = { readonly path: string } | { readonly why: string };

/** Longer than any server takes (nginx: large_client_header_buffers, 8k). */
const LONGEST = 8_192;

export function sendable(method: string, target: string): SendableTarget {
  if (method === 'CONNECT') return { why: 'CONNECT, which asks for a tunnel' };
  if (target === '*') return { why: 'OPTIONS *, which asks for no path' };
  // Proxies, and HTTP/2 in the log of HAProxy, have the whole URI (RFC 9112, 3.2.2).
  const path = /^[a-z][a-z0-9+.-]*:\/\//i.test(target) ? target.replace(/^[^:]*:\/\/[^/?#]*/, '') : target;
  const rooted = path === '' || path.startsWith('?') ? `/${path}` : path;
  if (!rooted.startsWith('/')) return { why: 'a target that is no path' };
  if (rooted.length > LONGEST) return { why: `a path of more than ${String(LONGEST)} characters` };
  return { path: encoded(rooted) };
}

/** A fragment is never sent; what may not stand in a path goes as `%20`. What is encoded already is kept as it is. */
function encoded(path: string): string {
  const whole = path.split('#', 1)[0] ?? path;
  if (/^[!$-;=?-Z_a-z~[\]]*$/.test(whole)) return whole;
  return whole.replace(/[^!$-;=?-Z_a-z~[\]]+/g, (characters) => encodeURIComponent(Buffer.from(characters).toString()));
}
