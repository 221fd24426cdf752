// A time as jm2 prints it, brought into the form that is read (parse-instant.ts),
// so that what stands in a table can be pasted into the next command:
// "Wed 2026-03-04 05:00 +01:00", "2026-03-04 04:00:05 UTC". Any other text stays.
const SHOWN =
  /^(?:(sun|mon|tue|wed|thu|fri|sat) )?(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(?: (utc|[+-]\d{2}:\d{2})(?: utc)?)?)?$/i;

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** A weekday that is not the one of its date stays, so that nothing reads the text. */
export function unshown(text: string): string {
  const [, weekday, date = '', time, offset] = SHOWN.exec(text) ?? [];
  if (date === '') return text;
  const ofDate = weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()];
  if (weekday !== undefined && weekday.toLowerCase() !== ofDate) return text;
  if (time === undefined) return date;
  return `${date}T${time}${offset?.toLowerCase() === 'utc' ? 'Z' : (offset ?? '')}`;
}
