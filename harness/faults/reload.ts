// The fault `reload`: the master reads its configuration again and replaces its workers, by its own signal (HUP mostly).
import { serverSignal } from './server-signal.js';

export const reload = serverSignal('reload', 'lets the master read its configuration again and replace its workers');
