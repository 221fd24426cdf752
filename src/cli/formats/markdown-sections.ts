// Fits sections of Markdown into a bound: hosts refuse or cut longer texts. What
// matters most comes first and is cut last; only whole rows are left out, and how
// many is said, so that no table and no fence stays open.

export interface Section {
  /** Lines before and after the rows, such as those of a table, a fence, a fold. */
  readonly open: readonly string[];
  /** Each is written whole or left out. */
  readonly rows: readonly string[];
  readonly close: readonly string[];
  /** What a row is, in the plural. */
  readonly noun: string;
}

const noteMax = 120;

/** `sections` by priority. The length counts UTF-16 units, never less than characters. */
export function fitted(
  head: string,
  sections: readonly Section[],
  foot: string,
  maxLength: number,
): string {
  const filled = sections.filter(({ rows }) => rows.length > 0);
  const parts = [head];
  let left = maxLength - head.length - foot.length - 4;
  filled.forEach((section, at) => {
    const later = filled.slice(at + 1);
    // Nothing further down may be starved: half of the place, or more when they need less.
    const wanted = later.reduce((sum, one) => sum + lengthOf(one), 0);
    const share = Math.max(Math.floor(left / 2), left - wanted);
    const text = within(section, Math.min(share, left - later.length * noteMax));
    left -= text.length + 2;
    parts.push(text);
  });
  parts.push(foot);
  return `${parts.join('\n\n')}\n`;
}

function within({ open, rows, close, noun }: Section, bound: number): string {
  const frame = [...open, ...close].reduce((sum, line) => sum + line.length + 1, noteMax);
  let used = frame;
  let shown = 0;
  for (const row of rows) {
    if (used + row.length + 1 > bound) break;
    used += row.length + 1;
    shown += 1;
  }
  const hidden = rows.length - shown;
  const note = `_${hidden} ${shown === 0 ? '' : 'more '}${noun} not shown here: the text would be too long._`;
  if (shown === 0) return note;
  return [...open, ...rows.slice(0, shown), ...close, ...(hidden === 0 ? [] : ['', note])].join(
    '\n',
  );
}

function lengthOf({ open, rows, close }: Section): number {
  return [...open, ...rows, ...close].reduce((sum, line) => sum + line.length + 1, noteMax);
}
