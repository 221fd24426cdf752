// Reads a calendar file of one date per line: `2026-12-25 Christmas`, with
// comments behind #. The forms are those of `dates` in a manifest.
import type { CalendarEntry } from './calendar.ts';
import { type CalendarFile, type FileProblem, fileProblemsMax, titleOf } from './calendar-file.ts';
import { readDates } from './day-rule.ts';

export function readDateList(text: string): CalendarFile {
  const entries: CalendarEntry[] = [];
  const problems: FileProblem[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const content = line.replace(/(?:^|\s)#.*$/, '').trim();
    if (content === '') continue;
    const [date = '', ...title] = content.split(/\s+/);
    const read = readDates(date);
    if (read.ok) entries.push({ text: date, title: titleOf(title.join(' ')) });
    else if (problems.length < fileProblemsMax) {
      problems.push({ line: index + 1, detail: `"${date}" is no date: ${read.problem}` });
    }
  }
  return { entries, problems };
}
