// A manifest that passed schema and rules, as used: defaults filled in, texts
// read, nothing optional left. Judges nothing.
import type { CalendarRule } from '../calendar/calendar.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { WrittenDefaults, WrittenJob } from './generated/written-manifest.ts';
import type {
  AdmissionLimits,
  CatchUp,
  Command,
  EnvValue,
  Job,
  JobRetention,
  Manifest,
  ProcessLimits,
  RemovedJob,
  RetryCause,
  RetryPolicy,
} from './job.ts';
import { parseSize } from './parse-size.ts';
import { priorityOf } from './priority.ts';
import type { JudgedCalendars } from './rules/calendar-rules.ts';
import type { Durations } from './rules/duration-rules.ts';
import type { JudgedSchedules } from './rules/schedule-rules.ts';
import type { SoundManifest } from './rules/sound-parts.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** How many runs of all jobs may go on at once when the manifest does not say. */
const concurrencyMaxDefault = 64;
/** How many runs of one job may wait when the manifest does not say. */
export const queueLimitDefault = 200;
const logBytesDefault = 10_000_000;
const maxDelayDefault = 5 * minute;

function commandOf(command: WrittenJob['command'], shell: string): Command {
  return typeof command === 'string'
    ? { kind: 'shell', text: command, shell }
    : { kind: 'argv', argv: [...command] };
}

function retryOf(written: WrittenDefaults['retry'], ms: (text: string) => number): RetryPolicy {
  const retry = typeof written === 'object' ? written : { limit: written ?? 0 };
  const delayMs = retry.delay === undefined ? second : ms(retry.delay);
  return {
    limit: retry.limit,
    delayMs,
    backoff: retry.backoff ?? 'exponential',
    factor: retry.factor ?? 2,
    // A first delay beyond the default bound is meant, so it raises the bound.
    maxDelayMs:
      retry.max_delay === undefined ? Math.max(maxDelayDefault, delayMs) : ms(retry.max_delay),
    jitter: retry.jitter ?? 0.1,
    // The schema admits no other texts.
    on: [...(retry.on ?? ['exit', 'timeout', 'signal', 'start'])] as RetryCause[],
  };
}

function catchUpOf(written: WrittenDefaults['catch_up'], ms: (text: string) => number): CatchUp {
  const catchUp = typeof written === 'object' ? written : { policy: written ?? 'latest' };
  return {
    policy: catchUp.policy ?? 'latest',
    windowMs: catchUp.window === undefined ? 24 * hour : ms(catchUp.window),
    limit: catchUp.limit ?? 100,
  };
}

function limitsOf({ concurrency, groups }: SoundManifest): AdmissionLimits {
  return {
    concurrencyMax: concurrency.max ?? concurrencyMaxDefault,
    queueLimit: concurrency.queue_limit ?? queueLimitDefault,
    groups: Object.fromEntries(Object.entries(groups).map(([name, { max }]) => [name, max])),
  };
}

type WrittenEnv = NonNullable<WrittenJob['env']>;

function envOf(...layers: readonly (WrittenEnv | undefined)[]): Record<string, EnvValue> {
  const env: Record<string, EnvValue> = {};
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer ?? {})) env[name] = envValueOf(name, value);
  }
  return env;
}

function envValueOf(name: string, value: WrittenEnv[string]): EnvValue {
  if (typeof value !== 'object') return String(value);
  return value.from === 'env'
    ? { from: 'env', key: value.key ?? name }
    : { from: 'file', path: value.path ?? '', modeCheck: value.mode_check ?? true };
}

function processLimitsOf(
  written: WrittenDefaults['limits'],
  ms: (text: string) => number,
): ProcessLimits {
  const { open_files, processes, file_size, cpu_time, memory, core_size } = written ?? {};
  return {
    ...(open_files === undefined ? {} : { openFiles: open_files }),
    ...(processes === undefined ? {} : { processes }),
    ...(file_size === undefined ? {} : { fileSizeBytes: parseSize(file_size) }),
    ...(cpu_time === undefined ? {} : { cpuTimeMs: ms(cpu_time) }),
    ...(memory === undefined ? {} : { memoryBytes: parseSize(memory) }),
    ...(core_size === undefined ? {} : { coreSizeBytes: parseSize(core_size) }),
  };
}

/** Null when neither the job nor the manifest says anything. */
function retentionOf(
  job: Partial<WrittenJob>,
  all: SoundManifest['retention'],
  ms: (text: string) => number,
): JobRetention | null {
  const age = job.retention?.age ?? all.age;
  const bytes = job.log?.keep ?? all.log_bytes;
  const retention = {
    runs: job.retention?.runs ?? all.runs ?? null,
    ageMs: age === undefined ? null : ms(age),
    logBytes: bytes === undefined ? null : parseSize(bytes),
  };
  return Object.values(retention).every((value) => value === null) ? null : retention;
}

