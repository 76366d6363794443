// Teaches: a hot deployment whose new master cannot start leaves the old one serving: every page is green, and the deployment
// looks done. What is on the disk is the version that does not start; the first restart by the supervisor runs it. What
// breaks: the claim `new-there`, in the second round. The fix: give it what it needs; and ask who answers after a deployment.
import { defineScenario } from 'remuster';

const pid = '/var/lib/shop/unicorn.pid';
/** The new version needs a variable. The old master gets QUIT only where a new one has taken over its pid file. */
const deploy = `
old=$(cat ${pid})
sed -i '1i ENV.fetch("SHOP_CURRENCY")' /opt/shop/config.ru
kill -USR2 $old
for look in $(seq 20); do
  sleep 0.25
  new=$(cat ${pid} 2>/dev/null)
  [ -n "$new" ] && [ "$new" != "$old" ] && pgrep -P "$new" >/dev/null && kill -QUIT $old && exit 0
done
echo 'the old one serves on'`;

export default defineScenario({
  name: 'old-master-keeps-serving',
  summary: 'T18: a hot deployment that cannot start leaves the old version serving, until something restarts it.',
  nodes: 2,
  environments: {
    broken: {
      supervisor: { kind: 'systemd', type: 'forking' },
      server: { kind: 'unicorn', workers: 2, preload: true },
    },
    fixed: { like: 'broken', env: { SHOP_CURRENCY: 'EUR' } },
  },
  load: { stages: [{ users: 20 }], think: '150ms..450ms' },
  rounds: [
    { fault: { kind: 'exec', command: deploy, path: 'hot-deployment' }, target: ['web-1'], at: '8s' },
    { fault: 'kill', target: ['web-1'] },
  ],
  proof: { aftermath: '5s', shareRequests: 40 },
  expect: { broken: { verdict: 'fail', findings: ['every-node-returns'] }, fixed: 'pass' },
});
