// Why an occurrence did not become a run: the rule that kept it, and the run,
// the revision or the time of absence that made the rule apply.
import { missedDetail } from '../runs/missed.ts';
import type { OutcomeReason, Run } from '../runs/run.ts';
import { formatDuration } from '../schedule/parse-duration.ts';
import { asEvidence, inWords } from './causes.ts';
import { explanation, type Evidence, type Explanation } from './explanation.ts';
import type { JobFacts, OutcomeFacts } from './facts.ts';
import { changeAfter, changeAt, revisionWords, suspendedBy } from './past-specs.ts';
import { remedy, remedyOfJob, runNow, setField, unsuspend } from './remedy.ts';
import { length, many, moment } from './words.ts';

/** The most that a manifest may say. */
const catchUpLimitMax = 10_000;

interface Because {
  readonly text: string;
  readonly evidence?: readonly Evidence[];
  readonly hint?: string | null;
}

export function explainOutcome(facts: OutcomeFacts, job: JobFacts): Explanation {
  const { outcome, at } = facts;
  const { zone } = job;
  const because =
    outcome.reason === null
      ? { text: 'for no reason on record' }
      : find(outcome.reason, facts, job);
  const verdict = outcome.disposition === 'missed' ? 'missed' : 'skipped';
  const several = outcome.count > 1;
  const among = several
    ? `, one of ${many(outcome.count)} from ${moment(outcome.nominalTime, zone)} to ${moment(outcome.lastNominalTime, zone)}`
    : '';
  const what = verdict === 'missed' ? 'Missed' : 'Skipped';
  return explanation({
    subject: 'occurrence',
    verdict,
    nominalTime: at,
    disposition: outcome.disposition,
    reason: outcome.reason,
    count: outcome.count,
    answer: `${what}${among}: ${because.text}.`,
    evidence: [
      { at, source: 'schedule', text: 'due' },
      ledgerLine(facts, job),
      ...(facts.waited === null
        ? []
        : [
            {
              at: facts.waited.queuedAt,
              source: 'run' as const,
              text: `admitted as run ${facts.waited.id}, which never began`,
            },
          ]),
      ...(because.evidence ?? []),
      ...asEvidence(facts.interruptions, zone),
    ],
    hint: because.hint ?? null,
  });
}

function ledgerLine({ outcome }: OutcomeFacts, { zone }: JobFacts): Evidence {
  const { disposition, reason, count, detail } = outcome;
  const several =
    count > 1
      ? `, ${many(count)} occurrences from ${moment(outcome.nominalTime, zone)} to ${moment(outcome.lastNominalTime, zone)}`
      : '';
  const said = detail === null ? '' : `; ${detail}`;
  return {
    at: outcome.recordedAt,
    source: 'ledger',
    text: `${disposition} (${reason ?? 'no reason'})${several}${said}`,
  };
}

function find(reason: OutcomeReason, facts: OutcomeFacts, job: JobFacts): Because {
  const { outcome, at } = facts;
  const { zone } = job;
  const spec = changeAt(job.changes, at)?.spec ?? null;
  const away = inWords(facts.interruptions, zone) ?? awayOnRecord(outcome.detail);
  switch (reason) {
    case 'forbid':
      return {
        ...inTheWay(facts, zone, 'had not ended', 'concurrency: forbid'),
        hint: setField(
          job,
          'With concurrency: queue one run waits, with allow they overlap',
          'concurrency',
          'queue',
        ),
      };
    case 'queue_full':
      return {
        ...inTheWay(facts, zone, 'was waiting already', 'concurrency: queue'),
        hint: remedy('What waits now, and for what', 'jm2 queue'),
      };
    case 'suspended':
      return suspension(facts, job);
    case 'paused':
      return {
        // The row says by whom; it may say first that it stands for very many.
        text: `the job was ${awayOnRecord(outcome.detail) ?? 'paused'}`,
        hint: job.pause === null ? runNow(job) : `jm2 resume ${job.name}`,
      };
    case 'replaced':
      return {
        text: `a newer run took its place${detailWords(outcome.detail)}`,
        hint: setField(job, 'With concurrency: queue the newer one waits', 'concurrency', 'queue'),
      };
    case 'removed':
      return change(facts, job, 'the job left the manifest before it was settled');
    case 'schedule_changed':
      return {
        ...change(facts, job, 'its schedule was changed before it was settled'),
        hint: runNow(job),
      };
    case 'catch_up_none':
      return {
        text: `${away ?? 'nobody was there to admit it'}, and catch_up: none starts nothing late`,
        hint: setField(
          job,
          'With catch_up: latest the newest one runs afterwards',
          'catch_up',
          'latest',
        ),
      };
    case 'catch_up_window': {
      const window = spec === null ? '' : ` of ${length(spec.catchUp.windowMs)}`;
      return {
        text: `${away ?? 'nobody was there to admit it'}, and it lies outside the catch-up window${window}`,
        hint:
          spec === null
            ? null
            : setField(
                job,
                'For a longer window',
                'catch_up',
                `{policy: ${spec.catchUp.policy}, window: ${formatDuration(spec.catchUp.windowMs * 2)}}`,
              ),
      };
    }
    case 'catch_up_latest': {
      const stood = facts.caughtUp;
      const run = stood === null ? '' : `, run ${stood.id}`;
      return {
        text: `${away ?? 'nobody was there to admit it'}, and of those that came due catch_up: latest runs only the newest${run}`,
        evidence:
          stood === null ? [] : [caughtUpLine(stood.id, stood.nominalTime, stood.queuedAt, zone)],
        hint: setField(job, 'With catch_up: all each of them runs', 'catch_up', 'all'),
      };
    }
    case 'catch_up_limit': {
      const limit = spec === null ? '' : ` of ${spec.catchUp.limit}`;
      return {
        text: `${away ?? 'nobody was there to admit it'}, and catch_up: all had reached its limit${limit}`,
        hint:
          spec === null
            ? null
            : setField(
                job,
                'For a higher limit',
                'catch_up',
                `{policy: all, limit: ${Math.min(spec.catchUp.limit * 2, catchUpLimitMax)}}`,
              ),
      };
    }
    case 'deadline':
      return {
        text: outcome.detail ?? 'it could not start within its start_deadline',
        hint: remedy('What waits now, and for what', 'jm2 queue'),
      };
    case 'clock_step':
      return { text: away ?? 'the clock was set forward over it', hint: runNow(job) };
    case 'restored':
      return {
        text:
          outcome.detail ??
          'it came due between a backup of the store and its restore, and may have run then',
        hint: remedyOfJob(
          job,
          "Its run log may lie in the state directory's runs folder; to run it now",
          `jm2 run ${job.name}`,
        ),
      };
    case 'zone_data':
      return {
        text:
          outcome.detail ??
          'the same local time was settled at another instant, by the zone data of before',
        hint: remedy('Which time-zone data is in use', 'jm2 status'),
      };
    case 'stopping':
      return {
        text: `the scheduler was stopping${detailWords(outcome.detail)}`,
        hint: runNow(job),
      };
    case 'engine_fault':
      return {
        text: `the schedule could not be computed${detailWords(outcome.detail)}`,
        hint: remedyOfJob(job, 'The fault', `jm2 show ${job.name}`),
      };
    default:
      // A word of a newer version, or of a part that explains itself in the detail.
      return { text: `${String(reason).replaceAll('_', ' ')}${detailWords(outcome.detail)}` };
  }
}

