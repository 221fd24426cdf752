// What comes next for a job, and what stands in the way of it now.
import type { ConcurrencyPolicy } from '../manifest/job.ts';
import type { Run } from '../runs/run.ts';
import { countMax } from '../runs/missed.ts';
import { explainComing } from './explain-coming.ts';
import { waitReason } from './explain-run.ts';
import { explanation, type Evidence, type Explanation } from './explanation.ts';
import type { JobFacts } from './facts.ts';
import { revisionWords, scheduleOf } from './past-specs.ts';
import { many, moment } from './words.ts';

export interface NextFacts {
  /** Runs of the job that have not ended, oldest first. */
  readonly unfinished: readonly Run[];
  /** Sentences on the manifest and the daemon, such as that changes wait for an apply. */
  readonly remarks: readonly string[];
}

export function explainNext(facts: NextFacts, job: JobFacts): Explanation {
  const inForce = job.changes.at(-1) ?? null;
  const remarks = facts.remarks.map((text): Evidence => ({ at: null, source: 'daemon', text }));
  const nothing = (answer: string, hint: string | null): Explanation =>
    explanation({
      subject: 'next',
      verdict: 'nothing_to_come',
      nominalTime: null,
      answer,
      evidence: remarks,
      hint,
    });
  if (inForce === null || inForce.action === 'delete') {
    return nothing(
      inForce === null
        ? 'Nothing is to come: what the job is, is not on record.'
        : `Nothing is to come: ${revisionWords(inForce, job)}, removed the job.`,
      null,
    );
  }
  if (inForce.spec?.schedules.length === 0) {
    return nothing(
      'Nothing is to come: the job has no schedule and is only run by hand.',
      `jm2 run ${job.name}`,
    );
  }
  const schedule = scheduleOf(inForce);
  const next = schedule?.next(Math.max(job.now, job.watermark)) ?? null;
  const waiting = schedule === null ? null : unsettled(schedule, job);
  if (next === null && waiting === null) {
    return job.fault !== null
      ? nothing(
          `Nothing is to come: the schedule cannot be computed (${job.fault}).`,
          `jm2 show ${job.name}`,
        )
      : nothing(...withoutFuture(schedule, job));
  }
  const coming =
    next === null
      ? nothing('Nothing further is to come.', 'jm2 start')
      : explainComing(next, job, 'next');
  const inTheWay =
    next === null
      ? []
      : unfinishedWords(facts.unfinished, inForce.spec?.concurrency ?? 'forbid', job);
  const [first] = facts.unfinished;
  const isContested = coming.verdict === 'will_run' && inForce.spec?.concurrency === 'forbid';
  return explanation({
    ...coming,
    answer:
      isContested && first !== undefined
        ? `${coming.answer.replace(/\.$/, '')}, unless run ${first.id} has not ended by then (concurrency: forbid).`
        : coming.answer,
    evidence: [...coming.evidence, ...(waiting === null ? [] : [waiting]), ...inTheWay, ...remarks],
  });
}

type Schedule = NonNullable<ReturnType<typeof scheduleOf>>;

/** A job that came into force after all its moments never had one. */
function withoutFuture(schedule: Schedule | null, job: JobFacts): [string, string | null] {
  const [first] = job.changes;
  if (first?.action === 'create' && schedule !== null && schedule.next(first.at) === null) {
    return [
      `Nothing is to come, and nothing ever came due: every moment of the schedule had passed when ${revisionWords(first, job)}, brought the job into force.`,
      `jm2 run ${job.name}`,
    ];
  }
  return ['Nothing is to come: the schedule has no further occurrence.', null];
}

/** Came due and not settled: the next daemon that admits decides by the catch-up policy. */
function unsettled(
  schedule: Schedule,
  { watermark, now, zone, attendance }: JobFacts,
): Evidence | null {
  if (attendance.kind === 'admitting') return null;
  const first = schedule.next(watermark);
  if (first === null || first.nominalTime > now) return null;
  const count = schedule.count(first.nominalTime, now + 1, countMax);
  const said = count >= countMax ? `more than ${many(countMax)}` : many(count);
  return {
    at: first.nominalTime,
    source: 'schedule',
    text: `${said} came due since ${moment(first.nominalTime, zone)} and wait for a daemon to settle them`,
  };
}

function unfinishedWords(
  runs: readonly Run[],
  policy: ConcurrencyPolicy,
  { zone, now }: JobFacts,
): Evidence[] {
  return runs.slice(0, 3).map((run) => {
    const retry =
      run.notBefore !== null && run.notBefore > now
        ? `waits until ${moment(run.notBefore, zone)}${run.reason === null ? '' : ` (${run.reason})`}`
        : null;
    const state = run.state === 'running' ? 'is running' : (retry ?? waitReason(run));
    return {
      at: run.startedAt ?? run.queuedAt,
      source: 'run',
      text: `run ${run.id} ${state}; ${consequence[policy]}`,
    };
  });
}

const consequence: Readonly<Record<ConcurrencyPolicy, string>> = {
  forbid: 'it stands in the way while it has not ended (concurrency: forbid)',
  queue: 'if it has not ended by then, the occurrence waits (concurrency: queue)',
  replace: 'if it has not ended by then, it is stopped (concurrency: replace)',
  allow: 'it does not stand in the way (concurrency: allow)',
};
