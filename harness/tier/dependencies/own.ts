// A service of the user's own beside the nodes: a container that runs what its image says, under the name that the scenario
// gives it. It is taken away and brought back as a whole.
import { z } from 'zod';
import { build } from '../../scenario/own-node.js';
import type { Dependency } from '../plugins.js';

const options = z
  .strictObject({
    /** An image that the engine has or can pull. */
    image: z.string().min(1).optional(),
    /** A folder with a Dockerfile, relative to the scenario. */
    build: build.optional(),
    /** A package of Debian, installed on an image of ours; nothing of it starts by itself, so it needs a command. */
    package: z
      .string()
      .regex(/^[a-z0-9][a-z0-9+.-]+$/, {
        error: "is not the name of a package of Debian; write it like 'redis-server'",
      })
      .optional(),
    /** What the container runs; absent: the image's own. */
    command: z.array(z.string()).min(1).optional(),
    env: z.record(z.string(), z.string()).default({}),
    /** It is ready when something listens here. */
    port: z.int().min(1).max(65_535).optional(),
    /** It is ready when this command ends with 0 in it. */
    ready: z.array(z.string()).min(1).optional(),
  })
  .refine((source) => [source.image, source.build, source.package].filter((each) => each !== undefined).length === 1, {
    error: 'needs one of image, build and package',
  })
  .refine((source) => source.package === undefined || source.command !== undefined, {
    error: 'a package needs a command that starts it in the foreground',
  });
type Options = z.infer<typeof options>;

/** Is there a listener of that port in the table of proc(5), net/tcp? State 0A is LISTEN. */
function listens(port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return ['sh', '-c', `cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ":${hex} 0*:0000 0A"`];
}

export const own: Dependency<Options> = {
  name: 'own',
  summary: 'a service of your own: an image, a folder with a Dockerfile, or a package of Debian',
  options,
  files: ['build'],
  image: (source) => {
    if (source.package !== undefined) return { kind: 'package', package: source.package };
    if (source.build === undefined) return { kind: 'image', image: source.image ?? '' };
    const { context, dockerfile = 'Dockerfile', args = {}, target } = source.build;
    return { kind: 'build', folder: context, dockerfile, args, ...(target === undefined ? {} : { target }) };
  },
  runs: ({ command, env }) => ({ ...(command ? { command } : {}), env }),
  ready: ({ port, ready }) => ready ?? (port === undefined ? null : listens(port)),
};
