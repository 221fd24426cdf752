// A day or a week as a picture: hours across, jobs down, more ink where more
// runs are. Slots are lengths of real time, so a day of 23 or 25 hours has as
// many columns as it has hours.
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { localParts } from './times.ts';

export interface TimelineRow {
  readonly job: string;
  /** Occurrences per slot. */
  readonly counts: readonly number[];
}

export interface Timeline {
  readonly kind: 'day' | 'week';
  readonly from: number;
  readonly slotMs: number;
  readonly zone: string;
  readonly rows: readonly TimelineRow[];
}

/** Ink per number of runs in a slot: the last whose `least` is reached. */
const inks = [
  { least: 0, ink: '·', words: 'none' },
  { least: 1, ink: '░', words: '1' },
  { least: 2, ink: '▒', words: '2 to 5' },
  { least: 6, ink: '▓', words: '6 to 20' },
  { least: 21, ink: '█', words: 'more' },
] as const;

export function inkOf(count: number): string {
  return inks.findLast(({ least }) => count >= least)?.ink ?? '·';
}

export function timelineText(timeline: Timeline, terminal: Terminal): string {
  const { rows } = timeline;
  const slots = rows[0]?.counts.length ?? 0;
  const total = rowOfAll(rows, slots);
  const sums = [...rows, total].map(({ counts }) => String(sum(counts)));
  const sumWidth = Math.max(4, ...sums.map(({ length }) => length));
  // A name that leaves no room for its picture has a line of its own, and is never cut.
  const labelMax = terminal.width - 2 - slots - 2 - sumWidth;
  const names = rows.map(({ job }) => oneLine(job));
  const labelWidth = Math.max(
    3,
    ...names.map(({ length }) => length).filter((length) => length <= labelMax),
  );
  // Two cells per slot where they fit: easier to follow with the eye.
  const wide = labelWidth + 2 + slots * 2 + 2 + sumWidth <= terminal.width;
  const cell = wide ? 2 : 1;
  const line = (label: string, body: string, tail: string): string =>
    `${label.padEnd(labelWidth)}  ${body}  ${tail.padStart(sumWidth)}`.trimEnd();
  const picture = (row: TimelineRow): string =>
    row.counts.map((value) => inkOf(value).repeat(cell)).join('');
  return [
    terminal.style('bold', title(timeline)),
    '',
    ...scale(timeline, slots, cell).map((text) => terminal.style('dim', line('', text, ''))),
    ...rows.flatMap((row, at) => {
      const name = names[at] ?? '';
      const standsAlone = name.length > labelWidth;
      const shown = line(standsAlone ? '' : name, picture(row), String(sum(row.counts)));
      return standsAlone ? [name, shown] : [shown];
    }),
    terminal.style('bold', line('all', picture(total), String(sum(total.counts)))),
    '',
    terminal.style(
      'dim',
      `runs per ${slotWords(timeline.slotMs)}: ${inks.map(({ ink, words }) => `${ink} ${words}`).join('   ')}`,
    ),
  ].join('\n');
}

function rowOfAll(rows: readonly TimelineRow[], slots: number): TimelineRow {
  const counts = Array.from({ length: slots }, (_, slot) =>
    rows.reduce((all, row) => all + (row.counts[slot] ?? 0), 0),
  );
  return { job: 'all', counts };
}

function title({ kind, from, zone }: Timeline): string {
  const { weekday, date } = localParts(from, zone);
  return `${kind === 'day' ? 'Day' : 'Week'} from ${weekday} ${date}, ${zone}`;
}

/** Labels above the slots: hours for a day; days, then hours, for a week. */
function scale({ kind, from, slotMs, zone }: Timeline, slots: number, cell: number): string[] {
  const hours = blank(slots * cell);
  const days = blank(slots * cell);
  let lastDay = '';
  for (let slot = 0; slot < slots; slot += 1) {
    const { weekday, date, time } = localParts(from + slot * slotMs, zone);
    const hour = time.slice(0, 2);
    if (kind === 'day' && (cell >= 2 ? slot % 2 === 0 : slot % 4 === 0)) {
      write(hours, slot * cell, hour);
    }
    if (kind === 'week' && date !== lastDay)
      write(days, slot * cell, `${weekday} ${date.slice(8)}`);
    lastDay = date;
  }
  return kind === 'day' ? [hours.join('')] : [days.join('')];
}

function blank(length: number): string[] {
  return Array.from({ length }, () => ' ');
}

function write(cells: string[], at: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) {
    if (at + index < cells.length) cells[at + index] = text.charAt(index);
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, value) => all + value, 0);
}

function slotWords(ms: number): string {
  const hours = ms / 3_600_000;
  return hours === 1 ? 'hour' : `${hours} hours`;
}
