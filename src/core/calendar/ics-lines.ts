// The lines of an iCalendar file (RFC 5545): folded ones joined, each split into
// name, parameters and value, with the line number it begins on. What properties
// mean is read-ics.ts's question.

export interface IcsLine {
  /** In upper case. */
  readonly name: string;
  readonly params: ReadonlyMap<string, string>;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/** Null stands for a line that is none of the format. */
export function* icsLines(
  text: string,
): Generator<{ readonly line: number; readonly content: IcsLine | null }> {
  const physical = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (let at = 0; at < physical.length;) {
    const line = at + 1;
    let logical = physical[at] ?? '';
    at += 1;
    // A blank at the beginning continues the line before.
    while (/^[ \t]/.test(physical[at] ?? '') && (physical[at] ?? '').trim() !== '') {
      logical += (physical[at] ?? '').slice(1);
      at += 1;
    }
    if (logical.trim() === '') continue;
    yield { line, content: contentOf(logical, line) };
  }
}

function contentOf(text: string, line: number): IcsLine | null {
  const match = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:])*)*):(.*)$/s.exec(text);
  if (match === null) return null;
  const [, name = '', rest = '', value = ''] = match;
  const params = new Map<string, string>();
  for (const part of rest.match(/;[A-Za-z0-9-]+=(?:"[^"]*"|[^";])*/g) ?? []) {
    const equals = part.indexOf('=');
    params.set(part.slice(1, equals).toUpperCase(), part.slice(equals + 1).replaceAll('"', ''));
  }
  return { name: name.toUpperCase(), params, value, line };
}

/** A value of type TEXT without its escapes. */
export function icsText(value: string): string {
  return value.replaceAll(/\\([nN,;\\])/g, (_, escaped: string) =>
    escaped === 'n' || escaped === 'N' ? ' ' : escaped,
  );
}
