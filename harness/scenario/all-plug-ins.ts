// The plug-ins of this installation: each folder's own map. Adding a plug-in touches its folder only, never this file.
import { faults } from '../faults/index.js';
import { engines } from '../load/index.js';
import { apps } from '../tier/apps/index.js';
import { balancers } from '../tier/balancers/index.js';
import { dependencies } from '../tier/dependencies/index.js';
import { deploys } from '../tier/deploys/index.js';
import { servers } from '../tier/servers/index.js';
import * as supervisors from '../tier/supervisors/index.js';
import { checks } from '../verdict/checks/index.js';
import type { PlugInMaps } from './plug-ins.js';

export const allPlugIns: PlugInMaps = {
  supervisors,
  servers,
  apps,
  balancers,
  dependencies,
  deploys,
  engines,
  faults,
  checks: Object.keys(checks),
};
