// The application of a user's own node: it is in the image, and remuster adds nothing to it and knows nothing of it.
import { z } from 'zod';
import type { App } from '../plugins.js';

export const own: App = {
  name: 'own',
  summary: "whatever is in a user's own image",
  options: z.strictObject({}),
  platforms: ['rack', 'wsgi', 'node', 'files'],
  isOwn: true,
  parts: () => ({ env: {}, files: [], cwd: '/', healthPath: '/', launcher: [], outputBytesPerRequest: 0 }),
};
