// The newest facts out of what is recorded: starts and ends of runs, what was
// skipped or missed, and accepted manifests, in the shapes in which a daemon
// tells them. What leaves no record of its own, such as a refused manifest, is
// told only to those who watch.
import type { EventView, OutcomeView, RunView } from '../api/service.ts';
import { historyPageMax } from '../api/wire.ts';
import type { Context } from './context.ts';
import { withNearJobs } from './near-jobs.ts';

type IsWanted = (event: EventView) => boolean;

/** Oldest first, at most `limit`. */
export async function pastEvents(
  context: Context,
  jobs: readonly string[] | null,
  isWanted: IsWanted,
  limit: number,
): Promise<readonly EventView[]> {
  const found: EventView[] = [];
  for (const job of jobs ?? [null]) {
    const { value } = await withNearJobs(context, job, () =>
      context.read((service) =>
        service.history({ ...(job === null ? {} : { job }), all: true, limit: historyPageMax }),
      ),
    );
    found.push(...value.runs.flatMap(ofRun), ...value.outcomes.map(ofOutcome));
  }
  const { readRevisions } = await import('../daemon/read-revisions.ts');
  for (const revision of readRevisions(await context.locations(), limit)) {
    const { number, appliedAt: at, appliedBy: by, summary } = revision;
    found.push({ at, kind: 'manifest.applied', revision: number, by, summary });
  }
  return found
    .filter(isWanted)
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1))
    .slice(-limit);
}

function ofRun(run: RunView): EventView[] {
  const { job, startedAt, endedAt } = run;
  return [
    ...(startedAt === null ? [] : [{ at: startedAt, kind: 'run.started', job, attempt: 1, run }]),
    ...(endedAt === null ? [] : [{ at: endedAt, kind: 'run.ended', job, run }]),
  ];
}

function ofOutcome(outcome: OutcomeView): EventView {
  const { disposition, ...facts } = outcome;
  return { ...facts, at: outcome.lastNominalTime, kind: `occurrence.${disposition}` };
}
