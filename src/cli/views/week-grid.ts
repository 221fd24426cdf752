// A week of starts in a terminal: hours down, days across; a cell that changes
// shows both counts, so that no colour is needed to read it.
import type { WeekCell, WeekGrid } from '../../core/plan/week-grid.ts';
import type { Terminal } from '../terminal.ts';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** Nights without a start are folded into one line. */
export function weekGridText(grid: WeekGrid, terminal: Terminal): string {
  const width = Math.max(8, Math.min(11, Math.floor((Math.min(terminal.width, 100) - 7) / 7)));
  const heads = grid.days.map(({ date }) => {
    const weekday = weekdays[new Date(date).getUTCDay()] ?? '';
    return `${weekday} ${date.slice(8)}`.padStart(width);
  });
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
  const changed = grid.days.some(({ hours }) =>
    hours.some((cell) => cell !== null && cell.before !== cell.after),
  );
  lines.push(
    terminal.style(
      'dim',
      `starts per hour, ${grid.zone}${changed ? '; 1→2 changes, everything else stays' : ''}`,
    ),
  );
  return lines.join('\n');
}

function hourName(hour: number): string {
  return String(hour).padStart(2, '0');
}

function cellText(cell: WeekCell | null, width: number, terminal: Terminal): string {
  if (cell === null) return ''.padStart(width);
  const { before, after } = cell;
  if (before === after) {
    return before === 0
      ? terminal.style('dim', '·'.padStart(width))
      : short(before).padStart(width);
  }
  const text = `${short(before)}→${short(after)}`.padStart(width);
  return terminal.style(after > before ? 'green' : 'red', text);
}

/** At most four characters. */
export function short(count: number): string {
  if (count < 10_000) return String(count);
  return count < 1_000_000 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 1_000_000)}M`;
}
