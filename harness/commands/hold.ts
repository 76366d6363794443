// `remuster hold`: what `up` starts in the background; not for people.
import type { Command } from 'commander';
import { HarnessError } from '../core/errors.js';
import { hold } from '../hold/holder.js';
import { read } from '../hold/state.js';
import { connectDocker } from '../tier/runtime/docker.js';
import { sweepDead } from '../tier/sweep.js';
import { interruptible } from './interrupts.js';
import type { CommandIo } from './io.js';
import { plansFrom } from './load-plans.js';

export function register(program: Command, io: CommandIo): void {
  program
    .command('hold', { hidden: true })
    .description('Holds a tier that `up` has claimed; started by it.')
    .argument('<name>')
    .action(async (name: string) => {
      const tier = read(name, io.env);
      if (!tier) throw new HarnessError('usage', `no tier named "${name}" was claimed`);
      const seed = tier.seed === undefined ? {} : { seed: tier.seed };
      const [plan] = await plansFrom(tier.file, { env: [tier.environment], ...seed }, io);
      const runtime = await connectDocker();
      const progress = (line: string): void => void io.stderr.write(`${line}\n`);
      await sweepDead(runtime, progress, tier.out);
      await interruptible((signal) => hold(tier, plan, { runtime, env: io.env, progress }, signal));
    });
}
