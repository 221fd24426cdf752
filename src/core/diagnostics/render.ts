// Diagnostics as text for people: summary and place, snippet, what happened, a
// way out. Pure; colour comes in as a function, so tests and pipes get plain text.
import { compareDiagnostics } from './compare-diagnostics.ts';
import type { Diagnostic } from './diagnostic.ts';
import { escapeForTerminal, escapeLine } from './escape-for-terminal.ts';
import { type SnippetLine, SourceLines, snippetOf } from './snippet.ts';

/** What a piece of the text is; a view maps it to a colour. */
export type DiagnosticStyle =
  | 'error'
  | 'warning'
  | 'hint'
  | 'place'
  | 'gutter'
  | 'mark'
  | 'command';

export interface RenderOptions {
  /** Text of the file the diagnostic is about; null when it is not at hand: no snippet. */
  readonly source: string | null;
  readonly colour: (style: DiagnosticStyle, text: string) => string;
  /** Adds "More: jm2 explain CODE". */
  readonly docs: boolean;
  /** Breaks an indented sentence into lines that fit; absent: it stays one. */
  readonly broken?: (sentence: string) => string;
  /** Cells of a line of the terminal; absent: as many as a snippet takes. */
  readonly width?: number;
}

/** Told with a place in a file that the manifest names: the text at hand is not that file's. */
const inOtherFiles: ReadonlySet<string> = new Set(['JM2-M344']);

/** For callers without colours. */
export const withoutColour = (_style: DiagnosticStyle, text: string): string => text;

function place(diagnostic: Diagnostic): string {
  const position = diagnostic.range?.start;
  const file = diagnostic.file === null ? '' : escapeLine(diagnostic.file);
  const at = position === undefined ? '' : `${position.line}:${position.column}`;
  return [file, at].filter((part) => part !== '').join(':');
}

function header(diagnostic: Diagnostic, options: RenderOptions): string {
  const head = options.colour(diagnostic.severity, `${diagnostic.severity}[${diagnostic.code}]`);
  const where = place(diagnostic);
  return where === ''
    ? `${head} ${diagnostic.summary}`
    : `${head} ${options.colour('place', where)}: ${diagnostic.summary}`;
}

function snippetText(
  snippet: readonly SnippetLine[],
  diagnostic: Diagnostic,
  options: RenderOptions,
): string {
  const width = Math.max(2, ...snippet.map((line) => String(line.number).length));
  const result: string[] = [];
  for (const line of snippet) {
    const gutter = options.colour('gutter', `  ${String(line.number).padStart(width)} |`);
    result.push(`${gutter} ${line.text}`.trimEnd());
    if (line.marks === '') continue;
    const label = diagnostic.label === null ? '' : ` ${escapeLine(diagnostic.label)}`;
    const indent = line.marks.length - line.marks.trimStart().length;
    const marks = options.colour('mark', line.marks.trimStart() + label);
    result.push(
      `${options.colour('gutter', `  ${' '.repeat(width)} |`)} ${' '.repeat(indent)}${marks}`,
    );
  }
  return result.join('\n');
}

/** Around the number of a line, and for an ellipsis at both ends of it. */
const gutterWidth = 7;

/** What is indented already, such as a command, stays whole, to be copied. */
function indented(text: string, { broken = (sentence) => `  ${sentence}` }: RenderOptions): string {
  return text
    .split('\n')
    .map((line) => {
      if (line === '') return '';
      return line.startsWith(' ') ? `  ${line}` : broken(line);
    })
    .join('\n');
}

function wayOut(diagnostic: Diagnostic, options: RenderOptions): string | null {
  const more = options.docs
    ? `More: ${options.colour('command', `jm2 explain ${diagnostic.code}`)}`
    : '';
  if (diagnostic.hint === null) return more === '' ? null : `  ${more}`;
  const hint = escapeForTerminal(diagnostic.hint);
  return indented(more === '' ? hint : `${hint}  ${more}`, options);
}

function linesOf({ source }: RenderOptions): SourceLines | null {
  return source === null ? null : new SourceLines(source);
}

/** One diagnostic in four parts, without a final newline. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  return render(diagnostic, options, linesOf(options));
}

function render(diagnostic: Diagnostic, options: RenderOptions, lines: SourceLines | null): string {
  const parts = [header(diagnostic, options)];
  if (lines !== null && diagnostic.range !== null && !inOtherFiles.has(diagnostic.code)) {
    const { width = Number.POSITIVE_INFINITY } = options;
    const digits = Math.max(2, String(diagnostic.range.start.line).length);
    const snippet = snippetOf(lines, diagnostic.range, width - digits - gutterWidth);
    if (snippet !== null) parts.push('', snippetText(snippet, diagnostic, options), '');
  }
  parts.push(indented(escapeForTerminal(diagnostic.detail), options));
  const out = wayOut(diagnostic, options);
  if (out !== null) parts.push(out);
  return parts.join('\n');
}

/** All diagnostics of one file by position, with an empty line between them. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: RenderOptions,
): string {
  const lines = linesOf(options);
  return [...diagnostics]
    .sort(compareDiagnostics)
    .map((diagnostic) => render(diagnostic, options, lines))
    .join('\n\n');
}
