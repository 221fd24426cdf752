// What has to be written so that a screen that shows some lines shows others.

/** Lines that stay are not written again. `before` null: the screen's content is unknown. */
export function frameChange(before: readonly string[] | null, after: readonly string[]): string {
  if (before === null) return `${clearScreen}${after.map(placed).join('')}`;
  const changed = after.map((line, row) => (line === before[row] ? '' : placed(line, row)));
  const surplus = before.slice(after.length).map((_, row) => placed('', after.length + row));
  return [...changed, ...surplus].join('');
}

function placed(line: string, row: number): string {
  // Erased first: behind a line as wide as the screen, it would take its last cell.
  return `\u001b[${row + 1};1H\u001b[K${line}`;
}

const clearScreen = '\u001b[2J';

/** The alternate screen, so that what stood there comes back; no cursor, and lines do not wrap. */
export const enterScreen = '\u001b[?1049h\u001b[?25l\u001b[?7l';
export const leaveScreen = '\u001b[?7h\u001b[?25h\u001b[?1049l';
