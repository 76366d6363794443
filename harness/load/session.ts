// The cookies of one user of the autocannon engine: taken from each answer, sent with each request that they belong to.
import { CookieJar } from 'tough-cookie';
import type { RequestSpec } from '../plan/load-plan.js';
import type { AutocannonClient } from './autocannon-client.js';

/**
 * What is to see the head of each answer. Requests are made anew only when an answer has set a cookie; one that expires in
 * between is sent until then.
 */
export function keepCookies(
  client: AutocannonClient,
  requests: readonly RequestSpec[],
  host: string,
): (headers: readonly string[]) => void {
  const jar = new CookieJar();
  const urls = requests.map((request) => urlOf(request, host));
  return (headers) => {
    const set = headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === 'set-cookie');
    if (set.length === 0) return;
    const url = urls[client.requestIterator.currentRequestIndex];
    if (url === undefined) return;
    for (const line of set) jar.setCookieSync(line, url, { ignoreError: true });
    sendWith(
      client,
      requests,
      urls.map((url) => jar.getCookieStringSync(url)),
    );
  };
}

/** As a browser sees it: by the name that it asks for, and behind whoever ends TLS, so that `Secure` cookies are sent. */
function urlOf({ path, headers }: RequestSpec, host: string): string {
  const named = Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  return `https://${named ?? host}${path}`;
}

function sendWith(
  { requestIterator }: AutocannonClient,
  requests: readonly RequestSpec[],
  cookies: readonly string[],
): void {
  const { currentRequest } = requestIterator;
  for (const [index, request] of requestIterator.requests.entries()) {
    const own = requests[index]?.headers ?? {};
    const others = Object.entries(own).filter(([name]) => name.toLowerCase() !== 'cookie');
    const written = Object.entries(own).flatMap(([name, value]) => (name.toLowerCase() === 'cookie' ? [value] : []));
    const cookie = [...written, cookies[index] ?? ''].filter((each) => each !== '').join('; ');
    request.headers = { ...Object.fromEntries(others), ...(cookie === '' ? {} : { cookie }) };
    requestIterator.currentRequest = request;
    requestIterator.rebuildRequest();
  }
  requestIterator.currentRequest = currentRequest;
}
