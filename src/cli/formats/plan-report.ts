// What the formats are told of a plan, and of a manifest that allowed none.
import type { PlanView } from '../../api/plan-views.ts';
import type { Diagnostic, Range } from '../../core/diagnostics/diagnostic.ts';
import { findJobs } from '../../core/manifest/edit/find-jobs.ts';
import type { Answer } from '../command.ts';
import type { Context } from '../context.ts';
import { inFormats } from './format-answer.ts';
import type { WantedFormats } from './format-names.ts';
import type { KeptAs } from './report.ts';

export interface PlanOutcome {
  readonly answer: Answer;
  /** Null when the manifest is not accepted. */
  readonly plan: PlanView | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly source: string;
  readonly against: string | null;
  readonly kept: KeptAs | null;
  /** The text that was planned; null when it is not at hand. */
  readonly readText: () => Promise<string | null>;
}

export async function planInFormats(
  context: Context,
  wanted: WantedFormats,
  outcome: PlanOutcome,
): Promise<Answer> {
  const { plan, diagnostics, source, against, kept } = outcome;
  const hasHazards = plan?.changes.some(({ hazards }) => hazards.length > 0) === true;
  const text = hasHazards ? await outcome.readText() : null;
  return inFormats(context, wanted, outcome.answer, {
    command: 'plan',
    version: context.version,
    source,
    against,
    kept,
    files: [],
    diagnostics,
    plan,
    accepted: plan !== null,
    publicEnv: plan?.publicEnv ?? [],
    name: wanted.name,
    placeOf: text === null ? () => null : placesIn(text),
    isChanged: () => false,
  });
}

/** The names of jobs, found when the first is asked for. */
function placesIn(text: string): (job: string) => Range | null {
  let jobs: ReturnType<typeof findJobs>['jobs'] | null = null;
  let starts: number[] = [];
  return (name) => {
    if (jobs === null) {
      const own = text.replace(/^\ufeff/, '');
      ({ jobs } = findJobs(own));
      starts = [0, ...[...own.matchAll(/\n/g)].map(({ index }) => index + 1)];
    }
    const range = jobs.get(name)?.key.range;
    if (range === undefined || range === null) return null;
    const line = lineOf(starts, range[0]);
    const column = range[0] - (starts[line - 1] ?? 0) + 1;
    return {
      start: { line, column },
      end: { line, column: column + (range[1] - range[0]) },
    };
  };
}

/** From 1; `starts` rise. */
function lineOf(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
