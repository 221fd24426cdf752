// The stable delay of one occurrence: the same after a restart, on every host
// and in a preview. How long it may be at most is the caller's decision.

/** A whole number from 0 to below `boundMs`, made from the job and the nominal time alone. */
export function jitterOf(job: string, nominalTime: number, boundMs: number): number {
  if (boundMs <= 1) return 0;
  const text = `${job}\n${nominalTime}`;
  // Two 32-bit hashes make 53 bits, so that bounds of years are spread evenly too.
  const high = scramble(hash(text, 0x811c9dc5)) >>> 11;
  const low = scramble(hash(text, 0x01234567));
  return (high * 0x1_0000_0000 + low) % Math.floor(boundMs);
}

/** FNV-1a over UTF-16 units. */
function hash(text: string, seed: number): number {
  let value = seed;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value;
}

/** The finaliser of MurmurHash3: FNV's last characters reach the high bits too little. */
function scramble(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
