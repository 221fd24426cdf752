// Jobs as a crontab, for whoever goes back to cron. A line is written only when
// it has the same starts for a year by cron's own rules; what cron has no word
// for is a remark.
import { calendarWords } from '../calendar/calendar.ts';
import type { EnvValue, Job } from '../manifest/job.ts';
import { compileSchedule } from '../schedule/compile-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { cronCandidates } from './cron-candidates.ts';
import { readCrontabFields } from './crontab-fields.ts';
import type { Exported, ExportRemark, Note } from './exported.ts';
import { readersByZone, type LocalMinute } from './local-minute.ts';
import { proveTimes } from './prove-times.ts';
import { shellWord, shellWords } from './shell-words.ts';

export interface CrontabExportOptions {
  /** The system's format, with a user in front of each command. */
  readonly system: boolean;
  /** Zone in which cron reads the lines. */
  readonly zone: string;
  /** Where cron starts commands; null when it is not known. */
  readonly home: string | null;
  /** Account for jobs that name none; for the system's format. */
  readonly user: string;
  /** Directory of the manifest, absolute. */
  readonly directory: string;
  /** Epoch ms. */
  readonly now: number;
}

const minuteMs = 60_000;
/** A year and a day. */
const provedMs = 366 * 86_400_000;
const provedStartsMax = 20_000;

export function exportCrontab(jobs: readonly Job[], options: CrontabExportOptions): Exported {
  const remarks: ExportRemark[] = [];
  const readerOf = readersByZone();
  const lines: string[] = [];
  for (const job of jobs) {
    const note = (kind: ExportRemark['kind'], text: string): void => {
      remarks.push({ job: job.name, kind, text });
    };
    const written = jobLines(job, options, readerOf, note);
    if (written.length === 0) continue;
    if (lines.length > 0) lines.push('');
    lines.push(...written);
  }
  if (lines.length > 0) {
    remarks.push({
      job: null,
      kind: 'changed',
      text: 'cron starts a job although it still runs, forgets what it missed, and keeps neither runs nor logs',
    });
  }
  return { text: lines.length === 0 ? '' : `${lines.join('\n')}\n`, remarks };
}

function jobLines(
  job: Job,
  options: CrontabExportOptions,
  readerOf: ReturnType<typeof readersByZone>,
  note: Note,
): string[] {
  if (job.schedules.length === 0) {
    note('dropped', 'it has no schedule, and a crontab knows nothing else');
    return [];
  }
  const fields = job.schedules.flatMap((schedule) => {
    const expression = expressionOf(schedule, readerOf(schedule.timezone), options.now);
    if (expression !== null) return [{ schedule, expression }];
    note(
      'dropped',
      schedule.calendar === undefined
        ? `no line of a crontab has the times of \`${schedule.written}\``
        : `a crontab has no calendars, so it cannot run \`${schedule.written}\` ${calendarWords(schedule.calendar)}`,
    );
    return [];
  });
  if (fields.length === 0) return [];
  const command = commandOf(job, options, note);
  remarkOn(job, options, note);
  if (job.suspend) note('changed', 'it is suspended, so its lines are commented out');
  const user = options.system ? `${job.user ?? options.user} ` : '';
  return fields.flatMap(({ schedule, expression }) => {
    // Right above the line, where the import looks for it.
    const title = `# jm2 job ${job.name}${job.description === null ? '' : `: ${oneLine(job.description)}`}`;
    const line = `${title}\n${job.suspend ? '# ' : ''}${expression} ${user}${command}`;
    return inContext(schedule, line, options, note);
  });
}

