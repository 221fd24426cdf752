// A month or a year as a grid of days, each with its number of starts; days on
// which the clocks change are marked, as is today. Counting is left to others.
import { MONTHS } from '../../core/schedule/describe-schedule.ts';
import type { Terminal } from '../terminal.ts';

export interface CalendarDay {
  /** 2026-03-29 */
  readonly date: string;
  readonly count: number;
  /** The clocks change on this day. */
  readonly hasClockChange: boolean;
}

export interface Calendar {
  readonly kind: 'month' | 'year';
  readonly zone: string;
  readonly today: string;
  /** Whole months, in order. */
  readonly days: readonly CalendarDay[];
}

const weekdays = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'];
/** A day of a month's grid: number, and below it the starts. */
const wideCell = 8;
const narrowCell = 3;
const monthGap = '   ';

export function calendarText(calendar: Calendar, terminal: Terminal): string {
  const byMonth = grouped(calendar.days);
  const blocks = [...byMonth].map(([month, days]) =>
    calendar.kind === 'month'
      ? monthBlock(month, days, calendar.today, terminal)
      : smallBlock(month, days, calendar.today, terminal),
  );
  const hasChange = calendar.days.some((day) => day.hasClockChange);
  const legend = [
    `starts per day, ${calendar.zone}`,
    calendar.kind === 'year' ? '· no start' : '',
    hasChange ? '! the clocks change' : '',
    calendar.kind === 'year' ? '[ today' : '[ ] today',
  ].filter((part) => part !== '');
  return [
    ...(calendar.kind === 'month'
      ? blocks.map((lines) => lines.join('\n'))
      : sideBySide(blocks, terminal)),
    terminal.style('dim', legend.join('   ')),
  ].join('\n\n');
}

function grouped(days: readonly CalendarDay[]): Map<string, CalendarDay[]> {
  const months = new Map<string, CalendarDay[]>();
  for (const day of days) {
    const month = day.date.slice(0, 7);
    const list = months.get(month) ?? [];
    list.push(day);
    months.set(month, list);
  }
  return months;
}

function titleOf(month: string): string {
  return `${MONTHS[Number(month.slice(5)) - 1] ?? ''} ${month.slice(0, 4)}`;
}

/** From 0 for Monday. */
function weekdayOf(date: string): number {
  return (new Date(date).getUTCDay() + 6) % 7;
}

function weeksOf(days: readonly CalendarDay[]): (CalendarDay | null)[][] {
  const lead = weekdayOf(days[0]?.date ?? '');
  const cells: (CalendarDay | null)[] = [...Array.from({ length: lead }, () => null), ...days];
  const weeks: (CalendarDay | null)[][] = [];
  for (let at = 0; at < cells.length; at += 7) weeks.push(cells.slice(at, at + 7));
  return weeks;
}

function monthBlock(
  month: string,
  days: readonly CalendarDay[],
  today: string,
  terminal: Terminal,
): string[] {
  const total = days.reduce((sum, { count }) => sum + count, 0);
  const lines = [
    terminal.style('bold', `${titleOf(month)}: ${total.toLocaleString('en')} starts`),
    weekdays.map((name) => name.padStart(wideCell)).join(''),
  ];
  for (const week of weeksOf(days)) {
    const numbers = week.map((day) => (day === null ? '' : dayLabel(day, today)));
    const counts = week.map((day) => (day === null || day.count === 0 ? '' : short(day.count)));
    lines.push(
      numbers
        .map((text) => terminal.style('dim', text.padStart(wideCell)))
        .join('')
        .trimEnd(),
      counts
        .map((text) => text.padStart(wideCell))
        .join('')
        .trimEnd(),
    );
  }
  return lines;
}

function dayLabel({ date, hasClockChange }: CalendarDay, today: string): string {
  const number = String(Number(date.slice(8)));
  const marked = hasClockChange ? `${number}!` : number;
  return date === today ? `[${marked}]` : marked;
}

/** Three cells a day: the day's number where something starts, a dot where nothing does. */
function smallBlock(
  month: string,
  days: readonly CalendarDay[],
  today: string,
  terminal: Terminal,
): string[] {
  const width = weekdays.length * narrowCell;
  const lines = [
    terminal.style('bold', titleOf(month).padEnd(width)),
    terminal.style('dim', weekdays.map((name) => name.padStart(narrowCell)).join('')),
  ];
  for (const week of weeksOf(days)) {
    const cells = week.map((day) => {
      if (day === null) return ''.padStart(narrowCell);
      const text = day.count === 0 ? '·' : String(Number(day.date.slice(8)));
      const mark = day.date === today ? '[' : day.hasClockChange ? '!' : '';
      const cell = (mark + text).padStart(narrowCell);
      return day.count === 0 ? terminal.style('dim', cell) : terminal.style('green', cell);
    });
    while (cells.length < 7) cells.push(''.padStart(narrowCell));
    lines.push(cells.join(''));
  }
  while (lines.length < 8) lines.push(''.padStart(width));
  return lines;
}

function sideBySide(blocks: readonly (readonly string[])[], terminal: Terminal): string[] {
  const width = weekdays.length * narrowCell + monthGap.length;
  const perRow = Math.max(1, Math.min(4, Math.floor((Math.min(terminal.width, 120) + 3) / width)));
  const rows: string[] = [];
  for (let at = 0; at < blocks.length; at += perRow) {
    const row = blocks.slice(at, at + perRow);
    const lines = (row[0] ?? []).map((_, line) =>
      row
        .map((block) => block[line] ?? '')
        .join(monthGap)
        .trimEnd(),
    );
    rows.push(lines.join('\n'));
  }
  return rows;
}

function short(count: number): string {
  if (count < 10_000) return String(count);
  return count < 1_000_000 ? `${Math.round(count / 1_000)}k` : `${Math.round(count / 1_000_000)}M`;
}
