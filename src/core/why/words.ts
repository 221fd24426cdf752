// Times, lengths and counts as the sentences of explanations say them. Local
// times carry their offset, so that two passes of one wall time look different.
import { formatLocal } from '../schedule/local-time.ts';
import { shortDuration } from '../schedule/short-duration.ts';

/** "2026-03-29 03:00 +02:00", "2026-03-02 12:00:05 UTC"; seconds only when there are any. */
export function moment(instant: number, zone: string): string {
  const text = formatLocal(instant, zone);
  const seconds = text.slice(17, 19);
  const time = seconds === '00' ? text.slice(11, 16) : text.slice(11, 19);
  const offset = text.slice(19) === '+00:00' ? 'UTC' : text.slice(19);
  return `${text.slice(0, 10)} ${time} ${offset}`;
}

/** "2h5m", "40s", "3ms": the two largest units say enough. */
export const length = shortDuration;

export function many(count: number): string {
  return count.toLocaleString('en');
}

/** "by alice", or nothing when nobody knows. */
export function byWhom(who: string | null): string {
  return who === null ? '' : ` by ${who}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
