// Socket activation, systemd.socket(5): systemd itself holds the listener, and hands it to the unit that it starts for it.
// Which unit that is, is told by the socket and by nothing in /proc.

export const ASKS_SOCKETS = ['systemctl', 'show', '*.socket', '-p', 'Id,Listen,Triggers'];

/** The unit that a listener of that port starts. `shown`: the answer, a socket a block. */
export function unitBehindPort(
  shown: string,
  port: number,
): { readonly socket: string; readonly unit: string } | undefined {
  for (const block of shown.split(/\n{2,}/)) {
    const values = (key: string): readonly string[] =>
      block.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
    const [socket] = values('Id');
    const [unit] = values('Triggers');
    // '[::]:8080 (Stream)', '0.0.0.0:8080 (Stream)', '/run/shop.sock (Stream)'
    const isHere = values('Listen').some((each) => each.endsWith(`:${String(port)} (Stream)`));
    if (isHere && socket !== undefined && unit !== undefined && unit !== '') return { socket, unit };
  }
  return undefined;
}
