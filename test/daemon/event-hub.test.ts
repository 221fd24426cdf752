import { describe, expect, test } from 'vitest';
import { createEventHub } from '../../src/daemon/event-hub.ts';
import type { EventView } from '../../src/api/service.ts';

const event = (n: number): EventView => ({ at: '2026-03-01T00:00:00.000Z', kind: 'tick', n });

async function take(events: AsyncIterable<EventView>, count: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  if (count === 0) return seen;
  for await (const { n } of events) {
    seen.push(n);
    if (seen.length === count) break;
  }
  return seen;
}

describe('the event hub', () => {
  test('gives each reader everything from its subscription on', async () => {
    const hub = createEventHub();
    const { signal } = new AbortController();
    hub.publish(event(0));
    const first = hub.subscribe(signal);
    hub.publish(event(1));
    const second = hub.subscribe(signal);
    hub.publish(event(2));
    expect(await take(first, 2)).toEqual([1, 2]);
    expect(await take(second, 1)).toEqual([2]);
    expect(hub.isWatched).toBe(false);
  });

  test('wakes a reader that waits', async () => {
    const hub = createEventHub();
    const reading = take(hub.subscribe(new AbortController().signal), 1);
    await Promise.resolve();
    hub.publish(event(7));
    expect(await reading).toEqual([7]);
  });

  test('cuts off a reader that does not keep up, and only that one', async () => {
    const hub = createEventHub();
    const { signal } = new AbortController();
    const slow = hub.subscribe(signal);
    for (let n = 0; n <= 10_000; n += 1) hub.publish(event(n));
    expect(hub.isWatched).toBe(false);
    await expect(take(slow, 10_001)).rejects.toThrow(/10000 events/);
    const next = hub.subscribe(signal);
    hub.publish(event(1));
    expect(await take(next, 1)).toEqual([1]);
  });

  test('an abort ends a reader, read or not', async () => {
    const hub = createEventHub();
    const stop = new AbortController();
    const reading = take(hub.subscribe(stop.signal), 5);
    hub.subscribe(stop.signal);
    stop.abort();
    expect(await reading).toEqual([]);
    expect(hub.isWatched).toBe(false);
  });

  test('closing ends readers after what they have queued', async () => {
    const hub = createEventHub();
    const events = hub.subscribe(new AbortController().signal);
    hub.publish(event(1));
    hub.close();
    expect(await take(events, 5)).toEqual([1]);
  });
});
