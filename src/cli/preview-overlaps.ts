// Overlaps of a range: starts from the manifest, durations from what the store
// has seen, where there is one.
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Answer } from './command.ts';
import type { Context } from './context.ts';
import { occurrencesBetween, type Compiled } from './occurrences.ts';
import { overlapsOf, type TimedStart } from './overlaps.ts';
import { overlapsText } from './views/overlaps.ts';

/** Starts that are looked at; beyond it the answer says that it is cut. */
const startsMax = 200_000;
/** Runs queued within this time tell how long a job takes. */
const seenMs = 30 * 86_400_000;

export async function overlapsAnswer(
  context: Context,
  compiled: readonly Compiled[],
  range: {
    readonly from: number;
    readonly to: number;
    readonly assumedMs: number;
    readonly zone: string;
  },
): Promise<Answer> {
  const listed = occurrencesBetween(compiled, range, startsMax, range.zone);
  const seen = await mediansOf(context);
  const starts = listed.occurrences
    .map(({ job, startTime }): TimedStart => ({
      job,
      at: startTime,
      durationMs: seen.get(job) ?? range.assumedMs,
    }))
    .toSorted((a, b) => a.at - b.at);
  const crowd = overlapsOf(starts);
  const jobs = new Set(starts.map(({ job }) => job));
  const assumed = [...jobs].filter((job) => !seen.has(job)).length;
  const facts = { ...range, ...crowd, starts: starts.length, assumed, truncated: listed.truncated };
  const at = (instant: number): string => new Date(instant).toISOString();
  return {
    data: {
      overlaps: {
        from: at(range.from),
        to: at(range.to),
        starts: starts.length,
        assumedMs: range.assumedMs,
        assumedJobs: assumed,
        truncated: listed.truncated,
        peak: crowd.peak === null ? null : { runs: crowd.peak.runs, at: at(crowd.peak.at) },
        busiestMinute:
          crowd.busiest === null
            ? null
            : { starts: crowd.busiest.starts, at: at(crowd.busiest.minute) },
        meetings: crowd.meetings.map(({ jobs: pair, count, first }) => ({
          jobs: [...pair],
          count,
          first: at(first),
        })),
      },
    },
    text: (terminal) => overlapsText(facts, terminal),
  };
}

/** Median duration of each job's runs of the last days; nothing without a store. */
async function mediansOf(context: Context): Promise<ReadonlyMap<string, number>> {
  const since = new Date(context.terminal.now - seenMs).toISOString();
  try {
    // Job by job: among the newest runs of all, one that starts every second leaves no other.
    const { value } = await context.read((service) =>
      service.stats({ jobs: null, since, until: null }),
    );
    return new Map(
      value.jobs.flatMap(({ job, durationMs }) =>
        durationMs === null ? [] : [[job, durationMs.p50] as const],
      ),
    );
  } catch (error) {
    // A preview needs no store; without one every duration is assumed.
    if (!(error instanceof Jm2Error)) throw error;
    return new Map();
  }
}
