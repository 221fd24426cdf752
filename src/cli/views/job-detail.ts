// One job in full: what it is, when it runs next, how it went.
import type { JobDetailView } from '../../api/service.ts';
import { escapeForTerminal } from '../../core/diagnostics/escape-for-terminal.ts';
import type { Terminal } from '../terminal.ts';
import { humanBytes } from './bytes.ts';
import { humanDuration, relativeTime } from './durations.ts';
import { resultStrip } from './result-strip.ts';
import { percent } from './stats-table.ts';
import { fieldList } from './fields.ts';
import { oneLine } from './foreign.ts';
import { noteLines } from './notes.ts';
import { orphanWords } from './orphans.ts';
import { pauseField } from './overrides.ts';
import { runTable } from './run-table.ts';
import { stateStyle, stateWords } from './states.ts';
import { settingLines } from './setting-lines.ts';
import { localTime, needSeconds } from './times.ts';
import { hanging } from './wrapped.ts';

/** `settings`: another form of the settings in force than their list. */
export function jobDetail(
  job: JobDetailView,
  terminal: Terminal,
  settings: string = settingsText(job.spec, terminal),
): string {
  const text = (value: string | null): string | null => (value === null ? null : oneLine(value));
  const style = stateStyle(job.state);
  const state = `${stateWords(job.state)}${job.state === 'completed' && job.lastRun === null ? ', but it never ran: jm2 why ' + oneLine(job.name) : ''}`;
  const parts = [
    terminal.style('bold', oneLine(job.name)),
    '',
    fieldList(
      [
        ['state', style === null ? state : terminal.style(style, state)],
        ['orphaned', job.orphaned ? orphanWords(job.orphaned, terminal) : null],
        ['paused', job.pause ? pauseField(job.pause, terminal) : null],
        ['fault', text(job.fault)],
        ['description', text(job.description)],
        ['owner', text(job.owner)],
        ['runbook', text(job.runbook)],
        ['tags', job.tags.length === 0 ? null : oneLine(job.tags.join(', '))],
        ['schedule', scheduleWords(job)],
        ['zone', job.schedule === null ? null : job.timezone],
        ['command', escapeForTerminal(job.command)],
        ['former names', job.aliases.length === 0 ? null : oneLine(job.aliases.join(', '))],
        ['changed in', `revision ${job.revision}`],
        ['digest', digestWords(job.specDigest, terminal)],
        [
          'last results',
          job.recentRuns.length === 0 ? null : resultStrip(job.recentRuns, terminal),
        ],
        ['in 30 days', figures(job)],
        ['logs', logWords(job)],
      ],
      terminal,
    ),
  ];
  if (job.personNotes) parts.push('', 'Notes', '', noteLines(job.personNotes, terminal, 'bare'));
  parts.push('', 'Settings in force', '', settings);
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

/** A long value goes on under its beginning. */
function settingsText(spec: unknown, terminal: Terminal): string {
  const lines = settingLines(spec).split('\n');
  return lines
    .map((line) => {
      const [label = ''] = /^ +[^ ]+: /.exec(line) ?? [];
      return hanging(label, line.slice(label.length), terminal);
    })
    .join('\n');
}

/** A daemon of 0.1, asked right after an upgrade, tells none. */
function figures({ statistics }: JobDetailView): string | null {
  if (!statistics || statistics.runs === 0) return null;
  const { runs, successRate, durationMs, lateMs } = statistics;
  return [
    `${runs} run${runs === 1 ? '' : 's'}`,
    successRate === null ? '' : `${percent(successRate)} succeeded`,
    durationMs === null
      ? ''
      : `took ${humanDuration(durationMs.p50)} (p50), ${humanDuration(durationMs.p95)} (p95)`,
    lateMs === null ? '' : `${humanDuration(lateMs.p95)} late (p95)`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function logWords({ logs }: JobDetailView): string | null {
  if (!logs || logs.runs === 0) return null;
  return `${humanBytes(logs.bytes)} of ${logs.runs} run${logs.runs === 1 ? '' : 's'}`;
}

function scheduleWords(job: JobDetailView): string {
  if (job.schedule === null) return 'only by hand';
  const written = oneLine(job.schedule);
  return job.scheduleInWords === null || job.scheduleInWords === written
    ? written
    : `${written} (${oneLine(job.scheduleInWords)})`;
}

/** The beginning tells specs apart; all of it is in --json and where there is room. */
function digestWords(digest: string, { width }: Terminal): string {
  return width < 90 ? `${digest.slice(0, 19)}…` : digest;
}
