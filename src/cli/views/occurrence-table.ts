// Occurrences in order of time, in local time with the offset, so that both
// passes of an hour that exists twice can be told apart.
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';
import { localTime, needSeconds } from './times.ts';

export interface PreviewedOccurrence {
  readonly job: string;
  readonly nominalTime: number;
  readonly startTime: number;
  /** Zone that the row is shown in. */
  readonly timezone: string;
  readonly note: string | null;
}

const notes: Readonly<Record<string, string>> = {
  dst_gap: 'local time does not exist; runs at the clock change',
  dst_shift: 'local time does not exist; moved forward',
  dst_overlap_first: 'first pass of an hour that exists twice',
  dst_overlap_last: 'last pass of an hour that exists twice',
  suspended: 'suspended: will be skipped',
};

export function noteWords(note: string): string {
  return notes[note] ?? note;
}

export function occurrenceTable(
  occurrences: readonly PreviewedOccurrence[],
  terminal: Terminal,
): string {
  const nominal = needSeconds(occurrences.map(({ nominalTime }) => nominalTime));
  const starts = needSeconds(occurrences.map(({ startTime }) => startTime));
  return renderTable<PreviewedOccurrence>(
    [
      {
        header: 'LOCAL TIME',
        cell: ({ nominalTime, timezone }) => localTime(nominalTime, timezone, nominal),
        rank: 0,
      },
      { header: 'ZONE', cell: ({ timezone }) => timezone, rank: 3 },
      {
        header: 'WHEN',
        cell: ({ nominalTime }) => relativeTime(nominalTime, terminal.now),
        rank: 1,
      },
      { header: 'JOB', cell: ({ job }) => oneLine(job), rank: 0, mayStandAlone: true },
      {
        header: 'STARTS',
        cell: ({ nominalTime, startTime, timezone }) =>
          startTime === nominalTime ? '' : localTime(startTime, timezone, starts),
        rank: 2,
      },
      {
        header: 'NOTE',
        cell: ({ note }) => (note === null ? '' : noteWords(note)),
        style: () => 'yellow',
        rank: 2,
        cuttable: true,
      },
    ],
    occurrences,
    terminal,
  );
}
