// Facts about how far what happens is from the revision in force: the store, the
// file, the host and, where one runs, the daemon. Changes nothing.
import type { JobView } from '../api/service.ts';
import type { Job, Manifest } from '../core/manifest/job.ts';
import { jobDigest } from '../core/manifest/digest.ts';
import { isOld, livePause } from '../core/overrides/pause.ts';
import { isEmptyPlanView } from '../api/empty-plan-view.ts';
import { compileSchedule } from '../core/schedule/compile-schedule.ts';
import type { DriftFacts, PastFact, RecordedFact } from '../core/sync/drift.ts';
import { timezoneDataFact } from '../reconciler/apply-plan.ts';
import { createManifestJudge } from '../reconciler/judge-manifest.ts';
import { readOrphans } from '../reconciler/orphans.ts';
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import type { JobRecord, StoreReader } from '../store/store.ts';
import { systemClock } from '../system/clock.ts';
import { sha256 } from '../system/digest.ts';
import { environmentOf } from './doctor/examine.ts';
import { gatherStarts } from './doctor/gather-jobs.ts';
import { emptyReader } from './empty-reader.ts';
import { holderOf, requireReachable } from './holder.ts';
import { planOf } from './plan-from-store.ts';
import { sourceNow } from './source-now.ts';

const week = 7 * 86_400_000;
/** Of one job: of one that starts each second, the last minutes speak for it. */
const occurrencesMax = 1_000;
const jobsMax = 5_000;

export async function gatherDrift(
  places: Locations,
  input: {
    readonly now: number;
    /** As the daemon lists them; null when none runs. */
    readonly listed: readonly JobView[] | null;
  },
): Promise<DriftFacts> {
  requireReachable(places);
  const store = openStoreReader(places.database) ?? emptyReader;
  try {
    const latest = store.latestRevision();
    const accepted =
      latest === null
        ? null
        : await createManifestJudge()(new TextEncoder().encode(latest.source), places.manifest);
    const records = store.jobs();
    const orphans = readOrphans(store);
    const listed = new Map((input.listed ?? []).map((job) => [job.name, job]));
    return {
      ...(accepted?.manifest ? { timezone: accepted.manifest.timezone } : {}),
      isAttended: input.listed !== null,
      accepted:
        accepted === null || accepted.manifest === null
          ? null
          : { digest: accepted.digest, jobDigests: accepted.jobDigests },
      recorded: { revision: latest?.number ?? 0, digest: latest?.digest ?? '' },
      jobs: records.map((record, index) => ({
        ...recordedFact(record, input.now, listed.get(record.name) ?? null),
        isOrphaned: orphans.has(record.uid),
        past: index < jobsMax ? pastOf(store, record, input.now) : null,
      })),
      ...(await sourceDrift(store, places, input.now)),
      ignores:
        (await manifestNow(store, places))?.driftIgnores ?? accepted?.manifest?.driftIgnores ?? [],
      environment: await environmentProblems(places, records),
      timezoneData: {
        applied: store.fact(timezoneDataFact),
        now: process.versions['tz'] ?? null,
      },
    };
  } finally {
    store.close();
  }
}

function recordedFact(
  { name, digest, job, fault, pause }: JobRecord,
  now: number,
  listed: JobView | null,
): Omit<RecordedFact, 'past' | 'isOrphaned'> {
  const live = livePause(pause, now);
  return {
    name,
    digest,
    specDigest: jobDigest(job, sha256),
    fault,
    isArmed:
      listed === null ||
      listed.state !== 'scheduled' ||
      listed.nextRun !== null ||
      !hasNext(job, now),
    pause:
      live === null
        ? null
        : {
            by: live.by,
            reason: live.reason,
            isOld: isOld(live, now),
          },
  };
}

/** Beyond the next seconds, in which it may just be starting. */
function hasNext(job: Job, now: number): boolean {
  try {
    return compileSchedule(job.schedules, job.name).next(now + 5_000) !== null;
  } catch {
    return false;
  }
}

