// Runs a scenario (or configuration) written in TypeScript or JavaScript and hands back its default export. Wherever the
// file lies, `import ... from 'remuster'` means the remuster that is running: scenarios need no package.json of their own.
import Module, { register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { sleep } from '../core/clock.js';
import { formatMs } from '../core/units.js';

/** What a scenario may import, built or in source form, as this file itself is. */
const SURFACE = new URL(import.meta.url.endsWith('.ts') ? './surface.ts' : './surface.js', import.meta.url);

let registered = false;

/** For files in module scope; module.register(): nodejs.org/api/module.html#customization-hooks */
function resolveForModules(): void {
  if (registered) return;
  registered = true;
  const hook = `export async function resolve(specifier, context, next) {
    if (specifier.split('?')[0] === 'remuster')
      return { url: ${JSON.stringify(SURFACE.href)}, format: 'module', shortCircuit: true };
    const found = await next(specifier, context);
    return found.url.startsWith('file:') && new URL(found.url).pathname.endsWith('.ts') ? { ...found, format: 'module' } : found;
  }`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

interface CommonJsLoader {
  _resolveFilename: (this: unknown, request: string, ...rest: readonly unknown[]) => string;
}

/** For files without a package.json of type module, which Node and tsx take for CommonJS. Returns its undo. */
function resolveForCommonJs(): () => void {
  const loader = Module as unknown as CommonJsLoader;
  const before = loader._resolveFilename;
  loader._resolveFilename = function (request, ...rest) {
    return request.split('?')[0] === 'remuster' ? fileURLToPath(SURFACE) : before.call(this, request, ...rest);
  };
  return () => void (loader._resolveFilename = before);
}

/** A scenario may wait for something at its top level, but not for ever. */
const DEADLINE_MS = 30_000;

export async function importScript(file: string): Promise<unknown> {
  resolveForModules();
  const undo = resolveForCommonJs();
  const timer = new AbortController();
  try {
    const loaded = (await Promise.race([
      tsImport(pathToFileURL(file).href, { parentURL: import.meta.url, tsconfig: false }),
      sleep(DEADLINE_MS, timer.signal).then(() => {
        throw new Error(`it has not finished loading after ${formatMs(DEADLINE_MS)}`);
      }),
    ])) as { readonly default?: unknown };
    const exported = loaded.default;
    // CommonJS scope: the export object of the transformed file is itself the default.
    const isWrapped =
      typeof exported === 'object' && exported !== null && '__esModule' in exported && 'default' in exported;
    return isWrapped ? (exported as { readonly default: unknown }).default : exported;
  } finally {
    timer.abort();
    undo();
  }
}
