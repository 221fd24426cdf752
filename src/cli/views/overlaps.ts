// Who meets whom, the most at once, and the busiest minute.
import type { Crowd, Meeting } from '../overlaps.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration } from './durations.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';
import { localTime } from './times.ts';
import { cellsOf, glued, hangingLines, wrapped } from './wrapped.ts';

export interface OverlapFacts extends Crowd {
  readonly from: number;
  readonly to: number;
  readonly zone: string;
  readonly starts: number;
  readonly assumedMs: number;
  /** Jobs whose duration is not known and was assumed. */
  readonly assumed: number;
  readonly truncated: boolean;
}

const rowsMax = 30;

export function overlapsText(facts: OverlapFacts, terminal: Terminal): string {
  const { peak, busiest, meetings, zone } = facts;
  const range = `${localTime(facts.from, zone)} to ${localTime(facts.to, zone)}`;
  if (peak === null || busiest === null) return `Nothing starts from ${range}.`;
  const lines = [
    wrapped(
      `${facts.starts.toLocaleString('en')} starts from ${range}${facts.truncated ? ' (cut: there are more)' : ''}`,
      '',
      terminal,
    ),
    `at once       ${peak.runs} at most, first ${localTime(peak.at, zone, true)}`,
    `per minute    ${busiest.starts} starts at most, first ${localTime(busiest.minute, zone)}`,
  ];
  if (facts.assumed > 0) {
    lines.push(
      `durations     ${humanDuration(facts.assumedMs)} assumed for ${facts.assumed === 1 ? 'one job' : `${facts.assumed} jobs`} without a past (--assume)`,
    );
  }
  if (meetings.length === 0) return [...lines, '', 'No two runs meet.'].join('\n');
  const shown = meetings.slice(0, rowsMax);
  const table = renderTable<Meeting>(
    [
      { header: 'JOB', cell: ({ jobs }) => oneLine(jobs[0]), rank: 0 },
      { header: 'MEETS', cell: other, rank: 0 },
      { header: 'TIMES', cell: ({ count }) => String(count), align: 'right', rank: 0 },
      { header: 'FIRST', cell: ({ first }) => localTime(first, zone, true), rank: 0 },
    ],
    shown,
    terminal,
  );
  // Two long names leave no room for a table: then each pair is told in a sentence.
  const fits = table.split('\n').every((line) => cellsOf(line, terminal) <= terminal.width);
  const pairs = fits ? table : shown.flatMap((meeting) => told(meeting, zone, terminal)).join('\n');
  const more =
    meetings.length > rowsMax
      ? `\n… and ${meetings.length - rowsMax} further pairs; see --json`
      : '';
  return `${lines.join('\n')}\n\n${pairs}${more}`;
}

function other({ jobs: [one, another] }: Meeting): string {
  return one === another ? 'itself' : oneLine(another);
}

function told(meeting: Meeting, zone: string, terminal: Terminal): string[] {
  const { jobs, count, first } = meeting;
  const often = count === 1 ? 'once,' : `${count} times, first`;
  const when = glued(`${often} ${localTime(first, zone, true)}`);
  const sentence = `${oneLine(jobs[0])} meets ${other(meeting)} ${when}`;
  const narrower = { ...terminal, width: terminal.width - 2 };
  return hangingLines('', sentence, narrower).map((line, index) =>
    index === 0 ? line : `  ${line}`,
  );
}
