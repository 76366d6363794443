// A user's script that wants the whole test ended when its threshold is broken.
import http from 'k6/http';

export const options = { thresholds: { http_req_failed: [{ threshold: 'rate<0.01', abortOnFail: true }] } };

export default function () {
  http.get(`${__ENV.REMUSTER_TARGET}/missing`);
}
