// What a time without any record means: no occurrence at all, one that is still
// to come or to be settled, or one whose record is gone.
import type { CompiledSchedule, Occurrence } from '../schedule/schedule.ts';
import { describeSchedules } from '../schedule/describe-schedule.ts';
import { explanation, type Evidence, type Explanation } from './explanation.ts';
import type { JobFacts, SpecChange } from './facts.ts';
import { calendarDaysWords } from '../calendar/calendar.ts';
import { leftOutBetween } from '../schedule/left-out.ts';
import { changeAfter, changeAt, revisionWords, scheduleOf, writtenSchedule } from './past-specs.ts';
import { explainComing } from './explain-coming.ts';
import { remedy } from './remedy.ts';
import { listed, moment } from './words.ts';

/** An occurrence of the schedule in force at its time, for which there is no row. */
export function explainUnsettled(occurrence: Occurrence, job: JobFacts): Explanation {
  const { nominalTime, startTime } = occurrence;
  const { zone, watermark, now } = job;
  const due: Evidence = { at: nominalTime, source: 'schedule', text: 'due' };
  const shared = { subject: 'occurrence', nominalTime } as const;
  if (nominalTime > watermark) {
    if (startTime > now) return explainComing(occurrence, job, 'occurrence');
    const coming = explainComing(occurrence, job, 'occurrence');
    // What is skipped anyway is looked at once a minute.
    const soon =
      coming.verdict === 'will_be_skipped' ? 'skipped within a minute' : 'settled within moments';
    const when =
      job.attendance.kind === 'admitting' ? soon : 'settled by the next daemon that admits';
    return explanation({
      ...coming,
      verdict: 'due',
      answer: `It has come due and will be ${when}.`,
    });
  }
  const lost = job.storeLostAt;
  if (lost !== null && nominalTime <= lost) {
    return explanation({
      ...shared,
      verdict: 'no_record',
      answer: `It was due, but the store that had its record was damaged and replaced at ${moment(lost, zone)}.`,
      evidence: [due, { at: lost, source: 'store', text: 'an empty store took its place' }],
      hint: 'The damaged file lies beside jm2.db.',
    });
  }
  const pruned = job.prunedUntil;
  if (pruned !== null && nominalTime <= pruned) {
    return explanation({
      ...shared,
      verdict: 'pruned',
      answer: 'It was due, but what became of it is beyond retention: the record was pruned.',
      evidence: [
        due,
        {
          at: null,
          source: 'store',
          text: `records of this job are kept from after ${moment(pruned, zone)} on, with few exceptions`,
        },
      ],
      hint: 'The settings keep_runs and keep_age say how much is kept: jm2 config list.',
    });
  }
  return explanation({
    ...shared,
    verdict: 'no_record',
    answer: 'It was due, and there is no record of what became of it.',
    evidence: [
      due,
      {
        at: null,
        source: 'ledger',
        text: `all up to ${moment(watermark, zone)} counts as settled`,
      },
    ],
    hint: remedy(
      'This is a defect; please report it with the output of',
      `jm2 history ${job.name} --all`,
    ),
  });
}

/**
 * A time at which the job had no occurrence, or a span from `at` up to `to`. `asked`
 * is how it is called when no clock ever showed it.
 */
