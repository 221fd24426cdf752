import { expect, test, vi } from 'vitest';
import { answerInParts, itemsAtOnce } from '../../src/api/answer-in-parts.ts';

async function partsOf(items: readonly unknown[]): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of answerInParts('jobs', items)) parts.push(part);
  return parts;
}

const items = (count: number): object[] =>
  Array.from({ length: count }, (_, at) => ({ name: `job-"${at}"`, tags: ['a', null], at }));

test.each([0, 1, itemsAtOnce, itemsAtOnce + 1, 2 * itemsAtOnce + 7])(
  'a list of %i in parts reads like the list in one text',
  async (count) => {
    const whole = JSON.stringify({ success: true, data: { jobs: items(count) } });
    expect((await partsOf(items(count))).join('')).toBe(whole);
  },
);

test('others get their turn between two parts', async () => {
  const turn = vi.fn();
  setImmediate(turn);
  const parts = answerInParts('jobs', items(itemsAtOnce + 1));
  // Head, first part, second part.
  for (let at = 0; at < 3; at += 1) await parts.next();
  expect(turn).toHaveBeenCalledOnce();
});
