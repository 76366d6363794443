// A user's script whose thresholds hold and do not hold, with a load of its own that is not played and a page that fails.
import http from 'k6/http';
import { sleep } from 'k6';

export const options = {
  vus: 50,
  duration: '1s',
  thresholds: { http_req_duration: ['p(95)<60000', 'p(95)<1'], http_req_failed: ['rate<0.1'] },
};

export default function () {
  http.get(`${__ENV.REMUSTER_TARGET}/ok`);
  http.get(`${__ENV.REMUSTER_TARGET}/busy`);
  sleep(0.05);
}
