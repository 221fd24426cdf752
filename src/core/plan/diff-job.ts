// Which fields of a job change, as a person would see them in jobs.yaml, and
// what each change does. What looks like a secret is masked. What the schedule
// change means in time is left to schedule-impact.ts.
import { priorityWord } from '../manifest/priority.ts';
import { addedFields } from '../manifest/added-fields.ts';
import type { EnvValue, Job } from '../manifest/job.ts';
import { formatSize } from '../manifest/parse-size.ts';
import { formatDuration } from '../schedule/parse-duration.ts';
import { maskCommand, maskValue } from './mask.ts';
import { calendarChanges } from './calendar-changes.ts';
import type { FieldChange, FieldEffect } from './plan.ts';
import { withoutCalendar } from '../schedule/without-spelling.ts';
import { sameSchedules } from './same-schedule.ts';
import { sameValue } from './same-value.ts';
import { shownScheduleChange } from './shown-schedule.ts';

/** Adds what changed in one field; both jobs are complete. */
type FieldDiff = (before: Job, after: Job, add: Add) => void;
type Add = (path: string, before: unknown, after: unknown, effect: FieldEffect) => void;

/** In the order in which they are shown. Complete by type: a new field of Job needs its line. */
const fields: { readonly [Field in keyof Omit<Job, 'name'>]: FieldDiff } = {
  schedules: (before, after, add) => {
    const { before: from, after: to } = shownScheduleChange(before, after);
    const rules = ({ schedules }: Job) => schedules.map(withoutCalendar);
    const isSame = sameSchedules(rules(before), rules(after));
    add('/schedule', from, to, isSame ? 'cosmetic' : 'schedule');
    for (const { path, before: left, after: right } of calendarChanges(before, after)) {
      add(path, left, right, 'schedule');
    }
  },
  timezone: (before, after, add) => {
    // Schedules carry their own zones: this one may be for display alone.
    const moved = !sameSchedules(before.schedules, after.schedules);
    add('/timezone', before.timezone, after.timezone, moved ? 'schedule' : 'cosmetic');
  },
  suspend: (before, after, add) => add('/suspend', before.suspend, after.suspend, 'schedule'),
  command: (before, after, add) => {
    const [from, to] = [shownCommand(before.command), shownCommand(after.command)];
    // Compared before they are masked, like variables.
    if (!sameValue(from, to)) {
      const shown = (job: Job) => shownCommand(maskCommand(job.command));
      add('/command', shown(before), shown(after), 'next_run');
    }
    add('/shell', shellOf(before), shellOf(after), 'next_run');
  },
  cwd: (before, after, add) => add('/cwd', before.cwd, after.cwd, 'next_run'),
  env: (before, after, add) => {
    const values = [
      new Map(Object.entries(before.env)),
      new Map(Object.entries(after.env)),
    ] as const;
    const names = new Set([...values[0].keys(), ...values[1].keys()]);
    for (const name of [...names].sort()) {
      const [from = null, to = null] = values.map((value) => value.get(name));
      if (sameValue(from, to)) continue;
      // Compared before they are masked, so that a changed secret shows as changed.
      const shown = (value: EnvValue | null) =>
        value === null ? null : shownEnvValue(maskValue(name, value));
      add(`/env/${pointerPart(name)}`, shown(from), shown(to), 'next_run');
    }
  },
  envFile: (before, after, add) => add('/env_file', before.envFile, after.envFile, 'next_run'),
  inheritEnv: (before, after, add) =>
    add('/inherit_env', before.inheritEnv, after.inheritEnv, 'next_run'),
  user: (before, after, add) => add('/user', before.user, after.user, 'security'),
  umask: (before, after, add) => add('/umask', before.umask, after.umask, 'security'),
  nice: (before, after, add) => add('/nice', before.nice, after.nice, 'next_run'),
  limits: ({ limits: before }, { limits: after }, add) => {
    const sizeOf = (bytes: number | undefined): string | null =>
      bytes === undefined ? null : formatSize(bytes);
    add('/limits/open_files', before.openFiles ?? null, after.openFiles ?? null, 'next_run');
    add('/limits/processes', before.processes ?? null, after.processes ?? null, 'next_run');
    add('/limits/file_size', sizeOf(before.fileSizeBytes), sizeOf(after.fileSizeBytes), 'next_run');
    add(
      '/limits/cpu_time',
      duration(before.cpuTimeMs ?? null),
      duration(after.cpuTimeMs ?? null),
      'next_run',
    );
    add('/limits/memory', sizeOf(before.memoryBytes), sizeOf(after.memoryBytes), 'next_run');
    add('/limits/core_size', sizeOf(before.coreSizeBytes), sizeOf(after.coreSizeBytes), 'next_run');
  },
  timeoutMs: (before, after, add) =>
    add('/timeout', duration(before.timeoutMs), duration(after.timeoutMs), 'next_run'),
  kill: (before, after, add) => {
    add('/kill/signal', before.kill.signal, after.kill.signal, 'next_run');
    add('/kill/grace', duration(before.kill.graceMs), duration(after.kill.graceMs), 'next_run');
    add('/kill/leftovers', before.kill.leftovers, after.kill.leftovers, 'next_run');
  },
  retry: ({ retry: before }, { retry: after }, add) => {
    add('/retry/limit', before.limit, after.limit, 'next_run');
    add('/retry/delay', duration(before.delayMs), duration(after.delayMs), 'next_run');
    add('/retry/backoff', before.backoff, after.backoff, 'next_run');
    add('/retry/factor', before.factor, after.factor, 'next_run');
    add('/retry/max_delay', duration(before.maxDelayMs), duration(after.maxDelayMs), 'next_run');
    add('/retry/jitter', before.jitter, after.jitter, 'next_run');
    add('/retry/on', before.on, after.on, 'next_run');
  },
  successCodes: (before, after, add) =>
    add('/success_codes', before.successCodes, after.successCodes, 'next_run'),
  concurrency: (before, after, add) =>
    add('/concurrency', before.concurrency, after.concurrency, 'capacity'),
  group: (before, after, add) => add('/group', before.group, after.group, 'capacity'),
  priority: (before, after, add) =>
    add('/priority', priorityWord(before.priority), priorityWord(after.priority), 'capacity'),
  startDeadlineMs: (before, after, add) =>
    add(
      '/start_deadline',
      duration(before.startDeadlineMs),
      duration(after.startDeadlineMs),
      'capacity',
    ),
  catchUp: ({ catchUp: before }, { catchUp: after }, add) => {
    add('/catch_up/policy', before.policy, after.policy, 'next_run');
    add('/catch_up/window', duration(before.windowMs), duration(after.windowMs), 'next_run');
    add('/catch_up/limit', before.limit, after.limit, 'next_run');
  },
  log: (before, after, add) =>
    add(
      '/log/max_size',
      formatSize(before.log.maxSizeBytes),
      formatSize(after.log.maxSizeBytes),
      'next_run',
    ),
  retention: ({ retention: before }, { retention: after }, add) => {
    add('/retention/runs', before?.runs ?? null, after?.runs ?? null, 'capacity');
    add(
      '/retention/age',
      duration(before?.ageMs ?? null),
      duration(after?.ageMs ?? null),
      'capacity',
    );
    const kept = [before?.logBytes ?? null, after?.logBytes ?? null] as const;
    const [from, to] = kept.map((bytes) => (bytes === null ? null : formatSize(bytes)));
    add('/log/keep', from, to, 'capacity');
  },
  onRemove: (before, after, add) => add('/on_remove', before.onRemove, after.onRemove, 'next_run'),
  protect: (before, after, add) => add('/protect', before.protect, after.protect, 'cosmetic'),
  onChange: (before, after, add) => add('/on_change', before.onChange, after.onChange, 'next_run'),
  onScheduleChange: (before, after, add) =>
    add('/on_schedule_change', before.onScheduleChange, after.onScheduleChange, 'next_run'),
  description: (before, after, add) =>
    add('/description', before.description, after.description, 'cosmetic'),
  owner: (before, after, add) => add('/owner', before.owner, after.owner, 'cosmetic'),
  runbook: (before, after, add) => add('/runbook', before.runbook, after.runbook, 'cosmetic'),
  tags: (before, after, add) => add('/tags', before.tags, after.tags, 'cosmetic'),
  renamedFrom: (before, after, add) =>
    add(
      '/renamed_from',
      before.renamedFrom,
      after.renamedFrom,
      before.name === after.name ? 'cosmetic' : 'identity',
    ),
};

