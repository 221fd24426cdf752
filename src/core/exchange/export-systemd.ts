// Jobs as pairs of a timer and a service of systemd. A timer is written only when
// it has the same starts for a year by systemd's own rules; what systemd has no
// word for is a remark.
import type { EnvValue, Job, ProcessLimits } from '../manifest/job.ts';
import { compileSchedule } from '../schedule/compile-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { ExportedFile, ExportRemark, Note } from './exported.ts';
import { secondsOf } from './import-systemd.ts';
import { readersByZone } from './local-minute.ts';
import { proveTimes } from './prove-times.ts';
import { readCalendar, type Calendar } from './systemd-calendar.ts';
import { environmentWord, execWord, wholeValue } from './systemd-words.ts';
import { calendarLines } from './write-calendar.ts';

export interface SystemdExportOptions {
  /** Directory of the manifest, absolute. */
  readonly directory: string;
  /** Epoch ms. */
  readonly now: number;
}

export interface SystemdExport {
  /** Timers and services, each timer before its service. */
  readonly files: readonly ExportedFile[];
  readonly remarks: readonly ExportRemark[];
}

/** A year and a day. */
const provedMs = 366 * 86_400_000;
const provedStartsMax = 20_000;

type ReaderOf = ReturnType<typeof readersByZone>;

export function exportSystemd(jobs: readonly Job[], options: SystemdExportOptions): SystemdExport {
  const remarks: ExportRemark[] = [];
  const files: ExportedFile[] = [];
  const readerOf = readersByZone();
  for (const job of jobs) {
    const note: Note = (kind, text) => {
      remarks.push({ job: job.name, kind, text });
    };
    const timer = timerOf(job, options, readerOf, note);
    if (timer === null) continue;
    files.push(
      { name: `${job.name}.timer`, text: timer },
      { name: `${job.name}.service`, text: serviceOf(job, options, note) },
    );
  }
  if (files.length > 0) {
    remarks.push({
      job: null,
      kind: 'changed',
      text: 'systemd skips a time that the clocks jump over, and keeps no runs beside its journal',
    });
  }
  return { files, remarks };
}

/** All in one, each file under its name, as `systemctl cat` shows them and `jm2 import` reads them. */
export function inOneText(files: readonly ExportedFile[]): string {
  return files.map(({ name, text }) => `# ${name}\n${text}`).join('\n');
}

function timerOf(
  job: Job,
  options: SystemdExportOptions,
  readerOf: ReaderOf,
  note: Note,
): string | null {
  if (job.schedules.length === 0) {
    note('dropped', 'it has no schedule, and a timer is nothing else');
    return null;
  }
  const calendars = job.schedules.flatMap((schedule) => {
    const lines = provedLines(schedule, options.now, readerOf);
    if (lines === null) note('dropped', `no timer has the times of \`${schedule.written}\``);
    return lines ?? [];
  });
  if (calendars.length === 0) return null;
  const jitter = Math.max(...job.schedules.map(({ jitterMs }) => jitterMs));
  if (jitter > 0) note('changed', 'systemd finds other delays within the same bound');
  if (job.catchUp.policy === 'all') note('changed', 'of several missed starts, one is made up for');
  if (job.suspend) note('changed', 'it is suspended, so nothing enables its timer');
  return unit([
    ['Unit', [`Description=${wholeValue(descriptionOf(job))}`]],
    [
      'Timer',
      [
        ...calendars.map((line) => `OnCalendar=${line}`),
        // Its default is to be up to a minute late.
        'AccuracySec=1s',
        ...(jitter > 0 ? [`RandomizedDelaySec=${seconds(jitter)}`] : []),
        ...(job.catchUp.policy === 'none' ? [] : ['Persistent=true']),
      ],
    ],
    ...(job.suspend ? [] : [['Install', ['WantedBy=timers.target']] as const]),
  ]);
}

/** Null where there are none with the same starts. */
function provedLines(
  schedule: Schedule,
  now: number,
  readerOf: ReaderOf,
): readonly string[] | null {
  const lines = calendarLines(schedule);
  if (lines === null) return null;
  const calendars: Calendar[] = [];
  for (const line of lines) {
    const calendar = readCalendar(line);
    if (typeof calendar === 'string') return null;
    calendars.push(calendar);
  }
  const { agrees } = proveTimes({
    fits: (local) => calendars.some(({ fits }) => fits(local)),
    secondsOf: secondsOf(calendars),
    read: readerOf(calendars[0]?.zone ?? 'UTC'),
    compiled: compileSchedule([{ ...schedule, jitterMs: 0 }], 'export'),
    after: now,
    until: now + provedMs,
    startsMax: provedStartsMax,
  });
  return agrees ? lines : null;
}

