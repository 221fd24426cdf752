// Lengths of time and distances from now, in the shortest words that still
// tell enough: "4 m 10 s", "in 4 m", "2 h ago".

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long something took: "250 ms", "1.2 s", "4 m 10 s", "2 h 5 m", "3 d 4 h". */
export function humanDuration(ms: number): string {
  if (ms < 0) return `-${humanDuration(-ms)}`;
  if (ms < second) return `${Math.round(ms)} ms`;
  // 59.96 s would round to "60.0 s".
  if (ms < minute - 50) return `${trimZero((ms / second).toFixed(1))} s`;
  const whole = Math.round(ms / second) * second;
  if (whole < hour) return twoUnits(whole, minute, 'm', second, 's');
  if (whole < day) return twoUnits(whole, hour, 'h', minute, 'm');
  return twoUnits(whole, day, 'd', hour, 'h');
}

/** "in 4 m", "2 h ago", "now". */
export function relativeTime(instant: number, now: number): string {
  const distance = instant - now;
  if (Math.abs(distance) < second / 2) return 'now';
  const length = coarse(Math.abs(distance));
  return distance > 0 ? `in ${length}` : `${length} ago`;
}

function coarse(ms: number): string {
  if (ms < minute) return `${Math.max(1, Math.round(ms / second))} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} m`;
  if (ms < day) return twoUnits(ms, hour, 'h', minute, 'm');
  if (ms < 14 * day) return twoUnits(ms, day, 'd', hour, 'h');
  return `${Math.floor(ms / day)} d`;
}

function twoUnits(ms: number, big: number, bigName: string, small: number, smallName: string) {
  const whole = Math.floor(ms / big);
  const rest = Math.floor((ms % big) / small);
  return rest === 0 ? `${whole} ${bigName}` : `${whole} ${bigName} ${rest} ${smallName}`;
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
