// The result of a call as Markdown, whichever command it is of.
import { planMarkdown } from './plan-markdown.ts';
import type { Report } from './report.ts';
import { verdictMarkdown } from './validate-markdown.ts';

export function markdown(report: Report, maxLength: number): string {
  return report.plan === null
    ? verdictMarkdown(report, maxLength)
    : planMarkdown(report, report.plan, maxLength);
}