const fieldDiffs = Object.entries(fields) as [keyof typeof fields, FieldDiff][];

/**
 * The changed fields; empty when only the spelling of nothing visible changed.
 * Null stands for a job that is not there: then every value it sets is listed.
 */
export function diffJob(before: Job | null, after: Job | null): FieldChange[] {
  const present = after ?? before;
  if (present === null) return [];
  const changes: FieldChange[] = [];
  const add: Add = (path, from, to, effect) => {
    const isCompared = path === '/command' || path.startsWith('/env/');
    if (isCompared || !sameValue(from, to)) changes.push({ path, before: from, after: to, effect });
  };
  const left = before ?? blankJob(present);
  const right = after ?? blankJob(present);
  for (const [name, diff] of fieldDiffs) {
    // Most fields of most jobs stand at their default: they are not put into words.
    if (!isAlike(name, left, right)) diff(left, right, add);
  }
  if (before !== null && after !== null) return changes;
  // A blank job has no command: what it seems to have there is absence.
  return changes.map((change) => ({
    ...change,
    before: before === null ? absent(change.before) : change.before,
    after: after === null ? absent(change.after) : change.after,
  }));
}

/** Schedules are shown as seen from the zone of their job. */
function isAlike(name: keyof typeof fields, left: Job, right: Job): boolean {
  if (name === 'schedules' && left.timezone !== right.timezone) return false;
  return sameValue(left[name], right[name]);
}

