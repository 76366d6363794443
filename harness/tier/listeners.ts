// Who listens in a node, from proc(5), net/tcp: why a port does not answer from outside, in words. Pure, but for the look.
import type { Container } from './runtime/runtime.js';

export interface Listener {
  /** '127.0.0.1', '::1', '0.0.0.0', '::', ... */
  readonly address: string;
  readonly port: number;
}

const LISTEN = '0A';
const SHOWN = 6;

/** Why nothing of that port gets out of the node; undefined where somebody listens for everybody, and where none can look. */
export async function silenceOf(container: Container, port: number): Promise<string | undefined> {
  const tables = await tablesOf(container);
  return tables.includes('local_address') ? whySilent(listenersFrom(tables), port) : undefined;
}

/** Somebody listens there, and nobody from outside the node can ask. */
export async function isOnLoopbackOnly(container: Container, port: number): Promise<boolean> {
  return onlyHere(listenersFrom(await tablesOf(container)), port).length > 0;
}

async function tablesOf(container: Container): Promise<string> {
  return (await container.exec(['cat', '/proc/net/tcp', '/proc/net/tcp6'])).stdout;
}

/** Who listens on that port, where all of them are on the loopback. */
function onlyHere(listeners: readonly Listener[], port: number): readonly Listener[] {
  const all = listeners.filter((each) => each.port === port);
  return all.every(({ address }) => isLoopback(address)) ? all : [];
}

/** `tables`: one or both of net/tcp and net/tcp6. */
export function listenersFrom(tables: string): readonly Listener[] {
  const found = tables.split('\n').flatMap((line): Listener[] => {
    const [, hex = '', port = '', state] = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /.exec(line) ?? [];
    return state === LISTEN ? [{ address: addressOf(hex), port: Number.parseInt(port, 16) }] : [];
  });
  return found.filter(
    ({ address, port }, at) => found.findIndex((one) => one.port === port && one.address === address) === at,
  );
}

/** Words of four bytes in the order of the machine, which is little-endian wherever containers run. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => String(Number.parseInt(byte, 16))).join('.');
  const text = bytes.join('').toLowerCase();
  if (/^0{31}1$/.test(text)) return '::1';
  return /^0{32}$/.test(text) ? '::' : (text.match(/.{4}/g) ?? []).join(':');
}

export function whySilent(listeners: readonly Listener[], port: number): string | undefined {
  const here = onlyHere(listeners, port);
  if (here.length === 0 && listeners.some((each) => each.port === port)) return undefined;
  if (here.length > 0)
    return `it listens on ${here.map(({ address }) => address).join(' and ')} only, which is not reached from outside the node: have it listen on 0.0.0.0`;
  // The engine's own resolver is in every node.
  const others = [...new Set(listeners.filter(({ address }) => address !== '127.0.0.11').map((each) => each.port))];
  const ports = others.sort((a, b) => a - b).slice(0, SHOWN);
  return `nobody listens on port ${port} in it${ports.length === 0 ? ', nor on any other' : `; somebody does on ${ports.join(', ')}`}`;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
