// A plan as the API tells it: instants in ISO 8601, the rest as the core has it.
import type { ChangeView, PlanImpactView, PlanView } from '../api/plan-views.ts';
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type { Peak, PlanImpact } from '../core/plan/impact.ts';
import { impactKey } from '../core/plan/impact-key.ts';
import type { Change, Plan } from '../core/plan/plan.ts';
import { sha256 } from '../system/digest.ts';
import { iso, isoOrNull } from './views.ts';

/** `file` is what was planned; null for text of which only the asker knows where it is from. */
export function planView(
  plan: Plan,
  diagnostics: readonly Diagnostic[],
  file: string | null,
): PlanView {
  // New jobs that come due alike share their lists.
  const told = new Map<readonly number[], readonly string[]>();
  const isoList: IsoList = (times) => {
    const known = told.get(times) ?? times.map(iso);
    told.set(times, known);
    return known;
  };
  return {
    basis: plan.basis,
    changes: plan.changes.map((change) => changeView(change, file, isoList)),
    impact: plan.impact === null ? null : impactView(plan.impact),
    ...(plan.week === undefined ? {} : { week: plan.week }),
    impactDigest: `i1:${sha256(new TextEncoder().encode(impactKey(plan)))}`,
    timezoneData: process.versions['tz'] ?? null,
    summary: plan.summary,
    ...(plan.publicEnv === undefined ? {} : { publicEnv: plan.publicEnv }),
    ...(plan.unchangedJobs === undefined ? {} : { unchangedJobs: plan.unchangedJobs }),
    ...(plan.manifestFields === undefined ? {} : { manifestFields: plan.manifestFields }),
    ...(plan.overrides === undefined
      ? {}
      : {
          overrides: plan.overrides.map(({ job, pause, disposition }) => ({
            job,
            kind: 'pause' as const,
            by: pause.by,
            reason: pause.reason,
            until: isoOrNull(pause.until),
            disposition,
          })),
        }),
    guard: plan.guard,
    ...(plan.blockedNames === undefined ? {} : { blockedNames: plan.blockedNames }),
    at: iso(plan.at),
    horizonMs: plan.horizonMs,
    diagnostics,
  };
}

type IsoList = (times: readonly number[]) => readonly string[];

function changeView(of: Change, file: string | null, isoList: IsoList): ChangeView {
  const { line, ...change } = of;
  const { impact, hazards } = change;
  const { nextRun, period } = impact;
  return {
    ...change,
    source: line === null || file === null ? null : { file, line },
    impact: {
      nextRun: {
        before: isoOrNull(nextRun.before),
        after: isoOrNull(nextRun.after),
        deltaMs: nextRun.deltaMs,
      },
      ...(impact.pausedUntil === undefined ? {} : { pausedUntil: isoOrNull(impact.pausedUntil) }),
      runs: impact.runs,
      lost: isoList(impact.lost),
      gained: isoList(impact.gained),
      moved: impact.moved.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
      longestGapMs: impact.longestGapMs,
      period:
        period === null ? null : { ...period, start: iso(period.start), end: iso(period.end) },
      catchUpRuns: impact.catchUpRuns,
      machineMs: impact.machineMs,
      running: impact.running.map((one) => ({ ...one, startedAt: iso(one.startedAt) })),
    },
    hazards: hazards.map((one) => ({ ...one, at: isoOrNull(one.at) })),
  };
}

function impactView(impact: PlanImpact): PlanImpactView {
  const peak = (one: Peak | null) => (one === null ? null : { count: one.count, at: iso(one.at) });
  const { before, after } = impact.peakStartsPerMinute;
  return {
    ...impact,
    peakStartsPerMinute: { before: peak(before), after: peak(after) },
    newOverlaps: impact.newOverlaps.map((one) => ({ ...one, at: iso(one.at) })),
    clockChanges: impact.clockChanges.map((one) => ({ ...one, at: iso(one.at) })),
  };
}
