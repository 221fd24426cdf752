// The days of a rule as the calendars of its job leave them: those that are not
// allowed are left out, or moved to an allowed one. Since each day of a cron
// expression has the same times, moving its days moves its occurrences.
import { type AllowedDays, allowedDays } from '../calendar/allowed-days.ts';
import type { CalendarRule, Roll } from '../calendar/calendar.ts';
import { FIRST_DAY, LAST_DAY } from '../calendar/day.ts';
import type { Days } from './cron-days.ts';
import { SearchSteps } from './engine-fault.ts';

const END = LAST_DAY + 1;
// Looking for the day that is moved goes beyond the limit of a question, and is
// asked once per stretch of a zone: it has steps of its own.

export class RolledDays implements Days {
  readonly #days: Days;
  readonly #allowed: AllowedDays;
  readonly #roll: Roll;

  constructor(days: Days, rule: CalendarRule) {
    this.#days = days;
    this.#allowed = allowedDays(rule);
    this.#roll = rule.roll;
  }

  next(day: number, limit: number, steps: SearchSteps): number | null {
    const found = this.#next(day, limit, steps);
    return found !== null && found < limit ? found : null;
  }

  previous(day: number, limit: number, steps: SearchSteps): number | null {
    const found = this.#previous(day, limit, steps);
    return found !== null && found >= limit ? found : null;
  }

  /** True when there is no day at or after this one. */
  isOverAt(day: number): boolean {
    return this.#next(day, END, stepsOf('the end')) === null;
  }

  /** True when there is no day at or before this one. */
  isAheadOf(day: number): boolean {
    return this.#previous(day, FIRST_DAY, stepsOf('the beginning')) === null;
  }

  count(from: number, to: number): number {
    let total = 0;
    const steps = stepsOf('a count');
    // At most one pass per day of the span.
    for (let day = this.next(from, to, steps); day !== null;) {
      total += 1;
      day = this.next(day + 1, to, stepsOf('a count'));
    }
    return total;
  }

  has(day: number): boolean {
    if (!this.#allowed.has(day)) return false;
    return this.#days.has(day) || this.movedFrom(day) !== null;
  }

  /** The nearest day from which one was moved to this day; null when the day is the rule's own. */
  movedFrom(day: number): number | null {
    if (this.#roll === 'skip' || this.#days.has(day) || !this.#allowed.has(day)) return null;
    const steps = stepsOf('what was moved');
    if (this.#roll === 'next') {
      const before = this.#allowed.previous(day - 1) ?? FIRST_DAY - 1;
      return this.#days.previous(day - 1, before + 1, steps);
    }
    return this.#days.next(day + 1, this.#allowed.next(day + 1) ?? END, steps);
  }

  #next(day: number, limit: number, steps: SearchSteps): number | null {
    const allowed = this.#allowed;
    switch (this.#roll) {
      case 'skip':
        // The two take turns in going ahead of each other, and both end at the limit.
        for (let at = this.#days.next(day, limit, steps); at !== null;) {
          const open = allowed.next(at);
          if (open === at || open === null || open >= limit) return open;
          at = this.#days.next(open, limit, steps);
          if (at === open) return at;
        }
        return null;
      case 'next': {
        // What lies behind the last allowed day before `day` is moved to `day` or later.
        const before = allowed.previous(day - 1) ?? FIRST_DAY - 1;
        const own = this.#days.next(before + 1, END, stepsOf('the next'));
        return own === null ? null : allowed.next(own);
      }
      case 'previous': {
        const open = allowed.next(day);
        const own = open === null ? null : this.#days.next(open, END, stepsOf('the next'));
        return own === null ? null : allowed.previous(own);
      }
    }
  }

  #previous(day: number, limit: number, steps: SearchSteps): number | null {
    const allowed = this.#allowed;
    switch (this.#roll) {
      case 'skip':
        for (let at = this.#days.previous(day, limit, steps); at !== null;) {
          const open = allowed.previous(at);
          if (open === at || open === null || open < limit) return open;
          at = this.#days.previous(open, limit, steps);
          if (at === open) return at;
        }
        return null;
      case 'next': {
        const open = allowed.previous(day);
        const own =
          open === null ? null : this.#days.previous(open, FIRST_DAY, stepsOf('the last'));
        return own === null ? null : allowed.next(own);
      }
      case 'previous': {
        // What lies before the first allowed day after `day` is moved to `day` or earlier.
        const after = allowed.next(day + 1) ?? END;
        const own = this.#days.previous(after - 1, FIRST_DAY, stepsOf('the last'));
        return own === null ? null : allowed.previous(own);
      }
    }
  }
}

function stepsOf(what: string): SearchSteps {
  return new SearchSteps(() => `${what} of the days of a calendar`);
}
