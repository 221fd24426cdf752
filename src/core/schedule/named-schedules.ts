// Schedules that are known by a name without being declared. Names of the
// manifest win over these; that is decided in parse-schedule.ts.
import leven from 'leven';

/** Built-in names without their `@`, as cron expressions. */
export const BUILT_IN_SCHEDULES: Readonly<Record<string, string>> = {
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  midnight: '0 0 * * *',
  weekly: '0 0 * * 0',
  monthly: '0 0 1 * *',
  yearly: '0 0 1 1 *',
  annually: '0 0 1 1 *',
  workdays: '0 9 * * 1-5',
  weekdays: '0 9 * * 1-5',
  weekends: '0 9 * * 0,6',
};

const OVERRIDABLE: ReadonlySet<string> = new Set(['workdays', 'weekdays', 'weekends']);

/** True for a name that means the same in every manifest, as in every crontab. */
export function isReservedName(name: string): boolean {
  if (name === 'reboot') return true;
  return Object.hasOwn(BUILT_IN_SCHEDULES, name) && !OVERRIDABLE.has(name);
}

/** The name that was perhaps meant, without its `@`; null when none is near. */
export function nearestScheduleName(name: string, declared: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  if (name.length > 64) return null;
  for (const known of [...declared, ...Object.keys(BUILT_IN_SCHEDULES)]) {
    const distance = leven(name.toLowerCase(), known.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [known, distance];
  }
  return best;
}