interface Surroundings {
  readonly retention: SoundManifest['retention'];
  readonly defaults: Partial<WrittenDefaults>;
  readonly env: SoundManifest['env'];
  readonly durations: Durations;
}

function jobOf(
  name: string,
  written: WrittenJob,
  schedules: readonly Schedule[],
  timezone: string,
  { defaults, env, durations, retention }: Surroundings,
): Job {
  const ms = (text: string): number => durations.get(text) ?? 0;
  // A job's own value replaces the default as a whole; only env is merged by name.
  const job = { ...defaults, ...written };
  const renamed = job.renamed_from ?? [];
  return {
    name,
    description: job.description ?? null,
    owner: job.owner ?? null,
    runbook: job.runbook ?? null,
    tags: [...(job.tags ?? [])],
    schedules,
    timezone,
    command: commandOf(job.command, job.shell ?? '/bin/sh'),
    cwd: job.cwd ?? null,
    env: envOf(env, written.env),
    envFile: [job.env_file ?? []].flat(),
    inheritEnv: [...(job.inherit_env ?? [])],
    user: job.user ?? null,
    umask: job.umask === undefined ? null : job.umask.slice(-3),
    nice: job.nice ?? null,
    limits: processLimitsOf(job.limits, ms),
    timeoutMs: job.timeout === undefined ? null : ms(job.timeout),
    kill: {
      signal: job.kill?.signal ?? 'TERM',
      graceMs: job.kill?.grace === undefined ? 10 * second : ms(job.kill.grace),
      leftovers: job.kill?.leftovers ?? false,
    },
    retry: retryOf(job.retry, ms),
    successCodes: (job.success_codes ?? [0]).toSorted((a, b) => a - b),
    concurrency: job.concurrency ?? 'forbid',
    group: job.group ?? null,
    priority: priorityOf(job.priority),
    startDeadlineMs: job.start_deadline === undefined ? null : ms(job.start_deadline),
    catchUp: catchUpOf(job.catch_up, ms),
    suspend: job.suspend ?? false,
    log: {
      maxSizeBytes: job.log?.max_size === undefined ? logBytesDefault : parseSize(job.log.max_size),
    },
    retention: retentionOf(job, retention, ms),
    renamedFrom: typeof renamed === 'string' ? [renamed] : [...renamed],
    onRemove: job.on_remove ?? 'finish',
    protect: job.protect ?? false,
    onChange: job.on_change ?? 'finish',
    onScheduleChange: job.on_schedule_change ?? 'ignore',
  };
}

/** A job without a manifest around it: everything but its command at the default. */
export function plainJob(name: string, command: string, timezone: string): Job {
  const nothing = { retention: {}, defaults: {}, env: {}, durations: new Map() };
  return jobOf(name, { command }, [], timezone, nothing);
}

function onDays(schedules: readonly Schedule[], calendar?: CalendarRule): readonly Schedule[] {
  return calendar === undefined
    ? schedules
    : schedules.map((schedule) => ({ ...schedule, calendar }));
}

function removedOf(written: SoundManifest['removed']): Record<string, RemovedJob> {
  return Object.fromEntries(
    Object.entries(written).map(([name, { reason, running }]) => [
      name,
      { reason, running: running ?? null },
    ]),
  );
}

/** Only for a manifest without errors: every job then has its command. */
export function normalise(
  sound: SoundManifest,
  judged: JudgedSchedules & JudgedCalendars,
  durations: Durations,
): Manifest {
  const { defaults, env, retention } = sound;
  const surroundings = { defaults, env, retention, durations };
  return {
    version: 1,
    timezone: judged.timezone,
    limits: limitsOf(sound),
    calendars: Object.fromEntries(judged.calendars),
    namedSchedules: sound.schedules,
    ...(Object.keys(sound.removed).length === 0 ? {} : { removed: removedOf(sound.removed) }),
    ...(sound.allowEmpty ? { allowEmpty: true } : {}),
    ...(sound.publicEnv.length === 0 ? {} : { publicEnv: sound.publicEnv }),
    ...(sound.drift.ignore === undefined ? {} : { driftIgnores: sound.drift.ignore }),
    jobs: sound.jobs.map(({ name, job }) =>
      jobOf(
        name,
        job as WrittenJob,
        onDays(judged.schedules.get(name) ?? [], judged.rules.get(name)),
        judged.zones.get(name) ?? judged.timezone,
        surroundings,
      ),
    ),
  };
}
