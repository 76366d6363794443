// A user's script with a mistake in what users do: k6 goes on after each exception.
import http from 'k6/http';

export default function () {
  const res = http.get(`${__ENV.REMUSTER_TARGET}/ok`);
  if (__ITER % 2 === 1) throw new Error(`no basket on the page of ${res.status}`);
}
