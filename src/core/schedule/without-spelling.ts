// What of a schedule decides when it comes due: all but how it was spelled.
import type { Schedule } from './schedule.ts';

/** For comparing and for digests: equal for schedules that name the same instants. */
export function withoutSpelling(schedule: Schedule): object {
  const { written: _written, ...rule } = schedule;
  if (rule.kind !== 'at') return rule;
  const { remark: _remark, ...instant } = rule;
  return instant;
}
