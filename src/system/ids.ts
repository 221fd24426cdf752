// Ids of runs and jobs: sortable by time, unique, made by us alone.
import { randomBytes } from 'node:crypto';

export interface Ids {
  /** A run id: ULID of the given instant, 26 characters, lower case. */
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

export const systemIds: Ids = {
  runId: (now) => ulid(now, randomBytes(10)),
  uid: () => ulid(Date.now(), randomBytes(10)),
};
