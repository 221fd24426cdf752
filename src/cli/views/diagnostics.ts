// Diagnostics of one or several files, as text with snippets, by position.
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../core/diagnostics/render.ts';
import type { DiagnosticStyle } from '../../core/diagnostics/render.ts';
import type { Style, Terminal } from '../terminal.ts';
import { count } from './status.ts';
import { wrapped } from './wrapped.ts';

export interface JudgedText {
  /** Null when it could not be read: then there is nothing to quote from. */
  readonly source: string | null;
  readonly diagnostics: readonly Diagnostic[];
}

const styles: Readonly<Record<DiagnosticStyle, Style>> = {
  error: 'red',
  warning: 'yellow',
  hint: 'cyan',
  place: 'bold',
  gutter: 'dim',
  mark: 'red',
  command: 'cyan',
};

export function diagnosticsText(judged: JudgedText, terminal: Terminal): string {
  return renderDiagnostics(judged.diagnostics, {
    source: judged.source,
    colour: (style, text) => terminal.style(styles[style], text),
    docs: true,
    width: terminal.width,
    broken: (sentence) => wrapped(sentence, '  ', terminal),
  });
}

/** "2 errors and 1 warning", "no problems". */
export function problemCounts(diagnostics: readonly Diagnostic[]): string {
  const of = (severity: Diagnostic['severity']): number =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const parts = (
    [
      [of('error'), 'error'],
      [of('warning'), 'warning'],
      [of('hint'), 'hint'],
    ] as const
  )
    .filter(([number]) => number > 0)
    .map(([number, noun]) => count(number, noun));
  return parts.length === 0 ? 'no problems' : parts.join(', ').replace(/, ([^,]*)$/, ' and $1');
}
