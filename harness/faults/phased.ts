// The fault `phased`: the master replaces its workers one after another by its own signal; some always serve.
import { serverSignal } from './server-signal.js';

export const phased = serverSignal('phased', "lets the master replace its workers one by one, by the server's signal");
