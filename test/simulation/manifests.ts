// The manifests of a simulated world: made, edited and written as YAML by
// chance. What they mean is kept beside the text, so that nobody has to ask the
// loader of jm2 about it.
import { isFixed, type SimSchedule } from './oracle.ts';
import type { Random } from './random.ts';

/** How a command behaves once it runs. */
export type Manner =
  | 'quick'
  | 'flaky'
  | 'long'
  | 'hangs'
  | 'stubborn'
  | 'graceful'
  | 'crashes'
  | 'missing';

type Causes = readonly (string | number)[];

export interface SimJob {
  readonly name: string;
  readonly schedules: readonly SimSchedule[];
  readonly jitterMs: number;
  readonly manner: Manner;
  readonly concurrency: 'forbid' | 'allow' | 'queue' | 'replace';
  readonly catchUp: {
    readonly policy: 'latest' | 'none' | 'all';
    readonly windowMs: number;
    readonly limit: number;
  };
  readonly timeoutMs: number | null;
  readonly graceMs: number;
  readonly retry: {
    readonly limit: number;
    readonly delayMs: number;
    readonly on: Causes;
  };
  readonly successCodes: readonly number[];
  readonly suspend: boolean;
  readonly onRemove: 'finish' | 'cancel';
  readonly renamedFrom: string | null;
  readonly group: string | null;
  readonly priority: number;
  readonly startDeadlineMs: number | null;
  readonly note: number;
}

export interface SimLimits {
  readonly max: number;
  readonly queueLimit: number;
  /** Of the two groups that there are. */
  readonly groups: Readonly<Record<string, number>>;
}

export interface SimManifest {
  readonly limits: SimLimits;
  readonly jobs: readonly SimJob[];
}

/** How often the jobs of a world come due. */
export type Density = 'dense' | 'normal' | 'sparse';

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Africa/Cairo',
  'Asia/Kolkata',
] as const;

const retryCauses: readonly [Causes, ...Causes[]] = [
  ['exit', 'timeout', 'signal', 'start'],
  ['exit'],
  ['timeout', 'signal'],
  [75],
];

export class ManifestMaker {
  readonly #random: Random;
  readonly #density: Density;
  #names = 0;

  constructor(random: Random, density: Density) {
    this.#random = random;
    this.#density = density;
  }

