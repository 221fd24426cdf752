// Facts about jobs: whether they could start, what their schedules hold, what
// became of them.
import { setImmediate } from 'node:timers/promises';
import type { EnvironmentFact, JobFact, JobsFacts, ProgramFact } from '../../core/doctor/facts.ts';
import { firstProgram } from '../../core/doctor/first-program.ts';
import type { Job } from '../../core/manifest/job.ts';
import type { Pause } from '../../core/overrides/pause.ts';
import type { Outcome } from '../../core/runs/run.ts';
import { StatisticsOf } from '../../core/runs/statistics.ts';
import { compileSchedule } from '../../core/schedule/compile-schedule.ts';
import type { CompiledSchedule } from '../../core/schedule/schedule.ts';
import { accountFor } from '../../executor/command-environment.ts';
import { foreseeFailure } from '../../executor/launcher/diagnose-start-failure.ts';
import { resolveEnvironment } from '../../executor/resolve-environment.ts';
import type { RunFactCursor, StoreReader } from '../../store/store.ts';
import type { Clock } from '../../system/clock.ts';
import { createAttemptRequests } from '../attempt-request.ts';

/** A job in force, or one of the manifest where nothing is in force yet. */
export interface KnownJob {
  readonly job: Job;
  /** Null: it has no past. */
  readonly uid: string | null;
  readonly fault: string | null;
  readonly pause: Pause | null;
  readonly changedAt: number | null;
}

const day = 86_400_000;
/** Starts to come of one job: enough to see its rhythm over a week of workdays. */
const startsShown = 9;
/** Jobs whose programs and secrets are looked for. */
const jobsMax = 10_000;
const pageMax = 2_000;
/** Newest runs looked at in all. */
const runsMax = 100_000;
const outcomesMax = 20_000;
const startsOfJobMax = 3_000;
const startsMax = 300_000;
/** What the catch-up policy leaves out on purpose was not missed by accident. */
const meant: ReadonlySet<Outcome['reason']> = new Set([
  'catch_up_latest',
  'catch_up_none',
  'restored',
  'schedule_changed',
]);

export async function gatherJobs(parts: {
  readonly jobs: readonly KnownJob[];
  readonly store: StoreReader | null;
  readonly concurrencyMax: number;
  readonly admittingSince: number | null;
  readonly now: number;
}): Promise<JobsFacts> {
  const { store, now } = parts;
  const past = store === null ? new Map<string, Past>() : await readPast(store);
  const missed = store === null ? new Map<string, number>() : missedOf(store, now);
  const crowd = new Crowd();
  const jobs: JobFact[] = [];
  for (const [index, { uid, ...known }] of parts.jobs.entries()) {
    if (index % 100 === 99) await setImmediate();
    const schedule = compiledOf(known);
    if (schedule !== null && !known.job.suspend) crowd.add(schedule, now);
    const own = uid === null ? undefined : past.get(uid);
    jobs.push({
      ...known,
      past:
        own === undefined
          ? null
          : {
              statistics: own.statistics.result(),
              lastStart: own.lastStart,
              isRunning: own.isRunning,
            },
      starts: schedule === null ? [] : startsOf(schedule, now),
      missed: uid === null ? 0 : (missed.get(uid) ?? 0),
    });
  }
  const { concurrencyMax, admittingSince } = parts;
  return { jobs, concurrencyMax, admittingSince, crowd: crowd.most() };
}

function compiledOf({ job, fault }: Pick<KnownJob, 'job' | 'fault'>): CompiledSchedule | null {
  if (fault !== null || job.schedules.length === 0) return null;
  try {
    return compileSchedule(job.schedules, job.name);
  } catch {
    // The daemon records it as the job's fault; here it has no starts.
    return null;
  }
}

function startsOf(schedule: CompiledSchedule, now: number): number[] {
  const starts: number[] = [];
  let after = now;
  while (starts.length < startsShown) {
    const next = schedule.next(after);
    if (next === null) break;
    starts.push(next.nominalTime);
    after = next.nominalTime;
  }
  return starts;
}

/** How many jobs start in one second of the next day. */
class Crowd {
  readonly #seconds = new Map<number, number>();
  #counted = 0;

  add(schedule: CompiledSchedule, now: number): void {
    let own = 0;
    for (const { startTime } of schedule.range(now, now + day)) {
      if (own >= startsOfJobMax || this.#counted >= startsMax) return;
      own += 1;
      this.#counted += 1;
      const second = Math.floor(startTime / 1000);
      this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + 1);
    }
  }

