// A user's own HAProxy configuration, made to balance the nodes of a tier: timeouts, retries, checks, ACLs and all else stay
// as they are; listeners, servers and logs become ours. Text in, text out. Names as in HAProxy's configuration manual.
import { HarnessError } from '../../core/errors.js';
import { nearestName } from '../../core/nearest.js';

export interface OwnConfig {
  /** As errors name it. */
  readonly file: string;
  readonly text: string;
  /** The frontend (or listen) that users reach; absent: the only one. */
  readonly frontend?: string;
  /** Whose servers are the web tier; absent: the frontend's default_backend. */
  readonly backend?: string;
}

/** What stands in the place of the user's own. */
export interface Ours {
  readonly global: readonly string[];
  readonly frontend: readonly string[];
  /** Whole sections, at the end. */
  readonly sections: string;
  readonly servers: readonly { readonly node: string; readonly address: string; readonly port: number }[];
}

/** A backend says in its own log that a server of it went down or came up. */
const LOGS = '  log global';

interface Section {
  readonly kind: string;
  readonly name: string;
  readonly head: string;
  readonly lines: readonly string[];
}

const SECTION =
  /^(global|defaults|frontend|backend|listen|resolvers|peers|userlist|mailers|cache|program|http-errors|ring|fcgi-app)\b\s*(\S*)/;
/** Of `global`: what needs a host's files, users and log daemon, and what is ours to say. */
const NOT_HERE =
  /^\s*(log|stats|chroot|user|group|daemon|pidfile|ca-base|crt-base|ssl-\S+|localpeer|node|description)\b/;
/** Of the frontend: its listeners and its lines of log. */
const LISTENS = /^\s*(bind|log|log-format|option\s+(http|tcp)log|option\s+dontlognull|unique-id-format)\b/;
/** Of a server: what only its own address could satisfy. */
const NOT_OF_OURS = [
  /\bssl\b/,
  /\bverify \S+/,
  /\bca-file \S+/,
  /\bcrt \S+/,
  /\bsni \S+/,
  /\balpn \S+/,
  /\bsend-proxy(-v2)?\b/,
  /\bcookie \S+/,
  /\bid \d+/,
  /\bbackup\b/,
  /\bdisabled\b/,
  /\bresolvers \S+/,
];

/** The configuration that is run. Throws `invalid` where it cannot be known which part of it serves the tier. */
export function withOwnConfig(own: OwnConfig, ours: Ours): string {
  const sections = sectionsOf(own.text);
  const front = frontendOf(sections, own);
  const back = front.kind === 'listen' ? front : backendOf(sections, front, own);
  refuseTcp(sections, [front, back], own.file);
  const kept = sections.filter(
    (section) =>
      section === front || section === back || !['frontend', 'listen', 'global', 'program'].includes(section.kind),
  );
  const renamed = (line: string): string =>
    line.replace(/^(\s*(?:default|use)_backend\s+)(\S+)/, (whole, start: string, name: string) =>
      name === back.name ? `${start}web` : whole,
    );
  const global = sections.find(({ kind }) => kind === 'global')?.lines.filter((line) => !NOT_HERE.test(line)) ?? [];
  const serverLines = (section: Section): readonly string[] => {
    const options = serverOptions(section);
    return ours.servers.map(({ node, address, port }) => `  server ${node} ${address}:${String(port)} ${options}`);
  };
  const text = kept.flatMap((section) => {
    if (section === front) {
      const rest = section.lines.filter((line) => !LISTENS.test(line) && !isServer(line)).map(renamed);
      if (front !== back) return ['frontend front', ...ours.frontend.map(indented), ...rest];
      // A listen is both: it becomes a frontend and a backend, each with the lines that it may have.
      const ofBack = rest.filter((line) => isOfBackend(line));
      const ofFront = rest.filter((line) => !isOfBackend(line));
      return [
        ...['frontend front', ...ours.frontend.map(indented), ...ofFront, '  default_backend web'],
        ...['backend web', LOGS, ...ofBack, ...serverLines(section)],
      ];
    }
    if (section === back)
      return [
        'backend web',
        LOGS,
        ...section.lines.filter((line) => !isServer(line) && !LISTENS.test(line)),
        ...serverLines(section),
      ];
    // Servers of others may not be there; the manual's init-addr says what happens then.
    if (section.kind === 'defaults')
      return [section.head, ...section.lines, '  default-server init-addr last,libc,none'];
    return [section.head, ...section.lines];
  });
  return [`global`, ...global, ...ours.global.map(indented), ...text, ours.sections, ''].join('\n');
}

