// A k6 script as a user has it: what one user does, and what is demanded of it. remuster gives the address of the tier in
// REMUSTER_TARGET and decides how many users there are; `vus`, `duration`, `stages` and `scenarios` of a script are not used.
import http from 'k6/http';
import { check, sleep } from 'k6';

export const options = {
  thresholds: {
    // One node of two is killed: what it was about to answer is lost, and no more than that.
    http_req_failed: ['rate<0.05'],
    http_req_duration: ['p(95)<2000'],
  },
};

export default function () {
  const front = http.get(`${__ENV.REMUSTER_TARGET}/`);
  check(front, { 'the front page is there': ({ status }) => status === 200 });
  sleep(0.2);
  http.get(`${__ENV.REMUSTER_TARGET}/search?q=shoes`);
  sleep(0.3);
}
