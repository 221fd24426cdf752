// Ids of runs and jobs: sortable by time, unique, made by us alone.
import { randomBytes } from 'node:crypto';

export interface Ids {
  /**
   * A run id: ULID of the given instant, 26 characters, lower case. Rises with
   * each call for one and the same instant.
   */
  runId(now: number): string;
  /** An identity for a job or an installation. */
  uid(): string;
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** ULID (github.com/ulid/spec): 48 bits of epoch ms, 80 random bits, Crockford base 32. */
export function ulid(now: number, random: Uint8Array): string {
  let time = '';
  let rest = now;
  for (let i = 0; i < 10; i += 1) {
    time = alphabet.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let tail = '';
  let bits = 0;
  let held = 0;
  for (const byte of random.subarray(0, 10)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      tail += alphabet.charAt((held >> bits) & 31);
    }
  }
  return time + tail;
}

/**
 * Ids that keep the order in which they were asked for within one millisecond:
 * each after the first is the one before it plus one.
 */
export function risingUlids(random: () => Uint8Array): (now: number) => string {
  let last = -1;
  let tail = new Uint8Array(10);
  return (now) => {
    if (now !== last || !increment(tail)) {
      tail = Uint8Array.from(random());
      // Room above the first: no millisecond has so many runs that it is used up.
      tail[0] = (tail[0] ?? 0) & 0x7f;
      last = now;
    }
    return ulid(now, tail);
  };
}

/** False when there is no greater number; then it is zero. */
function increment(bytes: Uint8Array): boolean {
  for (let i = bytes.length - 1; i >= 0; i -= 1) {
    const next = ((bytes[i] ?? 0) + 1) & 0xff;
    bytes[i] = next;
    if (next !== 0) return true;
  }
  return false;
}

const idBytes = 10;
const idsPerDraw = 200;

/** Drawn for many ids at once: a call for random bytes takes longer than the rest of an id. */
export function randomInDraws(draw: (size: number) => Uint8Array): () => Uint8Array {
  let drawn = new Uint8Array(0);
  let at = 0;
  return () => {
    if (at + idBytes > drawn.length) {
      drawn = draw(idBytes * idsPerDraw) as Uint8Array<ArrayBuffer>;
      at = 0;
    }
    at += idBytes;
    return drawn.subarray(at - idBytes, at);
  };
}

const random = randomInDraws(randomBytes);

export const systemIds: Ids = {
  runId: risingUlids(random),
  uid: () => ulid(Date.now(), random()),
};
