// Everything the doctor looks at, and what is found: worst first.
import { notLookedAt, type Check } from './check.ts';
import { daemonChecks } from './daemon-checks.ts';
import type { DoctorFacts } from './facts.ts';
import type { Finding, Severity } from './finding.ts';
import { hostChecks } from './host-checks.ts';
import { jobChecks } from './job-checks.ts';
import { pastChecks } from './past-checks.ts';
import { placeChecks } from './place-checks.ts';
import { scheduleChecks } from './schedule-checks.ts';
import { storeChecks } from './store-checks.ts';

/** In the order in which they are told. */
export const doctorChecks: readonly Check[] = [
  ...placeChecks,
  ...daemonChecks,
  ...storeChecks,
  ...jobChecks,
  ...scheduleChecks,
  ...pastChecks,
  ...hostChecks,
];

export interface Diagnosis {
  /** Nothing critical and nothing major. */
  readonly healthy: boolean;
  /** Worst first; those that are `ok` last. */
  readonly findings: readonly Finding[];
  /** Checks that had nothing to look at. */
  readonly skipped: readonly string[];
  readonly summary: Readonly<Record<Severity, number>>;
}

const order: readonly Severity[] = ['critical', 'major', 'minor', 'ok'];

export function diagnose(facts: DoctorFacts): Diagnosis {
  const skipped: string[] = [];
  const found: Finding[] = [];
  const unread = new Set<string>();
  for (const check of doctorChecks) {
    const { code } = check;
    const findings = check.run(facts);
    if (findings.length === 0) skipped.push(code);
    for (const finding of findings) {
      // One group of facts that is missing is one finding, not one for each check.
      const isRepeated = finding.summary === notLookedAt && unread.has(finding.detail);
      if (isRepeated) skipped.push(code);
      else found.push(finding);
      if (finding.summary === notLookedAt) unread.add(finding.detail);
    }
  }
  const summary = { critical: 0, major: 0, minor: 0, ok: 0 };
  for (const { severity } of found) summary[severity] += 1;
  return {
    healthy: summary.critical + summary.major === 0,
    findings: found.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)),
    skipped,
    summary,
  };
}