function inTheWay(facts: OutcomeFacts, zone: string, was: string, rule: string): Because {
  const run = facts.inTheWay;
  if (run === null)
    return { text: `${facts.outcome.detail ?? 'a run of the job had not ended'} (${rule})` };
  const began = run.startedAt === null ? '' : `began at ${moment(run.startedAt, zone)}`;
  const ended = endWords(run, zone);
  const span = began === '' ? ended : `${began} and ${ended}`;
  return {
    text: `run ${run.id} of the job ${was} (${rule}); it ${span}`,
    evidence: [
      {
        at: run.startedAt ?? run.queuedAt,
        source: 'run',
        text: `run ${run.id} ${span}${missedDetail(run) === null ? `, ${run.state.replace('_', ' ')}` : ''}`,
      },
    ],
  };
}

/** One that never began was given up, which is not what people call canceled. */
function endWords(run: Run, zone: string): string {
  if (run.endedAt === null) return 'has not ended yet';
  const missed = missedDetail(run);
  const at = moment(run.endedAt, zone);
  if (missed === null) return `ended at ${at}`;
  return missed.isDeadline
    ? `never began and missed its start_deadline at ${at}`
    : `never began and was given up at ${at}: ${missed.text}`;
}

function suspension({ at }: OutcomeFacts, job: JobFacts): Because {
  const by = suspendedBy(job.changes, at);
  if (by === null) return { text: 'the job was suspended' };
  const lifted = changeAfter(
    job.changes.filter(({ spec }) => spec?.suspend === false),
    at,
  );
  const said =
    by.action === 'known'
      ? `the job was suspended, since revision ${by.revision} or before`
      : `the job was suspended in ${revisionWords(by, job)}`;
  return {
    text: said,
    evidence: [
      { at: by.at, source: 'revision', text: `suspend: true in ${revisionWords(by, job)}` },
      ...(lifted === null
        ? []
        : [
            {
              at: lifted.at,
              source: 'revision' as const,
              text: `suspend lifted in ${revisionWords(lifted, job)}`,
            },
          ]),
    ],
    hint: lifted === null ? unsuspend(job) : null,
  };
}

/** The revision that took the occurrence's schedule away: the first one after it. */
function change({ at }: OutcomeFacts, job: JobFacts, what: string): Because {
  const by = changeAfter(job.changes, at - 1);
  if (by === null) return { text: what };
  return {
    text: `${what}, in ${revisionWords(by, job)}`,
    evidence: [
      {
        at: by.at,
        source: 'revision',
        text: `${by.action === 'delete' ? 'removed' : 'changed'} in ${revisionWords(by, job)}`,
      },
    ],
  };
}

function caughtUpLine(id: string, nominal: number | null, at: number, zone: string): Evidence {
  const when = nominal === null ? '' : ` for ${moment(nominal, zone)}`;
  return { at, source: 'run', text: `run ${id} was admitted${when} by catch-up` };
}

function awayOnRecord(detail: string | null): string | null {
  return detail === null ? null : detail.replace(/^more than [\d,]+; /, '');
}

function detailWords(detail: string | null): string {
  return detail === null ? '' : `: ${detail}`;
}
