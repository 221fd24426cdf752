// Collects the diagnostics of one manifest and gives each its place. Which
// problems there are is decided by its callers.
import { compareDiagnostics } from '../diagnostics/compare-diagnostics.ts';
import type { Diagnostic, Fix, Range, Severity } from '../diagnostics/diagnostic.ts';
import { diagnostic } from '../diagnostics/registry.ts';
import { mendedScalar, type Mended } from './mended-scalar.ts';
import type { PlacesOf } from './text/read-text.ts';

/** More than these are counted, not listed. */
const shownMax = 200;
// Rules go on looking a little further, so that the first of the file are shown.
const collectedMax = 2000;

const refusal = 'The manifest is not accepted; the last good revision, if any, stays in force.';
const remark = 'This is a warning and stops nothing.';

export interface Report {
  readonly code: string;
  readonly pointer: string;
  readonly detail: string;
  readonly severity?: Severity;
  /** Mark the key instead of the value. */
  readonly atKey?: boolean;
  /** A part of the scalar's text. */
  readonly part?: { readonly offset: number; readonly length: number } | null;
  /** A place in a file that the manifest names, instead of one in the manifest. */
  readonly elsewhere?: { readonly path: string; readonly line: number };
  readonly label?: string | null;
  readonly hint?: string | null;
  /** What the whole key or scalar should be, where only one thing can be meant. */
  readonly mended?: Mended | null;
}

export class Reporter {
  readonly #found: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #file: string;
  readonly #places: PlacesOf;
  #errors = 0;

  constructor(file: string, places: PlacesOf) {
    this.#file = file;
    this.#places = places;
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  get isFull(): boolean {
    return this.#found.length >= collectedMax;
  }

  report(report: Report): void {
    const severity = report.severity ?? 'error';
    if (severity === 'error') this.#errors += 1;
    if (this.isFull) return;
    const { elsewhere } = report;
    const range = this.#rangeOf(report);
    const file = elsewhere === undefined ? this.#file : beside(this.#file, elsewhere.path);
    // One mistake behind an anchor is one mistake, however often it is used.
    const place = range === null ? report.pointer : `${range.start.line}:${range.start.column}`;
    const identity = `${report.code} ${elsewhere?.path ?? ''} ${place}`;
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    this.#found.push(
      diagnostic(report.code, {
        severity,
        file,
        path: report.pointer,
        detail: `${report.detail} ${severity === 'error' ? refusal : remark}`,
        range,
        label: report.label ?? null,
        fix: this.#fixOf(report),
        ...(report.hint === undefined || report.hint === null ? {} : { hint: report.hint }),
      }),
    );
  }

  #fixOf({ pointer, mended = null, atKey = false }: Report): Fix | null {
    if (mended === null) return null;
    const written = this.#places.written(pointer, atKey);
    const text = written === null ? null : mendedScalar(mended, written);
    const range = atKey ? this.#places.key(pointer) : this.#places.value(pointer);
    return text === null || range === null ? null : { range, text };
  }

  #rangeOf(report: Report): Range | null {
    if (report.elsewhere !== undefined) {
      const place = { line: report.elsewhere.line, column: 1 };
      return { start: place, end: place };
    }
    if (report.atKey === true) return this.#places.key(report.pointer);
    if (report.part !== undefined && report.part !== null) {
      return this.#places.part(report.pointer, report.part.offset, report.part.length);
    }
    return this.#places.value(report.pointer);
  }

  diagnostics(): readonly Diagnostic[] {
    return this.#found;
  }
}

/** A file beside the manifest, as the manifest itself is shown. */
function beside(file: string, path: string): string {
  return file.slice(0, file.lastIndexOf('/') + 1) + path;
}

/** By position; beyond the bound one more that tells how many are left out. */
export function bounded(diagnostics: readonly Diagnostic[], file: string): readonly Diagnostic[] {
  const sorted = diagnostics.toSorted(compareDiagnostics);
  if (sorted.length <= shownMax) return sorted;
  // Errors first when not all can be shown: a warning never hides why a file is refused.
  const errors = sorted.filter((each) => each.severity === 'error');
  const shown = (
    errors.length > shownMax
      ? errors
      : [...errors, ...sorted.filter((each) => each.severity !== 'error')]
  )
    .slice(0, shownMax)
    .toSorted(compareDiagnostics);
  const rest = sorted.length - shown.length;
  const severity = errors.length > shownMax ? 'error' : 'warning';
  return [
    ...shown,
    diagnostic('JM2-M119', {
      severity,
      file,
      detail: `${rest} or more further problems were found and are not listed.`,
    }),
  ];
}
