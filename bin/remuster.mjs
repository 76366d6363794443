#!/usr/bin/env node
// The program's entry. In a git clone it first brings packages and build up to date; it never installs an engine.
import '../bootstrap/check-node.mjs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST, ROOT } from '../bootstrap/places.mjs';

/** A handle that somebody forgot must not hold up a CI job; when nothing is open the process ends long before. */
const LAST_CALL_MS = 3_000;

async function bringUpToDate() {
  if (!existsSync(join(ROOT, 'tsconfig.build.json'))) return;
  const { ensurePackages } = await import('../bootstrap/install.mjs');
  const { ensureBuild } = await import('../bootstrap/build.mjs');
  await ensurePackages();
  await ensureBuild();
}

try {
  await bringUpToDate();
  const { runProcess } = await import(pathToFileURL(join(DIST, 'harness', 'cli.js')).href);
  await runProcess();
} catch (error) {
  process.stderr.write(`remuster: ${error.exitCode === undefined ? error.stack : error.message}\n`);
  if (error.hint) process.stderr.write(`  ${error.hint}\n`);
  process.exitCode = error.exitCode ?? 1;
}
setTimeout(() => process.exit(), LAST_CALL_MS).unref();
