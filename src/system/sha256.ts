// SHA-256 (FIPS 180-4) in plain code, for the few bytes of a path. Every command
// names its state directory by it, and loading node:crypto and OpenSSL for that took
// a fifth of the time of `jm2 list`. Content is digested by digest.ts: this is slow.

/** Computed rather than copied: 32 bits of the fractions of roots of the first primes. */
const { constants, beginning } = roots();

/** Hex SHA-256 of the UTF-8 text; for texts of some hundred bytes. */
export function sha256OfShort(text: string): string {
  const state = Uint32Array.from(beginning);
  const words = padded(Buffer.from(text));
  for (let at = 0; at < words.length; at += 16) mix(state, words.subarray(at, at + 16));
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('');
}

/** The bytes, one bit, zeros, and the length in bits, as big-endian words in blocks of 16. */
function padded(bytes: Uint8Array): Uint32Array {
  const blocks = Math.ceil((bytes.length + 9) / 64);
  const view = new DataView(new ArrayBuffer(blocks * 64));
  bytes.forEach((byte, at) => view.setUint8(at, byte));
  view.setUint8(bytes.length, 0x80);
  view.setUint32(blocks * 64 - 4, bytes.length * 8);
  return Uint32Array.from({ length: blocks * 16 }, (_none, at) => view.getUint32(at * 4));
}

function mix(state: Uint32Array, block: Uint32Array): void {
  const schedule = new Uint32Array(64);
  schedule.set(block);
  const word = (at: number): number => schedule[at] ?? 0;
  for (let at = 16; at < 64; at += 1) {
    const [early, late] = [word(at - 15), word(at - 2)];
    const first = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const second = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    schedule[at] = word(at - 16) + first + word(at - 7) + second;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let at = 0; at < 64; at += 1) {
    const choice = (e & f) ^ (~e & g);
    const spread = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + spread + choice + (constants[at] ?? 0) + word(at)) >>> 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority) >>> 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) >>> 0, c, b, a, (first + second) >>> 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, at) => {
    state[at] = (state[at] ?? 0) + value;
  });
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** Cube roots for the rounds, square roots of the first eight for the beginning. */
function roots(): { readonly constants: Uint32Array; readonly beginning: Uint32Array } {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < 64; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  const bits = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32);
  return {
    constants: Uint32Array.from(primes, (prime) => bits(Math.cbrt(prime))),
    beginning: Uint32Array.from(primes.slice(0, 8), (prime) => bits(Math.sqrt(prime))),
  };
}
