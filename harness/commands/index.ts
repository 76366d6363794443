// All commands by name. Adding one: its file, and a line here. A command exists when it works.
import type { Command } from 'commander';
import type { CommandIo } from './io.js';
import { register as list } from './list.js';
import { register as plan } from './plan.js';
import { register as validate } from './validate.js';

export type Register = (program: Command, io: CommandIo) => void;

export const commands = { plan, validate, list } as const satisfies Readonly<Record<string, Register>>;
