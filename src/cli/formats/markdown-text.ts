// Foreign text inside Markdown: names, descriptions, commands and details of a
// manifest must not become markup, HTML, mentions, references or links. Entities
// are text wherever they stand, also where a backslash or a code span would fail
// (a pipe in a table, a backtick in code).
import { oneLine } from '../views/foreign.ts';

const cellMax = 240;

/** Cut by characters, with a sign that there was more. */
export function shortened(text: string, max: number = cellMax): string {
  if (text.length <= max) return text;
  const characters = Array.from(text);
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}

/** What mentions people or refers to issues on some host, when a word follows. */
const signs = /([@#!~%$&])(?=\w)/g;

// Kept as they are: letters, digits and marks that mean nothing inside a line;
// of underscores those within a word.
const special =
  /[^A-Za-z0-9_ .,;:?'"(){}=+/\u0080-\u{10ffff}-]|_(?![A-Za-z0-9])|(?<![A-Za-z0-9])_/gu;
/** What hosts make links of without being asked to. */
const linked = /:(?=\/)|(?<=www)\./gi;

function entities(text: string): string {
  const entity = (one: string): string => `&#${one.codePointAt(0)};`;
  return text.replace(special, entity).replace(linked, entity);
}

/** Running text of ours that has foreign parts; what stands in backticks becomes code. */
export function prose(text: string, max: number = cellMax): string {
  const parts = shortened(oneLine(text), max).split('`');
  // An open backtick at the end is a character like any other.
  if (parts.length % 2 === 0) parts.push([parts.pop(), parts.pop()].reverse().join('`'));
  return parts
    .map((part, at) =>
      at % 2 === 1 ? `<code>${entities(part)}</code>` : entities(part.replace(signs, '$1\u200b')),
    )
    .join('');
}

/** A name or a value, as code: hosts look for no mentions in it. */
export function code(text: string, max: number = cellMax): string {
  return `<code>${entities(shortened(oneLine(text), max))}</code>`;
}

/** A line inside a fence; the prefix is never empty, so that no line can end the fence. */
export function fenced(prefix: ' ' | '  ' | '+ ' | '- ' | '! ' | '      ', text: string): string {
  const line = shortened(oneLine(text), 600);
  // Up to three spaces before three backticks would still be a fence.
  return `${prefix}${/^\s*`{3}/.test(line) ? `· ${line}` : line}`;
}

export function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
