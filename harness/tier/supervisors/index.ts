// The map of all supervisors: import it as a whole (`* as supervisors`). Adding one: its file, and one line here, whose
// name is the one that scenarios use. That each is a Supervisor is checked where the maps come together (all-plug-ins.ts).
export { bluepill } from './bluepill.js';
export { daemontools } from './daemontools.js';
export { docker } from './docker.js';
export { monit } from './monit.js';
export { pm2 } from './pm2.js';
export { runit } from './runit.js';
export { s6 } from './s6.js';
export { supervisord } from './supervisord.js';
export { systemd } from './systemd.js';
