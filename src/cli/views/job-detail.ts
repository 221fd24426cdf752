// One job in full: what it is, when it runs next, how it went.
import type { JobDetailView } from '../../api/service.ts';
import { escapeForTerminal } from '../../core/diagnostics/escape-for-terminal.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { fieldList } from './fields.ts';
import { oneLine } from './foreign.ts';
import { pauseField } from './overrides.ts';
import { runTable } from './run-table.ts';
import { stateStyle, stateWords } from './states.ts';
import { settingLines } from './setting-lines.ts';
import { localTime, needSeconds } from './times.ts';

export function jobDetail(job: JobDetailView, terminal: Terminal): string {
  const text = (value: string | null): string | null => (value === null ? null : oneLine(value));
  const style = stateStyle(job.state);
  const state = stateWords(job.state);
  const parts = [
    terminal.style('bold', oneLine(job.name)),
    '',
    fieldList(
      [
        ['state', style === null ? state : terminal.style(style, state)],
        ['paused', job.pause ? pauseField(job.pause, terminal) : null],
        ['fault', text(job.fault)],
        ['description', text(job.description)],
        ['owner', text(job.owner)],
        ['tags', job.tags.length === 0 ? null : oneLine(job.tags.join(', '))],
        ['schedule', scheduleWords(job)],
        ['zone', job.schedule === null ? null : job.timezone],
        ['command', escapeForTerminal(job.command)],
        ['former names', job.aliases.length === 0 ? null : oneLine(job.aliases.join(', '))],
        ['changed in', `revision ${job.revision}`],
        ['digest', job.specDigest],
      ],
      terminal,
    ),
  ];
  parts.push('', 'Settings in force', '', settingLines(job.spec));
  if (job.nextRuns.length > 0) {
    parts.push('', 'Next runs', '');
    const withSeconds = needSeconds(job.nextRuns.map((next) => Date.parse(next)));
    for (const next of job.nextRuns) {
      const instant = Date.parse(next);
      const local = localTime(instant, job.timezone, withSeconds);
      parts.push(`  ${local}  ${relativeTime(instant, terminal.now)}`);
    }
  }
  if (job.recentRuns.length > 0) {
    parts.push('', 'Recent runs', '', runTable(job.recentRuns, terminal));
  }
  return parts.join('\n');
}

function scheduleWords(job: JobDetailView): string {
  if (job.schedule === null) return 'only by hand';
  const written = oneLine(job.schedule);
  return job.scheduleInWords === null || job.scheduleInWords === written
    ? written
    : `${written} (${oneLine(job.scheduleInWords)})`;
}