  first(jobs: number, now: number): SimManifest {
    const limits = this.#limits();
    return { limits, jobs: Array.from({ length: jobs }, () => this.#job(now)) };
  }

  /** One to three edits of the kinds that people make. */
  edited(manifest: SimManifest, now: number): SimManifest {
    let next = manifest;
    for (let edits = this.#random.int(1, 3); edits > 0; edits -= 1) next = this.#edit(next, now);
    return next;
  }

  #edit(manifest: SimManifest, now: number): SimManifest {
    const { jobs, limits } = manifest;
    const random = this.#random;
    const index = random.int(0, Math.max(0, jobs.length - 1));
    const job = jobs[index];
    const kind = random.int(0, 12);
    if (job === undefined || (kind === 0 && jobs.length < 14)) {
      return { limits, jobs: [...jobs, this.#job(now)] };
    }
    const put = (change: Partial<SimJob>): SimManifest => ({
      limits,
      jobs: jobs.map((one, place) => (place === index ? sound({ ...one, ...change }) : one)),
    });
    const other = this.#job(now);
    switch (kind) {
      case 1:
        return jobs.length < 3 ? manifest : { limits, jobs: jobs.filter((one) => one !== job) };
      case 2:
        return put({ name: other.name, renamedFrom: job.name });
      case 3:
      case 4:
        return put({ schedules: other.schedules, jitterMs: other.jitterMs });
      case 5:
        return put({ suspend: !job.suspend });
      case 6:
        return put({ concurrency: other.concurrency });
      case 7:
        return put({ catchUp: other.catchUp, retry: other.retry });
      case 8:
        return put({ timeoutMs: other.timeoutMs, graceMs: other.graceMs });
      case 9:
        return { jobs, limits: this.#limits() };
      case 10:
        return { limits, jobs: jobs.toReversed() };
      case 11: {
        const { group, priority, startDeadlineMs } = other;
        return put({ group, priority, startDeadlineMs });
      }
      default:
        return put({ note: job.note + 1 });
    }
  }

  #limits(): SimLimits {
    const random = this.#random;
    const groups = { disk: random.pick([1, 2, 5]), net: random.pick([1, 3]) };
    return {
      max: random.pick([64, 64, 8, 3, 2, 1]),
      queueLimit: random.pick([200, 20, 3]),
      groups,
    };
  }

  #job(now: number): SimJob {
    const random = this.#random;
    this.#names += 1;
    const manner = random.pick([
      'quick',
      'quick',
      'quick',
      'flaky',
      'flaky',
      'long',
      'hangs',
      'stubborn',
      'graceful',
      'crashes',
      'missing',
    ] as const);
    const needsEnd = manner === 'hangs' || manner === 'stubborn' || manner === 'graceful';
    const concurrency = random.pick(['forbid', 'allow', 'queue', 'replace'] as const);
    return sound({
      name: `job-${this.#names}`,
      schedules: this.#schedules(now),
      jitterMs: random.chance(0.25) ? Math.round(random.spread(1, 600)) * 1000 : 0,
      manner,
      concurrency,
      catchUp: {
        policy: random.pick(['latest', 'latest', 'none', 'all'] as const),
        windowMs: random.pick([24, 24, 1, 12]) * 3_600_000,
        limit: random.pick([100, 3, 10]),
      },
      timeoutMs: needsEnd || random.chance(0.4) ? Math.round(random.spread(1, 900)) * 1000 : null,
      graceMs: random.pick([10_000, 1_000, 30_000]),
      retry: {
        limit: random.pick([0, 0, 1, 3]),
        delayMs: Math.round(random.spread(1, 600)) * 1000,
        on: random.pick(retryCauses),
      },
      successCodes: random.chance(0.1) ? [0, 3] : [0],
      suspend: random.chance(0.06),
      onRemove: random.pick(['finish', 'finish', 'cancel']),
      renamedFrom: null,
      group: random.pick([null, null, null, 'disk', 'net']),
      priority: random.pick([0, 0, 10, -10, 100]),
      startDeadlineMs: random.chance(0.15) ? Math.round(random.spread(5, 3_600)) * 1000 : null,
      note: 0,
    });
  }

  #schedules(now: number): readonly SimSchedule[] {
    const one = this.#schedule(now);
    return this.#random.chance(0.12) ? [one, this.#schedule(now)] : [one];
  }

  #schedule(now: number): SimSchedule {
    const random = this.#random;
    const cron = (expression: string): SimSchedule => {
      const made = {
        kind: 'cron',
        zone: random.pick(zones),
        expression,
        gap: random.pick(['run_once', 'run_once', 'skip', 'shift'] as const),
        overlap: random.pick(['first', 'first', 'last', 'both'] as const),
      } as const;
      // The rules are for fixed times alone, and refused for others.
      return isFixed([made]) ? made : { ...made, gap: 'run_once', overlap: 'first' };
    };
    const minute = random.int(0, 59);
    const hour = random.pick([0, 1, 2, 2, 3, 23, random.int(0, 23)]);
    const daily = `${minute} ${hour} * * *`;
    if (random.chance(0.05)) {
      return { kind: 'at', instant: Math.round((now + random.spread(1e5, 1e9)) / 1000) * 1000 };
    }
    switch (this.#density) {
      case 'dense':
        return random.chance(0.5)
          ? { kind: 'every', seconds: random.pick([5, 10, 30, 60, 90, 300]) }
          : cron(random.pick(['* * * * *', '*/5 * * * *', '*/2 * * * *', `${minute} * * * *`]));
      case 'normal':
        return random.chance(0.2)
          ? { kind: 'every', seconds: random.pick([300, 1_800, 5_400, 3_600]) }
          : cron(random.pick(['*/15 * * * *', `${minute} * * * *`, `${minute} */3 * * *`, daily]));
      case 'sparse':
        return random.chance(0.1)
          ? { kind: 'every', seconds: random.pick([21_600, 86_400]) }
          : cron(
              random.pick([
                daily,
                daily,
                `${minute} ${hour},${(hour + 12) % 24} * * *`,
                `${minute} ${hour} * * ${random.int(0, 6)}`,
                `${minute} ${hour} ${random.int(1, 31)} * *`,
                `0,30 1-3 ${random.int(1, 28)} * 0`,
              ]),
            );
    }
  }
}

/** A deadline within the jitter is refused. */
function sound(job: SimJob): SimJob {
  const { startDeadlineMs, jitterMs } = job;
  return startDeadlineMs === null || startDeadlineMs > jitterMs
    ? job
    : { ...job, startDeadlineMs: jitterMs + startDeadlineMs };
}

/** The text of a manifest, as a person would write it. */
export function written(manifest: SimManifest): string {
  const { max, queueLimit, groups } = manifest.limits;
  const lines = [
    'version: 1',
    `concurrency: {max: ${max}, queue_limit: ${queueLimit}}`,
    'groups:',
    ...Object.entries(groups).map(([name, limit]) => `  ${name}: {max: ${limit}}`),
    'jobs:',
  ];
  for (const job of manifest.jobs) lines.push(...writtenJob(job));
  return `${lines.join('\n')}\n`;
}

function writtenJob(job: SimJob): string[] {
  const { catchUp, retry } = job;
  const lines = [
    `  ${job.name}:`,
    `    command: ${job.manner}`,
    `    concurrency: ${job.concurrency}`,
    `    catch_up: {policy: ${catchUp.policy}, window: ${catchUp.windowMs / 3_600_000}h, limit: ${catchUp.limit}}`,
    `    kill: {grace: ${job.graceMs / 1000}s}`,
    `    retry: {limit: ${retry.limit}, delay: ${retry.delayMs / 1000}s, on: ${JSON.stringify(retry.on)}}`,
    `    success_codes: ${JSON.stringify(job.successCodes)}`,
    `    suspend: ${job.suspend}`,
    `    on_remove: ${job.onRemove}`,
    `    priority: ${job.priority}`,
    `    description: note ${job.note}`,
    '    schedule:',
    ...job.schedules.map((one) => `      - ${writtenSchedule(one, job.jitterMs)}`),
  ];
  if (job.timeoutMs !== null) lines.push(`    timeout: ${job.timeoutMs / 1000}s`);
  if (job.group !== null) lines.push(`    group: ${job.group}`);
  if (job.startDeadlineMs !== null) {
    lines.push(`    start_deadline: ${job.startDeadlineMs / 1000}s`);
  }
  if (job.renamedFrom !== null) lines.push(`    renamed_from: ${job.renamedFrom}`);
  return lines;
}

function writtenSchedule(schedule: SimSchedule, jitterMs: number): string {
  const jitter = jitterMs === 0 ? '' : `, jitter: ${jitterMs / 1000}s`;
  switch (schedule.kind) {
    case 'every':
      return `{every: ${schedule.seconds}s${jitter}}`;
    case 'at':
      return `{at: "${new Date(schedule.instant).toISOString().replace('.000Z', 'Z')}"${jitter}}`;
    case 'cron': {
      const { expression, zone, gap, overlap } = schedule;
      const rules = isFixed([schedule]) ? `, dst_gap: ${gap}, dst_overlap: ${overlap}` : '';
      return `{cron: "${expression}", timezone: ${zone}${rules}${jitter}}`;
    }
  }
}

/** True when both come due at the same instants by the same rule. */
export const isSameRule = (a: SimJob, b: SimJob): boolean => ruleOf(a) === ruleOf(b);

const ruleOf = (job: SimJob): string =>
  job.schedules.map((one) => writtenSchedule(one, job.jitterMs)).join('\n');
