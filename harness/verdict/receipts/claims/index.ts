// The ten claims by name, in the order of DESIGN 4.
import type { ClaimId } from '../../model.js';
import type { Evaluate } from './claim.js';
import { answers } from './answers.js';
import { balancerUp } from './balancer-up.js';
import { servesLoad, shareRestored } from './load.js';
import { ownsSocket } from './owns-socket.js';
import { newThere, oldGone } from './processes.js';
import { sameService } from './same-service.js';
import { settled } from './settled.js';
import { supervised } from './supervised.js';

export const claims: Readonly<Record<ClaimId, Evaluate>> = {
  'old-gone': oldGone,
  'new-there': newThere,
  supervised,
  'owns-socket': ownsSocket,
  answers,
  'balancer-up': balancerUp,
  'serves-load': servesLoad,
  'share-restored': shareRestored,
  'same-service': sameService,
  settled,
};
