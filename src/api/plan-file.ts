// A plan that is kept: reviewed today, applied tomorrow, exactly as it was. The
// file holds the manifest's own text, so whatever the disk says then, this is what
// is applied; it is digested, so one that was cut or edited is refused. Where it
// comes from and goes to is left to others.
import type { PlanView } from './plan-views.ts';
import { canonicalJson, type DigestFunction } from '../core/manifest/digest.ts';

/** A newer one is refused: what it says is not known here. */
const formatPrefix = 'jm2plan/';
const formatVersion = 1;

export type KeptPlan = Omit<PlanView, 'week' | 'diagnostics' | 'hold' | 'baseCommit'>;

export interface PlanFile {
  readonly format: string;
  /** Version of the program that wrote it. */
  readonly jm2: string;
  /** ISO 8601 in UTC. */
  readonly plannedAt: string;
  readonly expiresAt: string;
  readonly by: string;
  /** The manifest's name as the planner saw it, for people. */
  readonly manifest: string;
  readonly gitCommit: string | null;
  /** SHA-256 of the text. */
  readonly sourceDigest: string;
  readonly source: string;
  readonly plan: KeptPlan;
  /** Over all of the rest. */
  readonly digest: string;
}

export function makePlanFile(
  content: Omit<PlanFile, 'format' | 'digest'>,
  digest: DigestFunction,
): PlanFile {
  const whole = { format: `${formatPrefix}${formatVersion}`, ...content };
  return { ...whole, digest: digestOf(whole, digest) };
}

export type ParsedPlanFile =
  | { readonly kind: 'whole'; readonly file: PlanFile }
  /** Of these, what is inside cannot be trusted, or not be understood. */
  | { readonly kind: 'no_plan' | 'cut_short' | 'altered' | 'newer' };

export function parsePlanFile(text: string, digest: DigestFunction): ParsedPlanFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {
      kind: text.trimStart().startsWith(`{"format":"${formatPrefix}`) ? 'cut_short' : 'no_plan',
    };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'no_plan' };
  const { format, digest: written, ...rest } = value as Partial<PlanFile>;
  if (typeof format !== 'string' || !format.startsWith(formatPrefix)) return { kind: 'no_plan' };
  if (Number(format.slice(formatPrefix.length)) > formatVersion) return { kind: 'newer' };
  return digestOf({ format, ...rest }, digest) === written
    ? { kind: 'whole', file: value as PlanFile }
    : { kind: 'altered' };
}

function digestOf(content: object, digest: DigestFunction): string {
  return `p1:${digest(canonicalJson(content))}`;
}

/** What stands between the plan that was kept and the one that would be carried out now. */
export type PlanStanding =
  | { readonly kind: 'ready' }
  /** Another revision is in force, but for what the plan changes nothing is different. */
  | { readonly kind: 'rebased'; readonly from: number; readonly to: number }
  | { readonly kind: 'applied' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'other_installation' }
  /** The same text means something else here: other defaults, another calendar. */
  | { readonly kind: 'other_meaning' }
  /** Applying would do something else than what was planned. */
  | { readonly kind: 'stale'; readonly difference: PlanDifference };

export interface PlanDifference {
  /** Changes that would be made and were not planned: mostly others' work that would be undone. */
  readonly unplanned: KeptPlan['changes'];
  /** Changes of the same job that do something else. */
  readonly different: readonly string[];
}

/** `live`: the plan of the kept text against what is in force now. */
export function standingOf(file: PlanFile, live: KeptPlan, now: number): PlanStanding {
  const { basis } = file.plan;
  // Before the first revision there may be no store yet, and so no lineage.
  if (basis.lineage !== '' && live.basis.lineage !== basis.lineage) {
    return { kind: 'other_installation' };
  }
  if (live.basis.desiredDigest !== basis.desiredDigest) return { kind: 'other_meaning' };
  if (live.basis.appliedDigest === basis.desiredDigest) return { kind: 'applied' };
  if (now >= Date.parse(file.expiresAt)) return { kind: 'expired' };
  if (live.basis.appliedDigest === basis.appliedDigest) return { kind: 'ready' };
  const difference = differenceOf(file.plan, live);
  if (difference.unplanned.length > 0 || difference.different.length > 0) {
    return { kind: 'stale', difference };
  }
  return { kind: 'rebased', from: basis.revision, to: live.basis.revision };
}

/** What `live` does beyond, or otherwise than, what was planned. What is done already is no difference. */
export function differenceOf(planned: KeptPlan, live: KeptPlan): PlanDifference {
  const before = new Map(planned.changes.map((change) => [change.job, change]));
  const unplanned: KeptPlan['changes'][number][] = [];
  const different: string[] = [];
  for (const change of live.changes) {
    const known = before.get(change.job);
    if (known === undefined) unplanned.push(change);
    else if (meaningOf(known) !== meaningOf(change)) different.push(change.job);
  }
  if (canonicalJson(planned.manifestFields ?? []) !== canonicalJson(live.manifestFields ?? [])) {
    different.push('(all jobs)');
  }
  return { unplanned, different };
}

/**
 * Jobs that would run at other times than was planned, where the two were computed for the
 * same instant: other time-zone data. What a person has paused since says nothing of it.
 */
export function otherTimes(planned: KeptPlan, then: KeptPlan): string[] {
  const before = new Map(planned.changes.map((change) => [change.job, change.impact]));
  return then.changes
    .filter(({ job, impact }) => {
      const known = before.get(job);
      if (known === undefined) return false;
      if (known.pausedUntil !== undefined || impact.pausedUntil !== undefined) return false;
      return known.nextRun.after !== impact.nextRun.after || known.runs.after !== impact.runs.after;
    })
    .map(({ job }) => job);
}

function meaningOf({ action, previousName, fields }: KeptPlan['changes'][number]): string {
  return canonicalJson({ action, previousName, fields });
}

export interface GrownHazard {
  readonly job: string;
  readonly code: string;
  readonly severity: string;
  readonly detail: string;
}

const severities = ['low', 'medium', 'high'];

/** Hazards that nobody has seen: of the live plan and not, or less severe, in the one that was kept. */
export function grownHazards(planned: KeptPlan, live: KeptPlan): GrownHazard[] {
  const seen = new Set(
    planned.changes.flatMap(({ job, hazards }) =>
      hazards.flatMap(({ code, severity }) =>
        severities
          .slice(0, severities.indexOf(severity) + 1)
          .map((upTo) => `${code}:${job}:${upTo}`),
      ),
    ),
  );
  return live.changes.flatMap(({ job, hazards }) =>
    hazards
      .filter(({ code, severity }) => !seen.has(`${code}:${job}:${severity}`))
      .map(({ code, severity, detail }) => ({ job, code, severity, detail })),
  );
}
