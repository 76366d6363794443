import { describe, expect, it } from 'vitest';
import { formatMs, formatShare, parseDuration, parseShare, parseSize } from '../../../harness/core/units.js';

describe('durations, sizes and shares', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5 s', 1_500],
    ['2m', 120_000],
    ['4h', 14_400_000],
    ['10', undefined],
    ['-1s', undefined],
    ['1 week', undefined],
  ])('%s is %s ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each([
    ['213MiB', 213 * 1024 ** 2],
    ['1.5GiB', 1.5 * 1024 ** 3],
    ['64 kB', 64_000],
    ['213', undefined],
    ['213mb', undefined],
  ])('%s is %s bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it('reads percentages', () => {
    expect(parseShare('5%')).toBe(0.05);
    expect(parseShare('0.1 %')).toBeCloseTo(0.001);
    expect(parseShare('0.05')).toBeUndefined();
  });

  it('writes what people read', () => {
    expect(formatMs(31_234)).toBe('31.2 s');
    expect(formatMs(252_000)).toBe('4 min 12 s');
    expect(formatShare(0.581)).toBe('58.1 %');
    expect(formatShare(0.0002)).toBe('0.02 %');
  });
});