/** What the built-in defaults make of a job that sets nothing. */
function blankJob({ name, timezone }: Job): Job {
  return { ...blank, name, timezone };
}

const blank: Omit<Job, 'name' | 'timezone'> = {
  ...addedFields,
  description: null,
  owner: null,
  tags: [],
  schedules: [],
  command: { kind: 'shell', text: '', shell: '/bin/sh' },
  cwd: null,
  env: {},
  user: null,
  timeoutMs: null,
  kill: { signal: 'TERM', graceMs: 10_000, leftovers: false },
  retry: {
    limit: 0,
    delayMs: 1000,
    backoff: 'exponential',
    factor: 2,
    maxDelayMs: 300_000,
    jitter: 0.1,
    on: ['exit', 'timeout', 'signal', 'start'],
  },
  successCodes: [0],
  concurrency: 'forbid',
  catchUp: { policy: 'latest', windowMs: 86_400_000, limit: 100 },
  suspend: false,
  log: { maxSizeBytes: 10_000_000 },
  renamedFrom: [],
  onRemove: 'finish',
  protect: false,
};

/** A reference as a manifest says it. */
function shownEnvValue(value: EnvValue): unknown {
  if (typeof value === 'string' || value.from === 'env') return value;
  const { from, path, modeCheck } = value;
  return modeCheck ? { from, path } : { from, path, mode_check: false };
}

function absent(value: unknown): unknown {
  const isEmptyList = Array.isArray(value) && value.length === 0;
  return value === '' || isEmptyList ? null : value;
}

function shownCommand(command: Job['command']): unknown {
  return command.kind === 'shell' ? command.text : command.argv;
}

/** An argument vector has no shell: shown as such only against another shell command. */
function shellOf({ command }: Job): string | null {
  return command.kind === 'shell' && command.shell !== '/bin/sh' ? command.shell : null;
}

function duration(ms: number | null): string | null {
  return ms === null ? null : formatDuration(ms);
}

function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
