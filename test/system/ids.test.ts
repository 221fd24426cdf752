import { describe, expect, it } from 'vitest';
import { randomInDraws, risingUlids, systemIds } from '../../src/system/ids.ts';

const noon = Date.parse('2026-03-01T12:00:00Z');

describe('run ids', () => {
  it('rise within one millisecond in the order in which they were asked for', () => {
    const ids = Array.from({ length: 1_000 }, () => systemIds.runId(noon));
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('rise with time', () => {
    expect(systemIds.runId(noon) < systemIds.runId(noon + 1)).toBe(true);
  });

  it('carry over from digit to digit, and begin within the lower half', () => {
    const runId = risingUlids(() => new Uint8Array(10).fill(0xff));
    expect([runId(noon), runId(noon)].map((id) => id.slice(10))).toEqual([
      'fzzzzzzzzzzzzzzz',
      'g000000000000000',
    ]);
  });

  it('are random anew for another millisecond', () => {
    const [first, second] = [systemIds.runId(noon), systemIds.runId(noon + 1)];
    expect(first.slice(10)).not.toBe(second.slice(10));
  });
});

it('random bytes are drawn for many ids at once, and none is given twice', () => {
  let draws = 0;
  const random = randomInDraws((size) => {
    draws += 1;
    return Uint8Array.from({ length: size }, (_, i) => (draws * 7 + Math.floor(i / 10)) % 256);
  });
  const first = Array.from({ length: 200 }, () => random().join());
  expect(draws).toBe(1);
  expect(new Set(first).size).toBe(200);
  random();
  expect(draws).toBe(2);
});
