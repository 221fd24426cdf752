// Calendars as used: the days a manifest gives a name to, and what a job does
// with them. Reading them is the manifest's work, asking them allowed-days.ts's.

/** A calendar as a job spec holds it: complete, so that no file is needed again. */
export interface CalendarDays {
  readonly name: string;
  /** Sorted, each once; in the forms of day-rule.ts. */
  readonly days: readonly string[];
}

/** Where an occurrence on a day that is not allowed goes, keeping its local time. */
export type Roll = 'skip' | 'next' | 'previous';

/** On which days the schedules of a job count. */
export interface CalendarRule {
  /** Not on days of these. */
  readonly except: readonly CalendarDays[];
  /** When there are any: only on days of these. */
  readonly only: readonly CalendarDays[];
  readonly roll: Roll;
}

/** An entry with where it comes from, for people. */
export interface CalendarEntry {
  readonly text: string;
  /** What the day is called, where a file says it. */
  readonly title: string | null;
}

/** A calendar of the manifest. */
export interface Calendar extends CalendarDays {
  readonly entries: readonly CalendarEntry[];
  /** As written. */
  readonly files: readonly string[];
}

/** "not on days of de-holidays, else on the next allowed day". */
export function calendarWords(rule: CalendarRule): string {
  const rolled = rule.roll === 'skip' ? '' : `, else on the ${rule.roll} allowed day`;
  return calendarDaysWords(rule) + rolled;
}

/** "only on days of quarter-ends and not on days of de-holidays". */
export function calendarDaysWords({ except, only }: CalendarRule): string {
  const names = (calendars: readonly CalendarDays[]): string =>
    calendars.map(({ name }) => name).join(', ');
  const parts = [
    ...(only.length === 0 ? [] : [`only on days of ${names(only)}`]),
    ...(except.length === 0 ? [] : [`not on days of ${names(except)}`]),
  ];
  return parts.join(' and ');
}
