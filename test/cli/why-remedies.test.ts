// Every remedy that `jm2 why` names can be typed as it stands: its command is
// one that the command line takes, with options that it knows.
import { expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';
import { parse } from '../../src/cli/parse-call.ts';
import type { OutcomeReason, RunState } from '../../src/core/runs/run.ts';
import { explainComing } from '../../src/core/why/explain-coming.ts';
import { explainNext } from '../../src/core/why/explain-next.ts';
import { explainOutcome } from '../../src/core/why/explain-outcome.ts';
import { explainRun } from '../../src/core/why/explain-run.ts';
import { explainNoOccurrence, explainUnsettled } from '../../src/core/why/explain-unrecorded.ts';
import type { Explanation } from '../../src/core/why/explanation.ts';
import type { Attendance, JobFacts } from '../../src/core/why/facts.ts';
import {
  change,
  day,
  hour,
  jobFacts,
  minute,
  noon,
  outcomeFacts,
  runFacts,
} from '../core/why/builders.ts';

/** Reasons for which nothing can be done any more. */
const beyondRemedy: ReadonlySet<OutcomeReason> = new Set(['removed']);
const reasons = Object.keys({
  forbid: 0,
  queue_full: 0,
  suspended: 0,
  paused: 0,
  replaced: 0,
  removed: 0,
  schedule_changed: 0,
  catch_up_none: 0,
  catch_up_window: 0,
  catch_up_latest: 0,
  catch_up_limit: 0,
  deadline: 0,
  clock_step: 0,
  zone_data: 0,
  stopping: 0,
  engine_fault: 0,
  restored: 0,
} satisfies Record<OutcomeReason, 0>) as OutcomeReason[];
const states = Object.keys({
  queued: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  timed_out: 0,
  canceled: 0,
  lost: 0,
} satisfies Record<RunState, 0>) as RunState[];

const pause = { by: 'bob', reason: null, since: noon, until: null, skipped: 0 };
const suspended = [change(1, noon - day, { job: { suspend: true } })];
const removed = [change(1, noon - day), change(2, noon + minute, { action: 'delete' })];
const coming = { nominalTime: noon + day, startTime: noon + day, note: null, schedule: 0 } as const;
const attendances: readonly Attendance[] = [
  { kind: 'admitting' },
  { kind: 'safe_mode' },
  { kind: 'stopping' },
  { kind: 'down', since: noon },
];
const jobs: readonly JobFacts[] = [
  ...attendances.map((attendance) => jobFacts({ attendance })),
  jobFacts({ pause }),
  jobFacts({ fault: 'no progress' }),
  jobFacts({ changes: suspended }),
  jobFacts({ changes: removed }),
  jobFacts({ changes: [change(1, noon - day, { job: { schedules: [] } })] }),
  jobFacts({ storeLostAt: noon + hour }),
  jobFacts({ prunedUntil: noon + hour }),
];

const explained: readonly Explanation[] = jobs.flatMap((job) => [
  ...reasons.map((reason) => explainOutcome(outcomeFacts({ reason }), job)),
  ...states.map((state) => explainRun(runFacts({ state, startedAt: noon + hour }), job)),
  explainComing(coming, job, 'next'),
  explainNext({ unfinished: [], remarks: [] }, job),
  explainNoOccurrence(noon + minute, job),
  explainUnsettled({ nominalTime: noon, startTime: noon, note: null, schedule: 0 }, job),
]);

const hints = [...new Set(explained.flatMap(({ hint }) => hint ?? []))];

it.each(hints)('%s', async (hint) => {
  const command = /(?:^|: )(jm2 .*)$/.exec(hint)?.[1];
  // What is no command names a place, and no program.
  if (command === undefined) return expect(hint).not.toContain('jm2 ');
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, word]) => quoted ?? word ?? '',
  );
  const entry = commandTable.find(({ name }) => name === words[1]);
  expect(entry?.name).toBe(words[1]);
  const definition = await (entry as NonNullable<typeof entry>).load();
  expect(parse(definition, words.slice(1), '0', () => undefined)).not.toBeNull();
});

it('every reason that is not final has a remedy, and no command for a job that has gone', () => {
  const inForce = (reason: OutcomeReason): JobFacts =>
    jobFacts(reason === 'suspended' ? { changes: suspended } : {});
  const without = reasons.filter(
    (reason) => explainOutcome(outcomeFacts({ reason }), inForce(reason)).hint === null,
  );
  expect(without).toEqual([...beyondRemedy]);
  const gone = jobFacts({ changes: removed });
  const told = reasons.map((reason) => explainOutcome(outcomeFacts({ reason }), gone).hint);
  expect(told.filter((hint) => hint?.includes('backup') === true)).toEqual([]);
});
