// A week of starts in a terminal: hours down, days across; a cell that changes
// shows both counts, so that no colour is needed to read it.
import type { WeekCell, WeekDay, WeekGrid } from '../../core/plan/week-grid.ts';
import type { Terminal } from '../terminal.ts';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const dayMs = 86_400_000;

/** Nights without a start are folded into one line. */
export function weekGridText(grid: WeekGrid, terminal: Terminal): string {
  const width = Math.max(8, Math.min(11, Math.floor((Math.min(terminal.width, 100) - 7) / 7)));
  const heads = grid.days.map((day) =>
    `${dayName(day)}${hasClockChange(day) ? '!' : ''}`.padStart(width),
  );
  const lines = [terminal.style('bold', `hour  ${heads.join('')}`)];
  let quietFrom: number | null = null;
  const endQuiet = (until: number): void => {
    if (quietFrom === null) return;
    const hours =
      until - quietFrom === 1
        ? hourName(quietFrom)
        : `${hourName(quietFrom)}–${hourName(until - 1)}`;
    lines.push(terminal.style('dim', `${hours}  no start`));
    quietFrom = null;
  };
  for (let hour = 0; hour < 24; hour += 1) {
    const cells = grid.days.map((day) => day.hours[hour] ?? null);
    if (cells.every((cell) => cell === null || (cell.before === 0 && cell.after === 0))) {
      quietFrom ??= hour;
      continue;
    }
    endQuiet(hour);
    lines.push(
      `${hourName(hour)}    ${cells.map((cell) => cellText(cell, width, terminal)).join('')}`.trimEnd(),
    );
  }
  endQuiet(24);
  lines.push(
    terminal.style('dim', `starts per hour, ${grid.zone}${changeLegend(grid)}`),
    ...clockNotes(grid).map((note) => terminal.style('dim', note)),
  );
  return lines.join('\n');
}

function dayName({ date }: WeekDay): string {
  return `${weekdays[new Date(date).getUTCDay()] ?? ''} ${date.slice(8)}`;
}

export function hasClockChange({ lengthMs }: WeekDay): boolean {
  return lengthMs !== dayMs;
}

/** `24h30m`: days would hide the half hour. */
function hoursLong({ lengthMs }: WeekDay): string {
  const minutes = Math.round(lengthMs / 60_000);
  return `${Math.floor(minutes / 60)}h${minutes % 60 === 0 ? '' : `${minutes % 60}m`}`;
}

/** `! Sun 29 has 23h: the clocks go forward`: one hour is none, or is counted twice. */
export function clockNotes({ days }: WeekGrid): string[] {
  return days
    .filter(hasClockChange)
    .map(
      (day) =>
        `! ${dayName(day)} has ${hoursLong(day)}: the clocks go ${day.lengthMs < dayMs ? 'forward' : 'back'}`,
    );
}

function hourName(hour: number): string {
  return String(hour).padStart(2, '0');
}

function cellText(cell: WeekCell | null, width: number, terminal: Terminal): string {
  if (cell === null) return ''.padStart(width);
  const { before, after } = cell;
  if (cell.moved === true) {
    return terminal.style('yellow', `${short(after)}${movedSign}`.padStart(width));
  }
  if (before === after) {
    return before === 0
      ? terminal.style('dim', '·'.padStart(width))
      : short(before).padStart(width);
  }
  const text = `${short(before)}→${short(after)}`.padStart(width);
  return terminal.style(after > before ? 'green' : 'red', text);
}

/** '' where nothing changes. */
function changeLegend(grid: WeekGrid): string {
  const cells = grid.days.flatMap(({ hours }) => hours);
  const words = [
    ...(cells.some((cell) => cell !== null && cell.before !== cell.after) ? ['1→2 changes'] : []),
    ...(hasMoved(grid) ? [`2${movedSign} are others than before`] : []),
  ];
  return words.length === 0 ? '' : `; ${words.join(', ')}, everything else stays`;
}

/** Behind a count that stays while its starts do not. */
export const movedSign = '*';

/** A cell has as many starts as before, but others. */
export function hasMoved({ days }: WeekGrid): boolean {
  return days.some(({ hours }) => hours.some((cell) => cell?.moved === true));
}

/** At most four characters. */
export function short(count: number): string {
  if (count < 10_000) return String(count);
  return count < 1_000_000 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 1_000_000)}M`;
}
