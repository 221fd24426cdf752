import { expect, test } from 'vitest';
import { collectGarbage } from '../../src/system/collect-garbage.ts';

test('what nobody holds is gone after a collection, and no global is left behind', async () => {
  const made = (): WeakRef<object> => new WeakRef({ bytes: Buffer.alloc(1_000) });
  const ref = made();
  // A weak reference is kept until the turn in which it was made has ended.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(ref.deref()).toBeUndefined();
  expect('gc' in globalThis).toBe(false);
});
