// What a build takes over from this machine: extra certificate authorities, apt's and npm's settings, proxies.
// Without them nothing installs behind a proxy that inspects TLS. Goes into the base image (context.ts) and `doctor`.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContextFile } from './key.js';
import { npmSettings } from './npm-settings.js';

/** update-ca-certificates(8) of Debian, update-ca-trust(8) of Red Hat. */
const AUTHORITY_FOLDERS = ['/usr/local/share/ca-certificates', '/etc/pki/ca-trust/source/anchors'];
const PROXY_NAMES = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy', 'all_proxy'];

/** The certificate authorities that an administrator added to this machine. */
export function extraAuthorities(folders: readonly string[] = AUTHORITY_FOLDERS): readonly ContextFile[] {
  return folders.flatMap((folder) =>
    filesBelow(folder)
      .filter((file) => /\.(crt|pem)$/.test(file))
      .map((file) => ({
        // update-ca-certificates reads names that end in .crt, and nothing else.
        path: `usr/local/share/ca-certificates/${file.replaceAll('/', '-').replace(/\.pem$/, '.crt')}`,
        content: readFileSync(join(folder, file)),
        executable: false,
      })),
  );
}

/** apt's settings that decide whether a mirror is reached and believed; not its sources, which are the suite's own. */
export function aptSettings(): readonly string[] {
  const { stdout } = spawnSync('apt-config', ['dump'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return ((stdout as string | null) ?? '')
    .split('\n')
    .filter((line) => /^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date)\b/i.test(line) && !line.endsWith(' "";'));
}

/** What of this machine is copied over the base image, as files from '/'. */
export function hostFiles(): readonly ContextFile[] {
  return [
    ...extraAuthorities(),
    ...settingsFile('etc/apt/apt.conf.d/99build-host', aptSettings()),
    ...settingsFile('etc/npmrc-build-host', npmSettings()),
  ];
}

/** No file where there is nothing to say, so that the image stays the same. */
function settingsFile(path: string, lines: readonly string[]): readonly ContextFile[] {
  return lines.length === 0 ? [] : [{ path, content: Buffer.from(`${lines.join('\n')}\n`), executable: false }];
}

/** Proxy variables are build arguments that every Dockerfile knows and that leave no trace in the image. */
export function proxyArguments(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    PROXY_NAMES.flatMap((name) => [name, name.toUpperCase()]).flatMap((name) => {
      const value = env[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  } catch {
    return [];
  }
}
