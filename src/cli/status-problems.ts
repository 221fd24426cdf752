// What is wrong with daemon, manifest and jobs, and nothing else: for a person who
// looks whether there is something to do, and for monitoring.
import type { JobView, StatusView } from '../api/service.ts';
import { isFailing } from './failing-jobs.ts';
import { exitWords, stateWords } from './views/states.ts';

export interface StatusProblem {
  /** Null when it is about daemon or manifest. */
  readonly job: string | null;
  readonly text: string;
  /** What to do, or what to look at. */
  readonly remedy: string | null;
}

export function statusProblems(
  { health }: StatusView,
  jobs: readonly JobView[],
): readonly StatusProblem[] {
  // An older daemon, right after an upgrade, tells no conditions.
  const remedies = new Map((health.conditions ?? []).map(({ text, remedy }) => [text, remedy]));
  return [
    ...health.problems.map((text) => ({ job: null, text, remedy: remedies.get(text) ?? null })),
    ...jobs.filter((job) => isFailing(job) || job.state === 'invalid').map(ofJob),
  ];
}

function ofJob({ name, state, lastRun, runbook }: JobView): StatusProblem {
  const remedy = runbook ?? `jm2 why ${name}`;
  if (state === 'invalid') {
    return { job: name, text: 'its schedule cannot be computed', remedy: `jm2 show ${name}` };
  }
  if (lastRun === null)
    return { job: name, text: 'its only time was missed', remedy: 'jm2 missed' };
  const exit = exitWords({ ...lastRun, signal: null });
  return { job: name, text: [stateWords(lastRun.state), exit].filter(Boolean).join(', '), remedy };
}
