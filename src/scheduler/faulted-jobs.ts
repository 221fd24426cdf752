// Words for the jobs whose occurrences the engine failed to compute: they are
// disabled, and somebody has to know.
import type { Condition } from '../core/diagnostics/condition.ts';

const namesShown = 5;

/** Null for none. */
export function describeFaulted(names: readonly string[]): Condition | null {
  if (names.length === 0) return null;
  const shown = names.slice(0, namesShown).join(', ');
  const left = names.length - Math.min(names.length, namesShown);
  const more = left > 0 ? ` and ${left} more` : '';
  return {
    code: null,
    text: `Occurrences cannot be computed, so these jobs are not scheduled: ${shown}${more}. Every other job is.`,
    since: null,
    remedy:
      'See the fault with `jm2 show JOB`; change the schedule, or run another version of jm2.',
  };
}
