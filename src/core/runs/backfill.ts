// Which occurrences of a past range a backfill runs: those for which no run
// succeeded and none is under way. How many at most is asked for by a person.
import type { Run } from './run.ts';

/** What a backfill makes of an occurrence. */
export type BackfillDecision =
  | 'run'
  /** A run for this nominal time succeeded. */
  | 'succeeded'
  /** A run for this nominal time waits or runs. */
  | 'under_way';

export interface BackfillChoice {
  readonly nominalTime: number;
  readonly decision: BackfillDecision;
  readonly run: string | null;
}

export interface BackfillRules {
  /** Also what succeeded or is under way. */
  readonly all: boolean;
  /** At most so many are run. */
  readonly limit: number;
}

/** How many occurrences are looked at for those to run. */
const lookedAtMax = 100_000;

/** Oldest first; `more` when the range holds further ones to run. */
export function chooseBackfill(
  nominalTimes: Iterable<number>,
  runs: readonly Pick<Run, 'id' | 'nominalTime' | 'state'>[],
  { all, limit }: BackfillRules,
): { readonly occurrences: readonly BackfillChoice[]; readonly more: boolean } {
  const settled = new Map<number | null, Omit<BackfillChoice, 'nominalTime'>>();
  for (const { id, nominalTime, state } of runs) {
    if (state === 'succeeded') settled.set(nominalTime, { decision: 'succeeded', run: id });
    else if (state === 'queued' || state === 'running') {
      settled.set(nominalTime, { decision: 'under_way', run: id });
    }
  }
  const occurrences: BackfillChoice[] = [];
  let wanted = 0;
  for (const nominalTime of nominalTimes) {
    const done = all ? undefined : settled.get(nominalTime);
    if (done === undefined && wanted >= limit) return { occurrences, more: true };
    if (occurrences.length >= lookedAtMax) return { occurrences, more: true };
    if (done === undefined) wanted += 1;
    occurrences.push({ nominalTime, ...(done ?? { decision: 'run', run: null }) });
  }
  return { occurrences, more: false };
}
