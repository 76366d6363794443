// The server of a user's own node, of which nothing is known but that it listens: what any server does when it is killed or
// told to stop. Whoever knows more names the server (`server: 'puma'`): that adds its other restart paths.
import { z } from 'zod';
import { HarnessError } from '../../core/errors.js';
import type { Server } from '../plugins.js';

const options = z.strictObject({});

export const own: Server = {
  name: 'own',
  summary: "whatever serves in a user's own image; known are its crash and its graceful stop",
  options,
  platform: 'files',
  image: '',
  isOwn: true,
  paths: () => [
    { name: 'kill-master', subject: 'master', expects: 'replaced' },
    { name: 'kill-worker', subject: 'worker', expects: 'replaced' },
  ],
  volatileEnv: ['PWD', 'OLDPWD', 'SHLVL', '_'],
  patienceMs: 5_000,
  workers: () => null,
  service() {
    throw new HarnessError('internal', "a user's own server comes with its node");
  },
};
