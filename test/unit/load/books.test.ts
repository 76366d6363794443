import { describe, expect, it } from 'vitest';
import { Books, type BookedFrame } from '../../../harness/load/books.js';
import { boundOf } from '../../../harness/record/histogram.js';
import { lawBrokenBy } from '../../contract/load/law.js';

const SOURCE = { request: 0, node: 'web-1', generation: '7' };
const OTHER = { request: 1, node: 'web-2', generation: null };

function booksAt(startMs: number) {
  let nowMs = startMs;
  const books = new Books(startMs, () => nowMs);
  return { books, at: (ms: number) => void (nowMs = startMs + ms) };
}

describe("the generator's books", () => {
  it('balance for the run and for each frame, whatever happens to a request', () => {
    const { books, at } = booksAt(5_000);
    const frames: BookedFrame[] = [];
    for (let ms = 0; ms < 3_000; ms += 7) {
      at(ms);
      books.offer(ms % 3);
      if (ms % 5 === 0 && books.inFlight > 1) books.answer(12, SOURCE);
      else if (ms % 4 === 0 && books.inFlight > 1) books.fail(ms % 8 === 0 ? 'eof' : 'http-5xx', OTHER);
      if (ms % 210 === 0) frames.push(...books.turn(3));
    }
    frames.push(...books.last(0));
    const totals = books.totals();
    expect(totals.balance).toBe(0);
    expect(totals.inFlight).toBeGreaterThan(0);
    expect(lawBrokenBy(frames, totals)).toEqual([]);
  });

  it('count a request in the 100 ms in which it happened, however late the frame is asked for', () => {
    const { books, at } = booksAt(1_000.5);
    at(99);
    books.offer(0);
    at(101);
    books.offer(0);
    books.answer(2, SOURCE);
    at(350);
    expect(books.turn(2).map(({ atMs, offered, answered, inFlight }) => [atMs, offered, answered, inFlight])).toEqual([
      [1_000.5, 1, 0, 1],
      [1_100.5, 1, 1, 1],
    ]);
  });

  it('leave out frames in which nothing happened, but for a sign of life', () => {
    const { books, at } = booksAt(0);
    const frames = [];
    for (let ms = 100; ms <= 2_000; ms += 100) {
      at(ms);
      frames.push(...books.turn(0));
    }
    expect(frames.length).toBeGreaterThan(1);
    expect(frames.length).toBeLessThan(6);
  });

  it('tell latency per frame and lateness for the run, within 3 %', () => {
    const { books, at } = booksAt(0);
    for (let count = 0; count < 100; count += 1) {
      books.offer(count === 99 ? 80 : 1);
      books.answer(50, SOURCE);
    }
    at(100);
    const [[bucket, count] = [0, 0]] = books.turn(1)[0]!.latency;
    expect(count).toBe(100);
    expect(boundOf(bucket) / 50).toBeCloseTo(1, 1);
    const { lateness } = books.totals();
    expect(lateness.p50Ms).toBeCloseTo(1, 1);
    expect(lateness.maxMs).toBe(80);
  });
});
