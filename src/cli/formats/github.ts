// Findings as the workflow commands that GitHub shows beside the lines of a
// change, and the outputs of a step. Which files the runner names for them is in
// runner-files.ts.
import { sha256 } from '../../system/digest.ts';
import { oneLine } from '../views/foreign.ts';
import type { Finding, Level } from './findings.ts';
import { shortened } from './markdown-text.ts';

/** GitHub shows this many of a kind for a step, and drops further ones without a word. */
const shownOfKind = 10;
const messageMax = 2_000;

const kinds: Readonly<Record<Level, string>> = {
  error: 'error',
  warning: 'warning',
  note: 'notice',
};

/** One command a line; the last of a kind tells of those that are left out. */
export function annotations(findings: readonly Finding[]): string {
  const lines = (['error', 'warning', 'note'] as const).flatMap((level) => {
    const all = findings.filter((one) => one.level === level);
    if (all.length <= shownOfKind) return all.map(annotation);
    const hidden = all.length - (shownOfKind - 1);
    return [
      ...all.slice(0, shownOfKind - 1).map(annotation),
      `::${kinds[level]} title=jm2::and ${hidden} more of this kind: see the summary of this run`,
    ];
  });
  return lines.join('\n');
}

/**
 * Text for people with the commands after it. What the text holds is not taken
 * for commands: they are stopped by a word that nothing in it can know.
 */
export function logWithAnnotations(text: string, findings: readonly Finding[]): string {
  const mark = `jm2-${sha256(text).slice(0, 32)}`;
  const commands = annotations(findings);
  return [
    `::stop-commands::${mark}`,
    text,
    `::${mark}::`,
    ...(commands === '' ? [] : [commands]),
  ].join('\n');
}

function annotation({ level, title, rule, message, file, range }: Finding): string {
  const place: [string, string | number][] = [];
  if (file !== null) {
    place.push(['file', file]);
    if (range !== null) {
      const { start, end } = range;
      place.push(['line', start.line], ['endLine', end.line], ['col', start.column]);
      // Columns are taken for a place within one line only.
      if (end.line === start.line && end.column > start.column) {
        place.push(['endColumn', end.column]);
      }
    }
  }
  place.push(['title', `${title} [${rule}]`]);
  const properties = place.map(
    ([name, value]) => `${name}=${escapedProperty(oneLine(String(value)))}`,
  );
  return `::${kinds[level]} ${properties.join(',')}::${escapedData(shortened(message, messageMax))}`;
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** For `$GITHUB_OUTPUT`: a value of several lines ends at a mark that it does not hold. */
export function outputLines(outputs: Readonly<Record<string, string>>): string {
  const lines = Object.entries(outputs).map(([name, value]) => {
    if (!/[\r\n]/.test(value)) return `${name}=${value}`;
    let mark = `jm2_${sha256(value).slice(0, 16)}`;
    while (value.includes(mark)) mark = `${mark}_`;
    return `${name}<<${mark}\n${value}\n${mark}`;
  });
  return `${lines.join('\n')}\n`;
}
