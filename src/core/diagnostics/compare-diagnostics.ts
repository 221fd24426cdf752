// The order in which diagnostics are shown.
import type { Diagnostic } from './diagnostic.ts';

const ranks = { error: 0, warning: 1, hint: 2 } as const;

/** By file, then position (those without a place first), then severity, then code. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  const fileA = a.file ?? '';
  const fileB = b.file ?? '';
  if (fileA !== fileB) return fileA < fileB ? -1 : 1;
  const startA = a.range?.start ?? { line: 0, column: 0 };
  const startB = b.range?.start ?? { line: 0, column: 0 };
  return (
    startA.line - startB.line ||
    startA.column - startB.column ||
    ranks[a.severity] - ranks[b.severity] ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}
