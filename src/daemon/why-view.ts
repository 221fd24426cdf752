// Explanations in the shape that clients see.
import type { NamesakeView, WhyView } from '../api/service.ts';
import { formatLocal } from '../core/schedule/local-time.ts';
import type { Explanation } from '../core/why/explanation.ts';
import type { JobFacts } from '../core/why/facts.ts';
import { isoOrNull } from './views.ts';

export type FoundOut = Omit<WhyView, 'job' | 'timezone' | 'explanations'> & {
  readonly explanations: readonly (Explanation & { readonly namesake?: NamesakeView | null })[];
};

export function whyView(job: Pick<JobFacts, 'name' | 'zone'>, found: FoundOut): WhyView {
  return {
    ...found,
    job: job.name,
    timezone: job.zone,
    explanations: found.explanations.map(
      ({ runId, evidence, nominalTime, namesake = null, ...rest }) => ({
        ...rest,
        nominalTime: isoOrNull(nominalTime),
        local: nominalTime === null ? null : formatLocal(nominalTime, job.zone),
        run: runId,
        evidence: evidence.map(({ at, source, text }) => ({ time: isoOrNull(at), source, text })),
        namesake,
      }),
    ),
  };
}
