// A schedule in words, how often that is, and its next starts.
import { formatLocal } from '../../core/schedule/local-time.ts';
import type { Occurrence } from '../../core/schedule/schedule.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { noteWords } from './occurrence-table.ts';
import { localTime } from './times.ts';
import { hanging } from './wrapped.ts';

export interface ScheduleFacts {
  readonly expression: string;
  readonly zone: string;
  readonly words: string;
  readonly next: readonly Occurrence[];
  /** Starts within 365 days. */
  readonly perYear: number;
  /** The first start within a year that a clock change moves. */
  readonly clockChange: Occurrence | null;
}

export function scheduleExplanation(facts: ScheduleFacts, terminal: Terminal): string {
  const { expression, zone, words, next, perYear, clockChange } = facts;
  const lines = next.map(({ nominalTime, note }) =>
    [
      `  ${localTime(nominalTime, zone, true)}`,
      `${new Date(nominalTime).toISOString().slice(0, 19)}Z`,
      relativeTime(nominalTime, terminal.now),
      note === null ? '' : noteWords(note),
    ]
      .filter((part) => part !== '')
      .join('  '),
  );
  return [
    hanging(`${terminal.style('bold', oneLine(expression))}: `, words, terminal),
    `  ${often(perYear)}, zone ${zone}`,
    '',
    ...(lines.length === 0 ? ['  It never starts after that time.'] : lines),
    ...(clockChange === null ||
    next.some(({ nominalTime }) => nominalTime === clockChange.nominalTime)
      ? []
      : [
          '',
          `  The clock change of ${formatLocal(clockChange.nominalTime, zone).slice(0, 10)}: ${noteWords(clockChange.note ?? 'dst_gap')}`,
        ]),
  ].join('\n');
}

function often(perYear: number): string {
  if (perYear === 0) return 'not once within a year';
  if (perYear >= 2 * 365) return `about ${number(perYear / 365)} times a day`;
  if (perYear >= 300) return 'about once a day';
  return perYear === 1 ? 'once within a year' : `${perYear} times a year`;
}

function number(value: number): string {
  return (value >= 10 ? Math.round(value) : Math.round(value * 10) / 10).toLocaleString('en');
}
