// What a format is told: the result of one call, whatever it is written for.
// What each format makes of it stands beside this file.
import { isAbsolute, relative, resolve } from 'node:path';
import type { PlanView } from '../../api/plan-views.ts';
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import { findEntry } from '../../core/diagnostics/registry.ts';
import type { Diagnostic, Range } from '../../core/diagnostics/diagnostic.ts';

export interface FileVerdict {
  readonly file: string;
  readonly accepted: boolean;
  readonly jobs: number | null;
  readonly digest: string | null;
}

/** A plan file that was written beside. */
export interface KeptAs {
  readonly file: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

export interface Report {
  readonly command: 'validate' | 'plan';
  /** Version of jm2. */
  readonly version: string;
  /** What was judged, as people name it. */
  readonly source: string;
  /** The base of a plan, where one was named. */
  readonly against: string | null;
  readonly kept: KeptAs | null;
  /** Files that were validated; empty for a plan. */
  readonly files: readonly FileVerdict[];
  readonly diagnostics: readonly Diagnostic[];
  /** Null for `validate`, and when the manifest is not accepted. */
  readonly plan: PlanView | null;
  readonly accepted: boolean;
  /** Variables whose values may be posted. */
  readonly publicEnv: readonly string[];
  /** Environment that it is about, for the mark of a comment; null when none was named. */
  readonly name: string | null;
  /** Where a job stands in the text that was planned; null where it does not. */
  readonly placeOf: (job: string) => Range | null;
  /** Whether a place lies in lines that are being reviewed; false where nobody knows. */
  readonly isChanged: (file: string | null, range: Range | null) => boolean;
}

/** What asks for a person before a plan is applied: nothing, or some of these. */
export function approvalReasons(plan: PlanView): string[] {
  const severe = plan.changes.some(({ hazards }) =>
    hazards.some(({ severity }) => severity !== 'low'),
  );
  return [
    ...(plan.guard === null && (plan.blockedNames ?? []).length === 0 ? [] : ['guard']),
    ...(severe ? ['hazards'] : []),
    ...(plan.summary.delete > 0 || (plan.summary.retain ?? 0) > 0 ? ['removals'] : []),
  ];
}

/** The figures that later steps of a pipeline decide by; every value is one line. */
export function outputsOf(report: Report): Readonly<Record<string, string>> {
  const count = (severity: Diagnostic['severity']): string =>
    String(report.diagnostics.filter((one) => one.severity === severity).length);
  const judged = {
    accepted: String(report.accepted),
    errors: count('error'),
    warnings: count('warning'),
  };
  const { plan } = report;
  if (plan === null) return judged;
  const { create, update, rename, delete: removed } = plan.summary;
  return {
    ...judged,
    changed: String(!isEmptyPlanView(plan)),
    changes: String(plan.changes.length + (plan.manifestFields ?? []).length),
    adds: String(create),
    updates: String(update),
    removes: String(removed),
    renames: String(rename),
    hazards: String(plan.changes.reduce((sum, { hazards }) => sum + hazards.length, 0)),
    approval_required: String(approvalReasons(plan).length > 0),
    impact_digest: plan.impactDigest,
    ...(plan.baseCommit === undefined
      ? {}
      : {
          base_commit: plan.baseCommit.commit,
          outdated: String(plan.baseCommit.missing > 0),
        }),
  };
}

/** Values of variables stay out of what is posted, unless the manifest names them as public. */
export function isPosted(
  { path }: { readonly path: string },
  publicEnv: readonly string[],
): boolean {
  const variable = variableOf(path);
  if (variable !== undefined) return publicEnv.includes(variable);
  return !/(?:^|\/)env$/.test(path);
}

/** Of a field of a job or of the manifest. */
function variableOf(path: string): string | undefined {
  return /(?:^|\/)env\/([^/]*)/.exec(path)?.[1];
}

/** A problem with the value of a variable, without it. */
export function posted(one: Diagnostic, publicEnv: readonly string[]): Diagnostic {
  if (isPosted(one, publicEnv)) return one;
  const entry = findEntry(one.code);
  return {
    ...one,
    detail: `The value of ${variableOf(one.path) ?? 'a variable'} is not shown here (public_env). ${entry?.meaning ?? ''}`,
    hint: entry?.remedy ?? null,
    label: null,
    fix: null,
  };
}

/**
 * A path as a code host knows it: from the root of the checkout, with slashes.
 * Null for standard input, and for what lies outside.
 */
export function pathInCheckout(
  file: string | null,
  at: { readonly cwd: string; readonly root: string },
): string | null {
  if (file === null || file === '<stdin>' || file === 'standard input') return null;
  if (/^(?:git|rev|snapshot):/.test(file)) return null;
  const path = relative(at.root, resolve(at.cwd, file));
  return path === '' || isAbsolute(path) || path.startsWith('..')
    ? null
    : path.replaceAll('\\', '/');
}