function serviceOf(job: Job, options: SystemdExportOptions, note: Note): string {
  const cwd = resolved(options.directory, job.cwd ?? '.');
  const env = Object.entries(job.env).flatMap(([name, value]) => {
    if (typeof value === 'string') return [`Environment=${environmentWord(name, value)}`];
    note('dropped', `\`env.${name}\` comes from ${sourceOf(value)} when a run starts`);
    return [];
  });
  remarkOn(job, note);
  const codes = job.successCodes.filter((code) => code !== 0);
  return unit([
    ['Unit', [`Description=${wholeValue(descriptionOf(job))}`]],
    [
      'Service',
      [
        'Type=oneshot',
        `ExecStart=${commandOf(job, cwd)}`,
        `WorkingDirectory=${wholeValue(cwd)}`,
        ...(job.user === null ? [] : [`User=${job.user}`]),
        ...env,
        ...job.envFile.map(
          (path) => `EnvironmentFile=${wholeValue(resolved(options.directory, path))}`,
        ),
        ...(job.umask === null ? [] : [`UMask=0${job.umask}`]),
        ...(job.nice === null ? [] : [`Nice=${job.nice}`]),
        ...limitLines(job.limits),
        ...(codes.length === 0 ? [] : [`SuccessExitStatus=${codes.join(' ')}`]),
        // Of a oneshot it is the whole run that starts.
        ...(job.timeoutMs === null ? [] : [`TimeoutStartSec=${seconds(job.timeoutMs)}`]),
        ...(job.kill.signal === 'TERM' ? [] : [`KillSignal=SIG${job.kill.signal}`]),
        `TimeoutStopSec=${seconds(job.kill.graceMs)}`,
      ],
    ],
  ]);
}

function unit(sections: readonly (readonly [name: string, lines: readonly string[]])[]): string {
  return `${sections.map(([name, lines]) => `[${name}]\n${lines.join('\n')}\n`).join('\n')}`;
}

function commandOf({ command }: Job, cwd: string): string {
  if (command.kind === 'shell') {
    return [command.shell, '-c', command.text].map(execWord).join(' ');
  }
  const [program = '', ...rest] = command.argv;
  // A path that begins with the working directory means nothing to systemd.
  const path = program.includes('/') ? resolved(cwd, program) : program;
  return [path, ...rest].map(execWord).join(' ');
}

function limitLines(limits: ProcessLimits): string[] {
  const values: readonly (readonly [string, number | undefined])[] = [
    ['LimitNOFILE', limits.openFiles],
    ['LimitNPROC', limits.processes],
    ['LimitFSIZE', limits.fileSizeBytes],
    ['LimitCPU', limits.cpuTimeMs === undefined ? undefined : Math.ceil(limits.cpuTimeMs / 1000)],
    ['LimitAS', limits.memoryBytes],
    ['LimitCORE', limits.coreSizeBytes],
  ];
  return values.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

function remarkOn(job: Job, note: Note): void {
  const said: readonly (readonly [boolean, string])[] = [
    [job.retry.limit > 0, 'retry'],
    [job.concurrency !== 'forbid', 'concurrency'],
    [job.inheritEnv.length > 0, 'inherit_env'],
    [job.group !== null, 'group'],
    [job.priority !== 0, 'priority'],
    [job.startDeadlineMs !== null, 'start_deadline'],
    [job.retention !== null, 'retention'],
  ];
  const names = said.flatMap(([isSaid, name]) => (isSaid ? [`\`${name}\``] : []));
  if (names.length > 0) note('dropped', `a timer has no ${names.join(', ')}`);
}

function sourceOf(value: Exclude<EnvValue, string>): string {
  return value.from === 'env' ? `the daemon's variable ${value.key}` : `the file ${value.path}`;
}

function descriptionOf(job: Job): string {
  return (job.description ?? job.name).replaceAll(/\s+/g, ' ').trim();
}

function resolved(directory: string, path: string): string {
  if (path.startsWith('/')) return path;
  return path === '.' ? directory : `${directory}/${path.replace(/^\.\//, '')}`;
}

function seconds(ms: number): string {
  return ms % 1000 === 0 ? String(ms / 1000) : `${ms}ms`;
}