/** Variables above the line that only cronie knows, and back to what was. */
function inContext(
  schedule: Schedule,
  line: string,
  options: CrontabExportOptions,
  note: Note,
): string[] {
  const before: string[] = [];
  const after: string[] = [];
  if (schedule.timezone !== options.zone) {
    before.push(`CRON_TZ=${schedule.timezone}`);
    after.push('CRON_TZ=');
    note('changed', `only cronie reads CRON_TZ; others run it in ${options.zone}`);
  }
  const delay = Math.ceil(schedule.jitterMs / minuteMs);
  if (delay > 0) {
    before.push(`RANDOM_DELAY=${delay}`);
    after.push('RANDOM_DELAY=0');
    note('changed', 'only cronie reads RANDOM_DELAY, the jitter');
  }
  return [...before, line, ...after];
}

/** Five fields with the same starts; null when there are none. */
function expressionOf(
  schedule: Schedule,
  read: (instant: number) => LocalMinute,
  now: number,
): string | null {
  // A bound would end the line's life, which nothing in a crontab does.
  if (schedule.from !== null || schedule.until !== null) return null;
  if (schedule.calendar !== undefined) return null;
  const compiled = compileSchedule([schedule], 'export');
  for (const candidate of cronCandidates(schedule, now)) {
    const fields = readCrontabFields(candidate.split(' '), '');
    if (typeof fields === 'string') continue;
    const { agrees, compared } = proveTimes({
      fits: fields.fits,
      read,
      compiled,
      after: now,
      until: now + provedMs,
      startsMax: provedStartsMax,
    });
    if (agrees && (compared > 0 || schedule.kind === 'cron')) return candidate;
  }
  return null;
}

function commandOf(job: Job, options: CrontabExportOptions, note: Note): string {
  const { command } = job;
  const text =
    command.kind === 'argv'
      ? shellWords(command.argv)
      : command.shell === '/bin/sh'
        ? command.text
        : shellWords([command.shell, '-c', command.text]);
  const cwd = job.cwd === null ? options.directory : resolved(options.directory, job.cwd);
  const env = Object.entries(job.env).flatMap(([name, value]) => {
    if (typeof value === 'string') return [`${name}=${shellWord(value)}`];
    note('dropped', `\`env.${name}\` comes from ${sourceOf(value)} when a run starts`);
    return [];
  });
  const parts = [
    ...(job.umask === null ? [] : [`umask ${job.umask};`]),
    ...(cwd === options.home ? [] : [`cd ${shellWord(cwd)} || exit;`]),
    ...(env.length === 0 ? [] : [`export ${env.join(' ')};`]),
    text.trim(),
  ];
  return cronText(parts.join(' '));
}

function sourceOf(value: Exclude<EnvValue, string>): string {
  return value.from === 'env' ? `the daemon's variable ${value.key}` : `the file ${value.path}`;
}

function resolved(directory: string, path: string): string {
  if (path.startsWith('/')) return path;
  return path === '.' ? directory : `${directory}/${path.replace(/^\.\//, '')}`;
}

/** One line in which cron finds no input of the command. */
function cronText(text: string): string {
  if (!text.includes('\n') && !text.includes('\\%')) return text.replaceAll('%', '\\%');
  const format = text
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%')
    .replaceAll("'", '\\047')
    .replaceAll('\n', '\\n');
  return `eval "$(printf '${format.replaceAll('%', '\\%')}')"`;
}

function remarkOn(job: Job, options: CrontabExportOptions, note: Note): void {
  const said: readonly (readonly [boolean, string])[] = [
    [job.timeoutMs !== null, 'timeout'],
    [job.retry.limit > 0, 'retry'],
    [job.concurrency === 'queue' || job.concurrency === 'replace', 'concurrency'],
    [job.envFile.length > 0, 'env_file'],
    [job.inheritEnv.length > 0, 'inherit_env'],
    [job.nice !== null, 'nice'],
    [Object.keys(job.limits).length > 0, 'limits'],
    [job.group !== null, 'group'],
    [job.startDeadlineMs !== null, 'start_deadline'],
    [job.user !== null && !options.system, 'user'],
  ];
  const names = said.flatMap(([isSaid, name]) => (isSaid ? [`\`${name}\``] : []));
  if (names.length > 0) note('dropped', `a crontab has no ${names.join(', ')}`);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
