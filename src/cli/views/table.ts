// Tables that fit: columns are as wide as their widest cell; on a narrow
// terminal long free text is cut first, then the least important ones are dropped.
// Names are never cut: a long one takes a line of its own where others would have to
// go for it. Widths count screen cells, not characters.
import type { Style, Terminal } from '../terminal.ts';

export interface Column<Row> {
  readonly header: string;
  /** Plain text without colour or control characters. */
  cell(row: Row): string;
  style?(row: Row): Style | null;
  readonly align?: 'left' | 'right';
  /** 0 is never dropped; the highest number goes first. */
  readonly rank: number;
  /** May be shortened with an ellipsis down to 12 cells. */
  readonly cuttable?: boolean;
  /** Long cells may stand on a line of their own, above their row; for one column of a table. */
  readonly mayStandAlone?: boolean;
}

/** What is longer than this part of the terminal may stand alone. */
const ownLineFrom = 0.4;
const gap = '  ';
const cutMin = 12;

export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  terminal: Terminal,
): string {
  const filled = columns.map((column) => {
    const cells = rows.map((row) => column.cell(row));
    return { column, cells, width: widestOf({ column, cells }, terminal) };
  });
  // A column that says nothing in any row takes no room.
  let shown = filled.filter(
    ({ column, cells }) => column.rank === 0 || cells.some((cell) => cell !== ''),
  );
  const total = (): number =>
    shown.reduce((sum, { width }) => sum + width, 0) + gap.length * (shown.length - 1);
  const alone = leaveAlone(shown, total, terminal);
  for (;;) {
    cut(shown, total() - terminal.width);
    if (total() <= terminal.width) break;
    const worst = shown.reduce((rank, { column }) => Math.max(rank, column.rank), 0);
    if (worst === 0) break;
    shown = shown.filter(({ column }) => column.rank !== worst);
    for (const part of shown) if (part !== alone) part.width = widestOf(part, terminal);
  }
  const line = (cells: readonly string[]): string => cells.join(gap).trimEnd();
  const header = line(
    shown.map(({ column, width }) =>
      terminal.style('bold', pad(column.header, width, terminal, column.align)),
    ),
  );
  const body = rows.flatMap((row, index) => {
    const lead = alone?.cells[index] ?? '';
    const standsAlone = alone !== null && terminal.cells(lead) > alone.width;
    const cellsOfRow = shown.map((part) => {
      const { column, cells, width } = part;
      const cell = standsAlone && part === alone ? '' : (cells[index] ?? '');
      const text = pad(shorten(cell, width, terminal), width, terminal, column.align);
      const style = column.style?.(row) ?? null;
      return style === null ? text : terminal.style(style, text);
    });
    return standsAlone ? [lead, line(cellsOfRow)] : [line(cellsOfRow)];
  });
  return [header, ...body].join('\n');
}

interface Filled {
  readonly column: {
    readonly header: string;
    readonly cuttable?: boolean;
    readonly mayStandAlone?: boolean;
  };
  readonly cells: readonly string[];
  width: number;
}

/** Makes such a column as wide as its shorter cells, where that helps; null where it does not. */
function leaveAlone<One extends Filled>(
  columns: readonly One[],
  total: () => number,
  screen: Screen & Pick<Terminal, 'width'>,
): One | null {
  const found = columns.find(({ column }) => column.mayStandAlone === true);
  const most = Math.floor(screen.width * ownLineFrom);
  if (found === undefined || found.width <= most || total() <= screen.width) return null;
  const shorter = found.cells.filter((cell) => screen.cells(cell) <= most);
  found.width = widestOf({ column: found.column, cells: shorter }, screen);
  return found;
}

function widestOf({ column, cells }: Pick<Filled, 'column' | 'cells'>, screen: Screen): number {
  return cells.reduce(
    (width, cell) => Math.max(width, screen.cells(cell)),
    screen.cells(column.header),
  );
}

/** Takes `excess` cells from the widest cuttable columns. */
function cut(columns: readonly Filled[], excess: number): void {
  let left = excess;
  const candidates = columns
    .filter(({ column }) => column.cuttable === true)
    .toSorted((a, b) => b.width - a.width);
  for (const candidate of candidates) {
    if (left <= 0) return;
    const given = Math.min(left, Math.max(0, candidate.width - cutMin));
    candidate.width -= given;
    left -= given;
  }
}

type Screen = Pick<Terminal, 'cells'>;

export function pad(
  text: string,
  width: number,
  screen: Screen,
  align: 'left' | 'right' = 'left',
): string {
  const fill = ' '.repeat(Math.max(0, width - screen.cells(text)));
  return align === 'right' ? fill + text : text + fill;
}

/** At most `width` screen cells, ending in an ellipsis when something was left out. */
export function shorten(text: string, width: number, screen: Screen): string {
  if (screen.cells(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const cells = screen.cells(segment);
    if (used + cells > width - 1) break;
    kept += segment;
    used += cells;
  }
  return `${kept.trimEnd()}…`;
}
