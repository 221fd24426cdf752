import type { Job } from '../../../src/core/manifest/job.ts';
import type { Attempt, Outcome, Run } from '../../../src/core/runs/run.ts';
import type { Explanation } from '../../../src/core/why/explanation.ts';
import type { JobFacts, OutcomeFacts, RunFacts, SpecChange } from '../../../src/core/why/facts.ts';
import { aJob, anOutcome, aRun, everyMinute, noon } from '../../support/store-records.ts';

export { noon };
export const second = 1_000;
export const minute = 60_000;
export const hour = 3_600_000;
export const day = 24 * hour;

export const spec = (changes: Partial<Job> = {}): Job =>
  aJob('backup', { schedules: [everyMinute('0 12 * * *')], ...changes });

export const change = (
  revision: number,
  at: number,
  changes: Partial<SpecChange> & { readonly job?: Partial<Job> } = {},
): SpecChange => {
  const { job, ...rest } = changes;
  return { revision, at, by: 'alice', action: 'update', name: 'backup', spec: spec(job), ...rest };
};

/** A job that exists since ten days before noon, daily at noon, settled up to noon. */
export const jobFacts = (changes: Partial<JobFacts> = {}): JobFacts => ({
  now: noon + hour,
  name: 'backup',
  zone: 'UTC',
  changes: [change(1, noon - 10 * day, { action: 'create' })],
  watermark: noon,
  fault: null,
  pause: null,
  prunedUntil: null,
  storeLostAt: null,
  attendance: { kind: 'admitting' },
  ...changes,
});

export const run = (changes: Partial<Run> = {}): Run =>
  aRun('backup', 'r-asked', {
    trigger: 'schedule',
    nominalTime: noon,
    requestedBy: null,
    ...changes,
  });

export const attempt = (changes: Partial<Attempt> = {}): Attempt => ({
  runId: 'r-asked',
  attempt: 1,
  intendedAt: noon,
  startedAt: noon,
  endedAt: noon + 3 * second,
  pid: 7,
  processStart: '1',
  bootId: 'boot',
  killIntent: null,
  exitCode: 0,
  signal: null,
  state: 'succeeded',
  reason: null,
  ...changes,
});

/** A run that began in time and ended after three seconds. */
export const runFacts = (
  changes: Partial<Run> = {},
  rest: Partial<Omit<RunFacts, 'run'>> = {},
): RunFacts => ({
  run: run({
    state: 'succeeded',
    exitCode: 0,
    attempts: 1,
    startedAt: noon,
    endedAt: noon + 3 * second,
    ...changes,
  }),
  attempts: [attempt()],
  spec: spec(),
  dueAt: noon,
  before: [],
  replacedBy: null,
  canceledBy: null,
  interruptions: [],
  daemon: null,
  ...rest,
});

export const outcomeFacts = (
  changes: Partial<Outcome>,
  rest: Partial<Omit<OutcomeFacts, 'outcome'>> = {},
): OutcomeFacts => ({
  outcome: anOutcome('backup', noon, changes),
  at: noon,
  waited: null,
  inTheWay: null,
  caughtUp: null,
  interruptions: [],
  ...rest,
});

export const down = (from: number, until: number) =>
  ({ causes: ['down'], from, until, stepMs: null }) as const;

/** What people read first. */
export const said = ({ verdict, answer }: Explanation): string => `${verdict}: ${answer}`;
export const evidence = (explained: Explanation): string[] =>
  explained.evidence.map(({ source, text }) => `${source}: ${text}`);
