// The fault `in-place`: the server renews itself by its own signal (USR2 of puma and unicorn), under the same pid or by a
// new master beside the old one. The way of most deployments without an outage, and of the flagship's trap.
import { serverSignal } from './server-signal.js';

export const inPlace = serverSignal(
  'in-place',
  "lets the server replace its own master by the server's signal (USR2), and ends the old one where that is due",
);
