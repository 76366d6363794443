// The command line of a server, with what an application or a limit puts in front of it.
import type { ServiceContext } from '../plugins.js';

/** A rigged launcher of a control tier goes right before the server, so that it sees every start. */
export function command(argv: readonly string[], context: ServiceContext): readonly string[] {
  return [...context.app.launcher, ...argv];
}
