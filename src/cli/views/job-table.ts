// Jobs at a glance: state, next run, last result.
import type { JobView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration, relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { exitWords, stateStyle, stateWords } from './states.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { localTime, needSeconds } from './times.ts';

/** `explained`: with what each job is for, and whose it is, before all that can be spared. */
export function jobTable(
  jobs: readonly JobView[],
  terminal: Terminal,
  { explained = false }: { readonly explained?: boolean } = {},
): string {
  const withSeconds = needSeconds(
    jobs.map(({ nextRun }) => (nextRun === null ? null : Date.parse(nextRun))),
  );
  return renderTable<JobView>(
    [
      { header: 'JOB', cell: (job) => oneLine(job.name), rank: 0, mayStandAlone: true },
      {
        header: 'STATE',
        cell: (job) =>
          `${stateWords(job.state)}${job.orphaned ? ', orphaned' : ''}${job.held === true ? ', held' : ''}`,
        style: (job) => stateStyle(job.state),
        rank: 0,
      },
      {
        header: 'SCHEDULE',
        cell: (job) => (job.schedule === null ? '' : oneLine(job.schedule)),
        rank: 3,
        cuttable: true,
      },
      {
        header: 'ZONE',
        cell: (job) => (job.schedule === null ? '' : job.timezone),
        rank: 5,
      },
      {
        header: 'NEXT RUN',
        cell: (job) =>
          job.nextRun === null ? '' : localTime(Date.parse(job.nextRun), job.timezone, withSeconds),
        rank: 4,
      },
      {
        header: 'IN',
        cell: (job) =>
          job.nextRun === null ? '-' : relativeTime(Date.parse(job.nextRun), terminal.now),
        rank: 1,
      },
      {
        header: 'LAST RUN',
        cell: (job) => lastRunWords(job, terminal),
        style: (job) => (job.lastRun === null ? null : stateStyle(job.lastRun.state)),
        rank: 2,
      },
      { header: 'TAGS', cell: (job) => oneLine(job.tags.join(' ')), rank: 6, cuttable: true },
      ...(explained ? explanations : []),
    ],
    jobs,
    terminal,
  );
}

const explanations: readonly Column<JobView>[] = [
  { header: 'OWNER', cell: ({ owner }) => oneLine(owner ?? ''), rank: 2.5 },
  {
    header: 'DESCRIPTION',
    cell: ({ description }) => oneLine(description ?? ''),
    rank: 1.5,
    cuttable: true,
  },
];

export function lastRunWords(job: JobView, terminal: Terminal): string {
  const run = job.lastRun;
  // Its times had passed before it came into force, or none was admitted.
  if (run === null) return job.state === 'completed' ? 'never ran' : '-';
  const exit = run.state === 'failed' ? ` ${exitWords(run)}` : '';
  const parts = [`${stateWords(run.state)}${exit}`.trimEnd()];
  const at = run.endedAt ?? run.startedAt;
  if (at !== null) parts.push(relativeTime(Date.parse(at), terminal.now));
  if (run.durationMs !== null) parts.push(humanDuration(run.durationMs));
  return parts.join(', ');
}
