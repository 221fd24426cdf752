// Reports that GitLab reads from a job: Code Quality for `validate`, the three
// figures of a plan for its widget, and variables for later jobs.
import { escapeJson } from '../../core/diagnostics/escape-for-terminal.ts';
import type { PlanView } from '../../api/plan-views.ts';
import { oneLine } from '../views/foreign.ts';
import type { Finding, Level } from './findings.ts';

const severities: Readonly<Record<Level, string>> = {
  error: 'critical',
  warning: 'minor',
  note: 'info',
};

export function codeQuality(findings: readonly Finding[]): string {
  const issues = findings.map(({ rule, level, title, message, file, range, fingerprint }) => ({
    description: `${title}: ${message}`,
    check_name: rule,
    fingerprint,
    severity: severities[level],
    location: {
      // GitLab drops an issue without a place.
      path: file ?? 'stdin',
      lines: { begin: range?.start.line ?? 1 },
    },
  }));
  return `${escapeJson(JSON.stringify(issues, null, 2))}\n`;
}

/** An empty object for a plan that could not be made: zeros would say that nothing changes. */
export function planWidget(plan: PlanView | null): string {
  if (plan === null) return '{}\n';
  const { create, update, rename, delete: removed } = plan.summary;
  return `${JSON.stringify({ create, update: update + rename, delete: removed })}\n`;
}

/** `JM2_CHANGES=3`: one line a variable, as `artifacts:reports:dotenv` wants them. */
export function dotenv(outputs: Readonly<Record<string, string>>): string {
  const lines = Object.entries(outputs).map(
    ([name, value]) => `JM2_${name.toUpperCase()}=${oneLine(value)}`,
  );
  return `${lines.join('\n')}\n`;
}