  most(): JobsFacts['crowd'] {
    let most: JobsFacts['crowd'] = null;
    for (const [second, starts] of this.#seconds) {
      if (most === null || starts > most.starts) most = { starts, at: second * 1000 };
    }
    return most;
  }
}

interface Past {
  readonly statistics: StatisticsOf;
  lastStart: number | null;
  isRunning: boolean;
}

async function readPast(store: StoreReader): Promise<Map<string, Past>> {
  const past = new Map<string, Past>();
  let before: RunFactCursor | null = null;
  for (let read = 0; read < runsMax; read += pageMax) {
    const page = store.runFacts({ before, limit: pageMax });
    for (const fact of page) {
      const own = past.get(fact.jobUid) ?? {
        statistics: new StatisticsOf(),
        lastStart: null,
        isRunning: false,
      };
      past.set(fact.jobUid, own);
      own.statistics.add(fact);
      own.lastStart ??= fact.startedAt;
      own.isRunning ||= fact.state === 'running' || fact.state === 'queued';
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageMax) break;
    before = { queuedAt: last.queuedAt, id: last.id };
    await setImmediate();
  }
  return past;
}

function missedOf(store: StoreReader, now: number): Map<string, number> {
  const missed = new Map<string, number>();
  for (const row of store.outcomes({ since: now - 7 * day, limit: outcomesMax })) {
    if (row.disposition !== 'missed' || meant.has(row.reason)) continue;
    missed.set(row.jobUid, (missed.get(row.jobUid) ?? 0) + row.count);
  }
  return missed;
}

export interface StartFacts {
  readonly programs: readonly ProgramFact[];
  readonly users: readonly EnvironmentFact[];
  readonly problems: readonly EnvironmentFact[];
  readonly exposed: readonly EnvironmentFact[];
}

/** Whether commands could start now, in the environment that they will get. */
export async function gatherStarts(parts: {
  readonly jobs: readonly Job[];
  readonly manifestDir: string;
  /** Null when the daemon has one that cannot be read. */
  readonly daemonEnv: Readonly<Record<string, string | undefined>> | null;
  readonly clock: Clock;
}): Promise<StartFacts> {
  const { manifestDir, clock, daemonEnv } = parts;
  const daemon = daemonEnv ?? {};
  const requestOf = createAttemptRequests({ manifestDir, daemonEnv: daemon, clock });
  const setTimer = (ms: number, fire: () => void): (() => void) => clock.setTimer(ms, fire);
  const programs: ProgramFact[] = [];
  const users: EnvironmentFact[] = [];
  const problems: EnvironmentFact[] = [];
  const exposed: EnvironmentFact[] = [];
  for (const job of parts.jobs.slice(0, jobsMax)) {
    const run = { id: 'doctor', job: job.name, given: null, nominalTime: null };
    const known = daemonEnv === null ? withoutDaemonVariables(job) : job;
    const request = requestOf(run, known, 1);
    const user = userProblem(job.user);
    if (user !== null) users.push({ job: job.name, problem: user });
    let env = request.env;
    if (request.late !== null) {
      const late = await resolveEnvironment(request.late, { daemon, setTimer });
      if (!late.ok) problems.push({ job: job.name, problem: late.problem });
      else {
        env = { ...env, ...late.variables };
        for (const warning of late.warnings) exposed.push({ job: job.name, problem: warning });
      }
    }
    const program = programProblem(job, {
      argv: request.argv,
      cwd: request.cwd,
      env,
      user: job.user,
    });
    if (program !== null) programs.push(program);
  }
  return { programs, users, problems, exposed };
}

/** Without the references that only the daemon could follow. */
function withoutDaemonVariables(job: Job): Job {
  const env = Object.entries(job.env).filter(
    ([, value]) => typeof value === 'string' || value.from !== 'env',
  );
  return { ...job, env: Object.fromEntries(env) };
}

function programProblem(
  { name, command }: Job,
  start: Parameters<typeof foreseeFailure>[0],
): ProgramFact | null {
  const inText = command.kind === 'shell' ? firstProgram(command.text) : null;
  const failure =
    foreseeFailure(start) ??
    (inText === null ? null : foreseeFailure({ ...start, argv: [inText] }));
  if (failure === null) return null;
  const file = /^command "([^"\\]+)" has no execute permission$/.exec(failure.detail)?.[1] ?? null;
  return { job: name, problem: failure.detail, denied: file };
}

function userProblem(user: string | null): string | null {
  if (user === null) return null;
  const { uid } = accountFor(user);
  if (uid === -1) return `there is no account "${user}" on this host`;
  const own = process.geteuid?.() ?? 0;
  return own === 0 || own === uid ? null : `a daemon of uid ${own} cannot run as "${user}"`;
}