/**
 * What became of the occurrences of the last week, as far as they are settled and
 * the schedule was this one. Null for a job without a schedule or without a past.
 */
function pastOf(store: StoreReader, record: JobRecord, now: number): PastFact | null {
  const { job, uid, fault } = record;
  if (fault !== null || job.schedules.length === 0) return null;
  const changedAt = store.jobChanges(uid).at(-1)?.at ?? now;
  const pruned = store.prunedUntil(uid) ?? 0;
  const until = Math.min(now, record.watermark + 1);
  let since = Math.max(now - week, changedAt, pruned + 1);
  if (since >= until) return null;
  try {
    const schedule = compileSchedule(job.schedules, job.name);
    // Halved at most forty times: by then a week has become less than a millisecond.
    while (schedule.count(since, until, occurrencesMax) >= occurrencesMax && until - since > 1) {
      since += Math.ceil((until - since) / 2);
    }
    const expected = schedule.count(since, until, occurrencesMax);
    if (expected === 0) return null;
    let [ran, heldBack] = [0, 0];
    const others: Record<string, number> = {};
    for (const row of store.outcomes({ jobUid: uid, since, until, limit: 2 * occurrencesMax })) {
      const isWhole = row.nominalTime >= since && row.lastNominalTime < until;
      const count = isWhole
        ? row.count
        : schedule.count(
            Math.max(since, row.nominalTime),
            Math.min(until, row.lastNominalTime + 1),
            occurrencesMax,
          );
      if (row.disposition === 'admitted') ran += count;
      else if (row.reason === 'paused' || row.reason === 'suspended') heldBack += count;
      else {
        const reason = `${row.disposition}${row.reason === null ? '' : ` (${row.reason})`}`;
        others[reason] = (others[reason] ?? 0) + count;
      }
    }
    return { since, expected, ran, heldBack, others };
  } catch {
    // The engine failed for it: its fault says so.
    return null;
  }
}

async function sourceDrift(
  store: StoreReader,
  places: Locations,
  now: number,
): Promise<Pick<DriftFacts, 'source' | 'isEdited'>> {
  const reply = await planOf(store, places, {
    text: null,
    horizonMs: 3_600_000,
    now,
    isBrief: true,
  });
  if (reply.kind === 'rejected') {
    const [first] = reply.diagnostics;
    return {
      source: {
        detail: `the manifest is not accepted: ${first?.summary ?? 'it cannot be read'}`,
        jobs: [],
      },
    };
  }
  const { plan } = reply;
  const { appliedDigest, desiredDigest, revision } = plan.basis;
  // Where the text means what is in force, it is the store that differs.
  const isEdited = plan.committed?.edited === true;
  if (isEmptyPlanView(plan) || appliedDigest === desiredDigest) return { source: null, isEdited };
  const jobs = plan.changes.map(({ job }) => job);
  const held = plan.hold === undefined ? '' : ', and is held back';
  const shown = jobs.length === 0 ? 'values for all jobs' : jobs.slice(0, 10).join(', ');
  return {
    source: {
      detail: `the manifest says something else than revision ${revision} of ${shown}${jobs.length > 10 ? ` and ${jobs.length - 10} more` : ''}${held}`,
      jobs,
    },
    isEdited,
  };
}

/** As it would be judged now; null when it is not accepted. */
async function manifestNow(store: StoreReader, places: Locations): Promise<Manifest | null> {
  const { source } = await sourceNow(store, places.manifest);
  if (source.kind !== 'read') return null;
  return (await createManifestJudge()(source.bytes, places.manifest)).manifest;
}

async function environmentProblems(
  places: Locations,
  records: readonly JobRecord[],
): Promise<DriftFacts['environment']> {
  const holder = holderOf(places);
  const starts = await gatherStarts({
    jobs: records.map(({ job }) => job),
    manifestDir: places.manifestDir,
    daemonEnv: holder === null ? process.env : environmentOf(holder),
    clock: systemClock,
  });
  return [...starts.programs, ...starts.users, ...starts.problems].map(({ job, problem }) => ({
    job,
    problem,
  }));
}
