// Which jobs of an apply on trial cannot succeed in time by themselves, so that a person
// learns of it before everything goes back.
import type { ConfirmationView, JobView } from '../../api/service.ts';
import { oneLine } from './foreign.ts';

const namesShown = 5;

/** Null where each of them is going to start before the deadline, or has succeeded already. */
export function unprovedWords(
  { awaits, deadline, since }: ConfirmationView,
  jobs: readonly JobView[],
): string | null {
  const named = new Set(awaits);
  const idle = jobs.filter((job) => named.has(job.name) && !hasSucceeded(job, since));
  const paused = idle.filter(({ pause }) => pause !== null);
  const late = idle.filter(({ pause, nextRun }) => pause === null && !isBefore(nextRun, deadline));
  const words = [
    ...(paused.length === 0 ? [] : [`${namesOf(paused)} ${are(paused)} paused`]),
    ...(late.length === 0 ? [] : [`${namesOf(late)} ${start(late)} only after the deadline`]),
  ];
  return words.length === 0 ? null : `${words.join(', ')}: jm2 run, or jm2 confirm`;
}

/** Since the trial began; whether as the job is now, the daemon knows. */
function hasSucceeded({ lastRun }: JobView, since: string): boolean {
  return lastRun?.state === 'succeeded' && !isBefore(lastRun.startedAt, since);
}

function isBefore(at: string | null, limit: string): boolean {
  return at !== null && Date.parse(at) < Date.parse(limit);
}

function namesOf(jobs: readonly JobView[]): string {
  const names = jobs.slice(0, namesShown).map(({ name }) => oneLine(name));
  const more = jobs.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const are = ({ length }: readonly JobView[]): string => (length === 1 ? 'is' : 'are');
const start = ({ length }: readonly JobView[]): string => (length === 1 ? 'starts' : 'start');
