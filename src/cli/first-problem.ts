// Many problems in one line: the first of them with its place, and how many
// more there are.
import { compareDiagnostics } from '../core/diagnostics/compare-diagnostics.ts';
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import { oneLine } from './views/foreign.ts';

/** "jobs.yaml:3:5: unknown key (JM2-M201), and 2 more"; '' for none. */
export function firstProblem(
  diagnostics: readonly Diagnostic[],
  shownPath: (path: string) => string,
  total: number = diagnostics.length,
): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const first = (errors.length > 0 ? errors : [...diagnostics]).toSorted(compareDiagnostics)[0];
  if (first === undefined) return '';
  const at = first.range?.start;
  const place = [
    first.file === null ? '' : oneLine(shownPath(first.file)),
    at === undefined ? '' : `${at.line}:${at.column}`,
  ].filter((part) => part !== '');
  const what = `${first.summary} (${first.code})`;
  const said = place.length === 0 ? what : `${place.join(':')}: ${what}`;
  return total > 1 ? `${said}, and ${total - 1} more` : said;
}
