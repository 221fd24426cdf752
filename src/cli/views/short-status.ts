// How things are in one line, and what is wrong in one line each.
import type { JobView, StatusView } from '../../api/service.ts';
import type { StatusProblem } from '../status-problems.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';

/** "healthy, 12 jobs, 1 running, 0 queued, next dump-shop in 5 m". */
export function shortStatus(
  { daemon, manifest, health }: StatusView,
  jobs: readonly JobView[],
  problems: number,
  terminal: Terminal,
): string {
  const [next] = jobs
    .flatMap(({ name, nextRun }) => (nextRun === null ? [] : [{ name, at: Date.parse(nextRun) }]))
    .toSorted((a, b) => a.at - b.at);
  const isWell = daemon.running && problems === 0;
  const parts = [
    terminal.style(isWell ? 'green' : 'red', health.state),
    `${manifest.jobs} ${manifest.jobs === 1 ? 'job' : 'jobs'}`,
    `${health.running} running`,
    `${health.queued} queued`,
    ...(next === undefined || !daemon.running
      ? []
      : [`next ${oneLine(next.name)} ${relativeTime(next.at, terminal.now)}`]),
    ...(problems === 0
      ? []
      : [`${problems} ${problems === 1 ? 'problem' : 'problems'} (jm2 status --problems)`]),
  ];
  return parts.join(', ');
}

export function problemLines(problems: readonly StatusProblem[], terminal: Terminal): string {
  if (problems.length === 0) return 'Nothing is wrong.';
  return problems
    .map(({ job, text, remedy }) => {
      const about = job === null ? '' : `${oneLine(job)}: `;
      const way = remedy === null ? '' : `\n  ${terminal.style('dim', oneLine(remedy))}`;
      return `${terminal.style('red', about + oneLine(text))}${way}`;
    })
    .join('\n');
}
