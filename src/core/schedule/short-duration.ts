// A length of time as people read it, in the notation in which it is written
// everywhere ("90s", "1h30m"), in the two largest units: they say enough. The exact
// length, as a manifest has it, is formatDuration.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long something took: "250ms", "1.2s", "4m10s", "2h5m", "3d4h". */
export function shortDuration(ms: number): string {
  if (ms < 0) return `-${shortDuration(-ms)}`;
  // What would round up to the next unit is in that unit.
  if (Math.round(ms) < second) return `${Math.round(ms)}ms`;
  if (ms < minute - 50) return `${(ms / second).toFixed(1).replace('.0', '')}s`;
  const whole = Math.round(ms / second) * second;
  if (whole < hour) return twoUnits(whole, minute, 'm', second, 's');
  if (whole < day) return twoUnits(whole, hour, 'h', minute, 'm');
  return twoUnits(whole, day, 'd', hour, 'h');
}

/** How far away something is: "40s", "4m", "2h5m", "3d4h", "20d"; never nothing. */
export function coarseDuration(ms: number): string {
  if (ms < minute - 500) return `${Math.max(1, Math.round(ms / second))}s`;
  if (ms < hour) return `${Math.max(1, Math.floor(ms / minute))}m`;
  if (ms < day) return twoUnits(ms, hour, 'h', minute, 'm');
  if (ms < 14 * day) return twoUnits(ms, day, 'd', hour, 'h');
  return `${Math.floor(ms / day)}d`;
}

function twoUnits(ms: number, big: number, bigName: string, small: number, smallName: string) {
  const whole = Math.floor(ms / big);
  const rest = Math.floor((ms % big) / small);
  return rest === 0 ? `${whole}${bigName}` : `${whole}${bigName}${rest}${smallName}`;
}
