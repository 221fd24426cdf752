// What will become of an occurrence that is still to come, as things are now:
// the rule or the state that stands in its way, or that nothing does.
import { covers } from '../overrides/pause.ts';
import type { Occurrence } from '../schedule/schedule.ts';
import { explanation, type Evidence, type Explanation, type Subject } from './explanation.ts';
import type { JobFacts } from './facts.ts';
import { revisionWords, suspendedBy } from './past-specs.ts';
import { remedy, unsuspend } from './remedy.ts';
import { length, moment } from './words.ts';

export function explainComing(
  occurrence: Occurrence,
  job: JobFacts,
  subject: Subject,
): Explanation {
  const { nominalTime, startTime } = occurrence;
  const { zone, now } = job;
  const waitMs = startTime - now;
  const wait = waitMs > 0 ? `, in ${length(waitMs)}` : '';
  const at = moment(nominalTime, zone);
  const jitter = startTime === nominalTime ? '' : ` (with its jitter ${moment(startTime, zone)})`;
  const evidence: Evidence[] = [
    {
      at: nominalTime,
      source: 'schedule',
      text: `${nominalTime > now ? 'will be due' : 'due'}${jitter}${noteWords(occurrence)}`,
    },
  ];
  const shared = { subject, nominalTime };
  const inForce = job.changes.at(-1) ?? null;
  if (inForce?.action === 'delete') {
    return explanation({
      ...shared,
      verdict: 'will_not_run',
      answer: `It will not run: ${revisionWords(inForce, job)}, removed the job.`,
      evidence,
    });
  }
  if (job.fault !== null) {
    return explanation({
      ...shared,
      verdict: 'will_not_run',
      answer: `It will not run: the schedule cannot be computed (${job.fault}).`,
      evidence,
      hint: remedy('Write the schedule in another way; the fault', `jm2 show ${job.name}`),
    });
  }
  if (inForce?.spec?.suspend === true) {
    const by = suspendedBy(job.changes, now);
    const where = by === null ? '' : ` in ${revisionWords(by, job)}`;
    return explanation({
      ...shared,
      verdict: 'will_be_skipped',
      reason: 'suspended',
      answer: `It will be skipped at ${at}: the job was suspended${where}.`,
      evidence,
      hint: unsuspend(job),
    });
  }
  const { pause } = job;
  if (pause !== null && covers(pause, occurrence.startTime)) {
    const why = pause.reason === null ? '' : ` ("${pause.reason}")`;
    const until =
      pause.until === null ? 'until it is resumed' : `until ${moment(pause.until, zone)}`;
    return explanation({
      ...shared,
      verdict: 'will_be_skipped',
      reason: 'paused',
      answer: `It will be skipped at ${at}: the job is paused by ${pause.by}${why} ${until}.`,
      evidence: [
        ...evidence,
        {
          at: pause.since,
          source: 'override',
          text: `paused by ${pause.by}${why}`,
        },
      ],
      hint: `jm2 resume ${job.name}`,
    });
  }
  const absent = absence(job);
  if (absent !== null) {
    return explanation({
      ...shared,
      verdict: 'will_not_run',
      answer: `It is due at ${at}${wait}, but ${absent.why}.`,
      evidence: [...evidence, ...absent.evidence],
      hint: absent.hint,
    });
  }
  return explanation({
    ...shared,
    verdict: 'will_run',
    answer: `It will run at ${at}${jitter}${wait}.`,
    evidence,
  });
}

function absence(job: JobFacts): { why: string; evidence: Evidence[]; hint: string | null } | null {
  const { attendance, zone } = job;
  switch (attendance.kind) {
    case 'admitting':
      return null;
    case 'safe_mode':
      return {
        why: 'the daemon is in safe mode and starts nothing',
        evidence: [],
        hint: remedy('Read daemon.log, then', 'jm2 restart'),
      };
    case 'stopping':
      return { why: 'the daemon is stopping and starts nothing', evidence: [], hint: 'jm2 start' };
    case 'down': {
      const since = attendance.since === null ? '' : ` since ${moment(attendance.since, zone)}`;
      return {
        why: `no daemon runs${since}; when one starts again, the job's catch-up policy decides`,
        evidence:
          attendance.since === null
            ? []
            : [{ at: attendance.since, source: 'daemon', text: 'last seen alive' }],
        hint: 'jm2 start',
      };
    }
  }
}

function noteWords({ note }: Occurrence): string {
  switch (note) {
    case 'dst_gap':
      return '; it stands for local times that do not exist that day';
    case 'dst_shift':
      return '; moved forward by the length of the gap';
    case 'dst_overlap_first':
      return '; the first pass of a local time that comes twice';
    case 'dst_overlap_last':
      return '; the last pass of a local time that comes twice';
    case null:
      return '';
    default:
      // A calendar moved it; the note tells from where.
      return `; ${note}`;
  }
}
