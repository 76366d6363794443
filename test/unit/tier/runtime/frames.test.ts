// The engine's streams, cut anywhere: frames and lines must come out whole, in order and unmixed.
import { describe, expect, it } from 'vitest';
import { Demultiplexer, LineSplitter } from '../../../../harness/tier/runtime/frames.js';

function frame(type: 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

describe('frames and lines', () => {
  const wire = Buffer.concat([
    frame(1, 'eins\nzw'),
    frame(2, 'oops\n'),
    frame(1, ''),
    frame(1, 'ölf\r\n'),
    frame(1, 'end'),
  ]);

  it.each([1, 2, 3, 7, 8, 9, 1000])('in chunks of %i bytes', (size) => {
    const out: string[] = [];
    const err: Buffer[] = [];
    const lines = new LineSplitter((line) => out.push(line));
    const frames = new Demultiplexer(
      (chunk) => lines.push(chunk),
      (chunk) => err.push(chunk),
    );
    for (let at = 0; at < wire.length; at += size) frames.push(wire.subarray(at, at + size));
    expect(out).toEqual(['eins', 'zwölf']);
    lines.end();
    expect(out).toEqual(['eins', 'zwölf', 'end']);
    expect(Buffer.concat(err).toString()).toBe('oops\n');
  });
});
