// A service of the user's own beside the nodes: a container that runs what its image says, under the name that the scenario
// gives it. It is taken away and brought back as a whole.
import { z } from 'zod';
import type { Dependency } from '../plugins.js';

const options = z
  .strictObject({
    /** An image that the engine has or can pull. */
    image: z.string().min(1).optional(),
    /** A folder with a Dockerfile, relative to the scenario. */
    build: z.string().min(1).optional(),
    /** What the container runs; absent: the image's own. */
    command: z.array(z.string()).min(1).optional(),
    env: z.record(z.string(), z.string()).default({}),
    /** It is ready when something listens here. */
    port: z.int().min(1).max(65_535).optional(),
    /** It is ready when this command ends with 0 in it. */
    ready: z.array(z.string()).min(1).optional(),
  })
  .refine(({ image, build }) => (image === undefined) !== (build === undefined), {
    error: 'needs an image or a build, and not both',
  });
type Options = z.infer<typeof options>;

/** Is there a listener of that port in the table of proc(5), net/tcp? State 0A is LISTEN. */
function listens(port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['sh', '-c', `cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ":${hex} 0*:0000 0A"`];
}

export const own: Dependency<Options> = {
  name: 'own',
  summary: 'a service of your own: an image or a folder with a Dockerfile',
  options,
  files: ['build'],
  image: ({ image, build }) =>
    image === undefined
      ? { kind: 'build', folder: build ?? '', dockerfile: 'Dockerfile', args: {} }
      : { kind: 'image', image },
  runs: ({ command, env }) => ({ ...(command ? { command } : {}), env }),
  ready: ({ port, ready }) => ready ?? (port === undefined ? null : listens(port)),
};
