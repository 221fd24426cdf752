// A week of starts as one self-contained picture for a pull request or a page:
// days across, hours down, changed cells marked by colour, border and text.
// Readable on light and dark pages: it brings its own background.
import type { WeekCell, WeekGrid } from '../../core/plan/week-grid.ts';
import { oneLine } from './foreign.ts';
import { clockNotes, hasClockChange, hasMoved, movedSign, short } from './week-grid.ts';
import { wrapped } from './wrapped.ts';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const cellWidth = 92;
const cellHeight = 22;
const left = 56;
const top = 76;
const lineHeight = 18;
const notesMax = 40;
const noteMaxLength = 104;

export interface WeekPicture {
  readonly title: string;
  readonly subtitle: string;
  readonly grid: WeekGrid;
  /** Below the grid: what changes, and lines that stand under it. Cut after some forty lines. */
  readonly notes: readonly (readonly [string, ...string[]])[];
}

export function weekSvg({ title, subtitle, grid, notes }: WeekPicture): string {
  const shownNotes = noteLines(grid, notes);
  const width = left + 7 * cellWidth + 16;
  const gridBottom = top + 24 * cellHeight;
  const height = gridBottom + 40 + shownNotes.length * lineHeight + 12;
  const most = Math.max(
    1,
    ...grid.days.flatMap(({ hours }) =>
      hours.map((cell) => (cell === null ? 0 : Math.max(cell.before, cell.after))),
    ),
  );
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="8"/>`,
    `<text class="title" x="16" y="28">${escaped(cut(title))}</text>`,
    `<text class="quiet" x="16" y="48">${escaped(cut(subtitle))}</text>`,
  ];
  for (const [day, one] of grid.days.entries()) {
    const { date, hours } = one;
    const x = left + day * cellWidth;
    const weekday = weekdays[new Date(date).getUTCDay()] ?? '';
    parts.push(
      `<text class="head" x="${x + cellWidth / 2}" y="${top - 8}">${weekday} ${date.slice(5)}${hasClockChange(one) ? ' !' : ''}</text>`,
    );
    for (const [hour, cell] of hours.entries()) {
      parts.push(cellSvg(cell, x, top + hour * cellHeight, most));
    }
  }
  for (let hour = 0; hour < 24; hour += 1) {
    const y = top + hour * cellHeight + cellHeight / 2 + 4;
    parts.push(
      `<text class="hour" x="${left - 8}" y="${y}">${String(hour).padStart(2, '0')}:00</text>`,
    );
  }
  parts.push(
    `<text class="quiet" x="${left}" y="${gridBottom + 20}">starts per hour, ${escaped(grid.zone)}${changeLegend(grid)}</text>`,
  );
  for (const [row, { text, x }] of shownNotes.entries()) {
    parts.push(
      `<text class="note" x="${x}" y="${gridBottom + 44 + row * lineHeight}">${escaped(text)}</text>`,
    );
  }
  parts.push('</svg>');
  return `${parts.join('\n')}\n`;
}

interface NoteLine {
  readonly text: string;
  readonly x: number;
}

/** Whole notes only, so that nothing is told of a change without its name. */
function noteLines(grid: WeekGrid, notes: WeekPicture['notes']): NoteLine[] {
  const lines: NoteLine[] = clockNotes(grid).map((text) => ({ text, x: 16 }));
  for (const [at, [first, ...under]] of notes.entries()) {
    const own = [
      { text: cut(oneLine(first)), x: 16 },
      ...under.flatMap((text) => folded(text).map((part) => ({ text: part, x: 32 }))),
    ];
    if (lines.length + own.length > notesMax) {
      lines.push({ text: `and ${notes.length - at} more`, x: 16 });
      break;
    }
    lines.push(...own);
  }
  return lines;
}

/** Two lines at most. */
function folded(text: string): string[] {
  const screen = { width: noteMaxLength, cells: (line: string) => line.length };
  const [first = '', second, ...more] = wrapped(oneLine(text), '', screen).split('\n').map(cut);
  if (second === undefined) return [first];
  return [first, more.length === 0 ? second : cut(`${second} ${more.join(' ')}…`)];
}

function cellSvg(cell: WeekCell | null, x: number, y: number, most: number): string {
  const box = `x="${x + 1}" y="${y + 1}" width="${cellWidth - 2}" height="${cellHeight - 2}" rx="3"`;
  if (cell === null) return `<rect class="void" ${box}/>`;
  const { before, after } = cell;
  if (before === 0 && after === 0) return `<rect class="none" ${box}/>`;
  // By the square root: one start shows beside a hundred.
  const share = Math.sqrt(Math.max(before, after) / most);
  const opacity = (0.18 + 0.62 * share).toFixed(2);
  const isMoved = cell.moved === true;
  const kind = before === after ? (isMoved ? 'moved' : 'same') : after > before ? 'more' : 'less';
  const text =
    before === after
      ? `${short(before)}${isMoved ? movedSign : ''}`
      : `${short(before)}→${short(after)}`;
  return [
    `<rect class="${kind}" fill-opacity="${opacity}" ${box}/>`,
    `<text class="count" x="${x + cellWidth / 2}" y="${y + cellHeight / 2 + 4}">${text}</text>`,
  ].join('');
}

function changeLegend(grid: WeekGrid): string {
  const isChanged = grid.days.some(({ hours }) =>
    hours.some((cell) => cell !== null && cell.before !== cell.after),
  );
  const others = `${movedSign} as many, but others than before`;
  if (!isChanged) return hasMoved(grid) ? `; framed cells change: ${others}` : '';
  return `; framed cells change: before→after${hasMoved(grid) ? `, ${others}` : ''}`;
}

function cut(text: string): string {
  const characters = Array.from(text);
  return characters.length <= noteMaxLength
    ? text
    : `${characters.slice(0, noteMaxLength - 1).join('')}…`;
}

/** XML knows no control characters, not even escaped; marks of direction would reorder a line. */
function escaped(text: string): string {
  return oneLine(text)
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const style = [
  'text{font:12px ui-sans-serif,system-ui,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}',
  '.page{fill:#fff;stroke:#d0d7de}',
  '.title{font-size:16px;font-weight:600}',
  '.quiet,.hour{fill:#59636e}',
  '.head,.count{text-anchor:middle}',
  '.hour{text-anchor:end}',
  '.none{fill:#f6f8fa}.void{fill:none}',
  '.same{fill:#8c959f}',
  '.moved{fill:#bf8700;stroke:#7d4e00;stroke-width:1.5}',
  '.more{fill:#2da44e;stroke:#116329;stroke-width:1.5}',
  '.less{fill:#e5534b;stroke:#a40e26;stroke-width:1.5;stroke-dasharray:4 2}',
  '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117;stroke:#30363d}.quiet,.hour{fill:#9198a1}.none{fill:#161b22}.same{fill:#6e7681}.moved{stroke:#e3b341}.more{stroke:#7ee787}.less{stroke:#ffa198}}',
].join('');
