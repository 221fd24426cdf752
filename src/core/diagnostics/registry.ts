// The one register of all codes: joins the tables of the areas and builds
// diagnostics and operational errors from them, so that a code never appears
// with two summaries. How they are shown is left to render.ts and the views.
import type { Diagnostic, Fix, Range, Severity } from './diagnostic.ts';
import { commandProblems } from './command-problems.ts';
import { daemonProblems } from './daemon-problems.ts';
import { guardProblems } from './guard-problems.ts';
import { InternalError, Jm2Error } from './jm2-error.ts';
import { manifestContentProblems } from './manifest-content-problems.ts';
import { hostProblems } from './host-problems.ts';
import { manifestTextProblems } from './manifest-text-problems.ts';
import { planFileProblems } from './plan-file-problems.ts';
import { planProblems } from './plan-problems.ts';
import type { RegistryEntry } from './registry-entry.ts';
import { revisionProblems } from './revision-problems.ts';
import { reportProblems } from './report-problems.ts';
import { runProblems } from './run-problems.ts';
import { scheduleEntries } from './schedule-entries.ts';
import { storeProblems } from './store-problems.ts';

/** All entries, in the order of the documentation. */
export const registryEntries: readonly RegistryEntry[] = [
  ...manifestTextProblems,
  ...manifestContentProblems,
  ...hostProblems,
  ...scheduleEntries,
  ...planProblems,
  ...guardProblems,
  ...planFileProblems,
  ...revisionProblems,
  ...reportProblems,
  ...runProblems,
  ...daemonProblems,
  ...storeProblems,
  ...commandProblems,
];

const byCode: ReadonlyMap<string, RegistryEntry> = new Map(
  registryEntries.map((entry) => [entry.code, entry]),
);

/**
 * The entry of a code as a person may type it: in any case, with or without
 * the prefix (`m201`); undefined when there is none.
 */
export function findEntry(code: string): RegistryEntry | undefined {
  const upper = code.trim().toUpperCase();
  return byCode.get(upper) ?? byCode.get(`JM2-${upper}`);
}

function entryOf(code: string): RegistryEntry {
  const entry = byCode.get(code);
  if (entry === undefined) throw new InternalError(`the code ${code} is not in the registry`);
  return entry;
}

/** The fields of a diagnostic that are not fixed by its code. */
export interface DiagnosticFields {
  readonly detail: string;
  /** Default `error`. */
  readonly severity?: Severity;
  readonly file?: string | null;
  readonly path?: string;
  readonly range?: Range | null;
  /** Default: the way out of the registry; null for none. */
  readonly hint?: string | null;
  readonly label?: string | null;
  readonly fix?: Fix | null;
}

/** A diagnostic of a registered code; throws InternalError for another one. */
export function diagnostic(code: string, fields: DiagnosticFields): Diagnostic {
  const entry = entryOf(code);
  return {
    code,
    severity: fields.severity ?? 'error',
    summary: entry.summary,
    detail: fields.detail,
    file: fields.file ?? null,
    path: fields.path ?? '',
    range: fields.range ?? null,
    hint: fields.hint === undefined ? entry.remedy : fields.hint,
    label: fields.label ?? null,
    fix: fields.fix ?? null,
  };
}

/**
 * An operational error of a registered code, ready to be thrown. Exit code and
 * hint come from the registry unless given.
 */
export function operationalError(
  code: string,
  fields: {
    readonly detail: string;
    readonly hint?: string | null;
    readonly exitCode?: number;
    readonly data?: unknown;
    readonly cause?: unknown;
  },
): Jm2Error {
  const entry = entryOf(code);
  return new Jm2Error({
    code,
    summary: entry.summary,
    detail: fields.detail,
    hint: fields.hint === undefined ? entry.remedy : fields.hint,
    exitCode: fields.exitCode ?? entry.exitCode,
    data: fields.data,
    cause: fields.cause,
  });
}
