// What to read when a job has failed: looked up where a failure is shown.
import type { Context } from './context.ts';
import { oneLine } from './views/foreign.ts';

const failures: ReadonlySet<string> = new Set(['failed', 'timed_out', 'lost']);

/** `state`: of a run, or what is said of an occurrence. */
export function isFailure(state: string): boolean {
  return failures.has(state);
}

/** Null for none, and where it cannot be told: the failure itself is the news. */
export async function runbookOf(context: Context, job: string): Promise<string | null> {
  try {
    const { value } = await context.read((service) => service.show(job));
    // A daemon of 0.1, asked right after an upgrade, knows none.
    return value.runbook ? oneLine(value.runbook) : null;
  } catch {
    return null;
  }
}