function sectionsOf(text: string): readonly Section[] {
  const sections: { kind: string; name: string; head: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, kind, name = ''] = SECTION.exec(line) ?? [];
    if (kind !== undefined) sections.push({ kind, name, head: line, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function frontendOf(sections: readonly Section[], { file, frontend: wanted }: OwnConfig): Section {
  const fronts = sections.filter(({ kind }) => kind === 'frontend' || kind === 'listen');
  if (wanted !== undefined) return named(fronts, wanted, 'frontend', file);
  const serving = fronts.filter(({ kind, lines }) => kind === 'frontend' || lines.some(isServer));
  if (serving.length === 1) return serving[0]!;
  throw new HarnessError('invalid', `${file} has ${String(serving.length)} frontends; say which one users reach`, {
    hint:
      serving.length === 0
        ? 'it needs a frontend, or a listen with servers'
        : `frontend: ${serving.map(({ name }) => name).join(', or ')}`,
  });
}

function backendOf(sections: readonly Section[], front: Section, { file, backend: wanted }: OwnConfig): Section {
  const backs = sections.filter(({ kind }) => kind === 'backend');
  const byDefault = front.lines.flatMap((line) => /^\s*default_backend\s+(\S+)/.exec(line)?.[1] ?? [])[0];
  const name = wanted ?? byDefault ?? (backs.length === 1 ? backs[0]?.name : undefined);
  if (name !== undefined) return named(backs, name, 'backend', file);
  throw new HarnessError(
    'invalid',
    `${file}: frontend ${front.name} has no default_backend; say whose servers are the tier`,
    {
      hint: `backend: ${backs.map((each) => each.name).join(', or ')}`,
    },
  );
}

/** Without HTTP nobody could say which node answered which request; a proxy's mode is tcp where nothing says otherwise. */
function refuseTcp(sections: readonly Section[], proxies: readonly Section[], file: string): void {
  const modeIn = ({ lines }: Section): string | undefined =>
    lines.flatMap((line) => /^\s*mode\s+(\S+)/.exec(line)?.[1] ?? []).at(-1);
  const byDefault =
    sections
      .filter(({ kind }) => kind === 'defaults')
      .map(modeIn)
      .at(-1) ?? 'tcp';
  const tcp = proxies.find((proxy) => (modeIn(proxy) ?? byDefault) !== 'http');
  if (tcp)
    throw new HarnessError('invalid', `${file}: ${tcp.kind} ${tcp.name} is not of mode http`, {
      hint: 'only of HTTP can be told which node answered which request',
    });
}

function named(sections: readonly Section[], name: string, what: string, file: string): Section {
  const found = sections.find((section) => section.name === name);
  if (found) return found;
  const known = sections.map((section) => section.name);
  const nearest = nearestName(name, known);
  throw new HarnessError('invalid', `${file} has no ${what} "${name}"`, {
    hint: `known: ${known.join(', ')}${nearest === undefined ? '' : `     did you mean ${nearest}?`}`,
  });
}

function isServer(line: string): boolean {
  return /^\s*server(-template)?\s/.test(line);
}

function isOfBackend(line: string): boolean {
  return /^\s*(balance|hash-\S+|cookie|default-server|fullconn|http-check|http-reuse|http-send-name-header|option\s+(httpchk|redispatch|allbackups|prefer-last-server|persist|\S+-check)|retries|retry-on|timeout\s+(connect|server|check|queue|tunnel)|source|stick\S*|load-server-\S+)\b/.test(
    line,
  );
}

/** Those of the first server, without what belongs to its own machine; `check` at the least, else nobody could be ejected. */
function serverOptions({ lines }: Section): string {
  const first = lines.find(isServer);
  const words = first?.trim().split(/\s+/) ?? [];
  const given = words.slice(words[0] === 'server-template' ? 4 : 3).join(' ');
  const options = NOT_OF_OURS.reduce((text, pattern) => text.replace(pattern, ''), given)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return /\bcheck\b/.test(options) || lines.some((line) => /^\s*default-server\b.*\bcheck\b/.test(line))
    ? options
    : `check ${options}`.trim();
}

function indented(line: string): string {
  return `  ${line}`;
}