export function explainNoOccurrence(
  at: number,
  job: JobFacts,
  asked: string = moment(at, job.zone),
  to: number = at + 1,
): Explanation {
  const { zone } = job;
  const change = changeAt(job.changes, at);
  const shared = { subject: 'time', nominalTime: at } as const;
  if (change === null) {
    const first = job.changes[0];
    const isUnknown = first === undefined || first.action === 'known';
    return explanation({
      ...shared,
      verdict: isUnknown ? 'pruned' : 'before_the_job',
      answer: isUnknown
        ? 'What the schedule was then is not on record any more.'
        : `The job did not exist yet: it came with ${revisionWords(first, job)}.`,
      evidence:
        first === undefined
          ? []
          : [
              {
                at: first.at,
                source: 'revision',
                text: isUnknown
                  ? `the oldest change of the job on record is ${revisionWords(first, job)}`
                  : `created in ${revisionWords(first, job)}`,
              },
            ],
    });
  }
  if (change.action === 'delete') {
    return explanation({
      ...shared,
      verdict: 'after_the_job',
      answer: `The job was not in the manifest any more: ${revisionWords(change, job)}, removed it.`,
      evidence: [
        { at: change.at, source: 'revision', text: `removed in ${revisionWords(change, job)}` },
      ],
    });
  }
  const schedule = scheduleOf(change);
  if (schedule === null) {
    const isByHand = change.spec !== null && change.spec.schedules.length === 0;
    return explanation({
      ...shared,
      verdict: 'never_due',
      answer: isByHand
        ? 'Never due: the job has no schedule and is only run by hand.'
        : 'Never due: the schedule that was in force then cannot be computed.',
      evidence: [
        { at: change.at, source: 'revision', text: `in force since ${revisionWords(change, job)}` },
      ],
      hint: isByHand ? `jm2 run ${job.name}` : null,
    });
  }
  const leftOut = explainLeftOut(at, to, change, job);
  if (leftOut !== null) return leftOut;
  const near = nearest(schedule, at);
  const nearWords = near.map((instant) => moment(instant, zone));
  const written = writtenSchedule(change);
  const words = change.spec === null ? written : describeSchedules(change.spec.schedules);
  return explanation({
    ...shared,
    verdict: 'never_due',
    answer:
      near.length === 0
        ? `Never due: the schedule "${written}" has no occurrence near ${asked}.`
        : `Never due: ${asked} is not in the schedule "${written}"; nearest are ${listed(nearWords)}.`,
    evidence: [
      {
        at: change.at,
        source: 'revision',
        text: `"${written}" (${words}) since ${revisionWords(change, job)}`,
      },
      ...near.map((instant): Evidence => ({
        at: instant,
        source: 'schedule',
        text: nearWordsOf(instant, at, change.at, job),
      })),
    ],
    hint: `jm2 preview ${job.name} --from ${dayOf(at)}`,
  });
}

/** An occurrence that the calendars of the job took away; null when there was none. */
function explainLeftOut(
  at: number,
  to: number,
  change: SpecChange,
  job: JobFacts,
): Explanation | null {
  const schedules = change.spec?.schedules ?? [];
  const found = leftOutBetween(schedules, change.name, at - 1, to);
  if (found === null) return null;
  const { occurrence, calendar, why, instead } = found;
  const moved =
    instead === null ? '' : ` Its run is on ${instead} instead (roll: ${calendar.roll}).`;
  return explanation({
    subject: 'time',
    verdict: 'never_due',
    nominalTime: occurrence.nominalTime,
    answer: `Never due: ${why}, and the job runs ${calendarDaysWords(calendar)}.${moved}`,
    evidence: [
      {
        at: change.at,
        source: 'revision',
        text: `"${writtenSchedule(change)}" (${describeSchedules(schedules)}) since ${revisionWords(change, job)}`,
      },
      { at: occurrence.nominalTime, source: 'schedule', text: 'due by the schedule alone' },
    ],
    hint: `jm2 preview ${job.name} --skipped --from ${dayOf(at)}`,
  });
}

const nearCount = 2;

/** The two before and the two after, oldest first. */
function nearest(schedule: CompiledSchedule, at: number): number[] {
  const before: number[] = [];
  for (let until = at - 1; before.length < nearCount;) {
    const found = schedule.previous(until);
    if (found === null) break;
    before.unshift(found.nominalTime);
    until = found.nominalTime - 1;
  }
  const after: number[] = [];
  for (let from = at; after.length < nearCount;) {
    const found = schedule.next(from);
    if (found === null) break;
    after.push(found.nominalTime);
    from = found.nominalTime;
  }
  return [...before, ...after];
}

/** What was before the revision, or comes after the next one, was never due by this schedule. */
function nearWordsOf(instant: number, at: number, since: number, job: JobFacts): string {
  const next = changeAfter(job.changes, at);
  if (instant <= since) return 'in this schedule, but before it was in force';
  if (next !== null && instant > next.at) return 'in this schedule, but after it was changed';
  return instant < at ? 'an occurrence before' : 'an occurrence after';
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
