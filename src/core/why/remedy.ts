// What can be done, as a sentence with a command to copy at its end, or as the
// command alone: so that people and programs find the command.
import type { JobFacts } from './facts.ts';

/** A command stands at the end, without a full stop; words before it end in a colon. */
export function remedy(words: string, command: string): string {
  return `${words}: ${command}`;
}

/** Null for a job that left the manifest: there is nothing to do for it, or another one has its name. */
export function remedyOfJob(job: JobFacts, words: string, command: string): string | null {
  return job.changes.at(-1)?.action === 'delete' ? null : remedy(words, command);
}

export function runNow(job: JobFacts): string | null {
  return remedyOfJob(job, 'To run it now', `jm2 run ${job.name}`);
}

export function unsuspend(job: JobFacts): string | null {
  return setField(job, 'To admit its occurrences again', 'suspend', 'false');
}

/** `value` as YAML; in quotes where a shell would take it apart. */
export function setField(
  job: JobFacts,
  words: string,
  field: string,
  value: string,
): string | null {
  const written = `${field}=${value}`;
  const word = /^[\w.=-]+$/.test(written) ? written : `"${written}"`;
  return remedyOfJob(job, words, `jm2 edit ${job.name} --set ${word}`);
}
