// The result as lines of JSON, each an event with its `type`: for readers that do
// not want to hold a large plan in one piece. The first line names the version of
// this form; new types and keys may come, none goes without a new version.
import { escapeJson } from '../../core/diagnostics/escape-for-terminal.ts';
import type { ErrorBody } from '../../core/diagnostics/jm2-error.ts';
import type { Report } from './report.ts';

const formatVersion = 1;

export function jsonLines(report: Report, error: ErrorBody | undefined): string {
  const { plan, command } = report;
  const events: object[] = [
    { type: 'version', format: formatVersion, jm2: report.version, command },
  ];
  for (const one of report.diagnostics) events.push({ type: 'diagnostic', ...one });
  for (const file of report.files) events.push({ type: 'file', ...file });
  if (plan !== null) {
    const { changes, diagnostics: _told, ...summary } = plan;
    for (const change of changes) events.push({ type: 'change', ...change });
    events.push({ type: 'plan_summary', ...summary });
  }
  if (error !== undefined) events.push({ type: 'error', ...error });
  events.push({ type: 'end', accepted: report.accepted });
  return `${events.map((event) => escapeJson(JSON.stringify(event))).join('\n')}\n`;
}
