// One check: which fact it needs and what it makes of it. A table of them is all
// there is to say about what the doctor looks at.
import type { DoctorFacts } from './facts.ts';
import type { CheckArea, Finding, Looked, Saying } from './finding.ts';

export interface Check {
  readonly code: string;
  readonly area: CheckArea;
  /** What it looks for; stands in the documentation. */
  readonly question: string;
  /** Findings, one `ok` when there are none, and nothing when there was nothing to look at. */
  run(facts: DoctorFacts): readonly Finding[];
}

/** Summary of a finding that a fact could not be gathered. */
export const notLookedAt = 'this could not be looked at';

type FactKey = Exclude<keyof DoctorFacts, 'now' | 'uid'>;
type ValueOf<Key extends FactKey> =
  NonNullable<DoctorFacts[Key]> extends Looked<infer Value> ? Value : never;

export function check<const Key extends FactKey>(
  code: string,
  area: CheckArea,
  question: string,
  needs: Key,
  judge: (value: ValueOf<Key>, facts: DoctorFacts) => readonly Saying[],
): Check {
  const finding = (saying: Omit<Finding, 'code' | 'area' | 'jobs' | 'fix'> & Partial<Finding>) => ({
    jobs: [],
    fix: null,
    ...saying,
    code,
    area,
  });
  return {
    code,
    area,
    question,
    run(facts) {
      const looked = facts[needs] as Looked<ValueOf<Key>>;
      if (looked === null) return [];
      if (!looked.ok) {
        return [
          finding({
            severity: 'major',
            summary: notLookedAt,
            detail: looked.problem,
            remedy: isDenied(looked.problem) ? 'Use the account that the daemon runs as' : null,
          }),
        ];
      }
      const sayings = judge(looked.value, facts);
      if (sayings.length > 0) return sayings.map(finding);
      return [finding({ severity: 'ok', summary: question, detail: '', remedy: null })];
    },
  };
}

/** As the system words it. */
function isDenied(problem: string): boolean {
  return /\b(EACCES|EPERM)\b/.test(problem);
}
