// What happens in a running scheduler, one line per fact. Facts of unknown
// kinds (a newer daemon) are left out rather than shown half.
import type { EventView } from '../../api/service.ts';
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts';
import { firstProblem } from '../first-problem.ts';
import type { Style, Terminal } from '../terminal.ts';
import { humanDuration, relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { exitWords, stateStyle, stateWords } from './states.ts';
import { hanging } from './wrapped.ts';
import { clockTime } from './times.ts';
import type { RunState } from '../../core/runs/run.ts';

interface RunFacts {
  readonly id: string;
  readonly job: string;
  readonly state: RunState;
  readonly trigger: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number | null;
  readonly lateMs: number | null;
  readonly attempts: number;
  readonly reason: string | null;
}

/** Null when the event is none that people watch. */
export function eventLine(
  event: EventView,
  terminal: Terminal,
  now: number,
  shownPath: (path: string) => string = (path) => path,
): string | null {
  const said = words(event, now, shownPath);
  if (said === null) return null;
  const time = terminal.style('dim', clockTime(Date.parse(event.at), terminal.zone));
  const verb = said.verb.padEnd(9);
  const label = `${time}  ${said.style === null ? verb : terminal.style(said.style, verb)}  `;
  return hanging(label, said.text, terminal).trimEnd();
}

interface Said {
  readonly verb: string;
  readonly style: Style | null;
  readonly text: string;
}

function words(event: EventView, now: number, shownPath: (path: string) => string): Said | null {
  const run = runOf(event);
  const job = run === null ? text(event, 'job') : oneLine(run.job);
  switch (event.kind) {
    case 'run.queued':
      return run?.reason
        ? { verb: 'queued', style: 'cyan', text: `${job}  ${oneLine(run.reason)}` }
        : null;
    case 'run.started': {
      const attempt = number(event, 'attempt') ?? 1;
      const facts = [
        run !== null && run.trigger !== 'schedule' ? run.trigger : '',
        attempt > 1 ? `attempt ${attempt}` : '',
        attempt === 1 && run?.lateMs != null && run.lateMs >= 1000
          ? `${humanDuration(run.lateMs)} late`
          : '',
      ].filter((fact) => fact !== '');
      return { verb: 'started', style: 'cyan', text: withFacts(job, facts) };
    }
    case 'run.retried': {
      const at = instant(event, 'retryAt') ?? instant(event, 'notBefore') ?? null;
      const facts = [
        run === null ? '' : exitWords(run),
        run?.reason == null ? '' : oneLine(run.reason),
        at === null || at <= now ? '' : `next attempt ${relativeTime(at, now)}`,
      ].filter((fact) => fact !== '');
      return { verb: 'retry', style: 'yellow', text: withFacts(job, facts) };
    }
    case 'run.noted': {
      const note = event['note'] as { readonly text?: unknown } | undefined;
      if (typeof note?.text !== 'string') return null;
      return { verb: 'note', style: 'yellow', text: withFacts(job, [oneLine(note.text)]) };
    }
    case 'run.ended': {
      if (run === null) return null;
      const facts = [
        run.state === 'succeeded' ? '' : exitWords(run),
        run.durationMs === null ? '' : `in ${humanDuration(run.durationMs)}`,
        run.attempts > 1 ? `after ${run.attempts} attempts` : '',
        run.reason === null || run.state === 'succeeded' ? '' : oneLine(run.reason),
      ].filter((fact) => fact !== '');
      return {
        verb: stateWords(run.state),
        style: stateStyle(run.state),
        text: withFacts(job, facts),
      };
    }
    case 'occurrence.skipped':
    case 'occurrence.missed': {
      const skipped = event.kind === 'occurrence.skipped';
      const many = number(event, 'count') ?? 1;
      const facts = [
        text(event, 'reason').replaceAll('_', ' '),
        text(event, 'detail'),
        many > 1 ? `${many} times` : '',
      ].filter((fact) => fact !== '');
      return {
        verb: skipped ? 'skipped' : 'missed',
        style: skipped ? 'yellow' : 'red',
        text: withFacts(job, facts),
      };
    }
    case 'manifest.applied':
      return {
        verb: 'applied',
        style: 'green',
        text: withFacts(`revision ${number(event, 'revision') ?? ''}`, [
          sums(event['summary'] ?? field(event['plan'], 'summary')),
          text(event, 'by') === '' ? '' : `by ${text(event, 'by')}`,
        ]),
      };
    case 'manifest.rejected':
      return {
        verb: 'rejected',
        style: 'red',
        text: `the manifest was not accepted; what was in force stays. ${rejectedWords(event, shownPath)}`.trimEnd(),
      };
    case 'manifest.pending':
      return {
        verb: 'pending',
        style: 'yellow',
        text: withFacts('changes wait for jm2 apply', [
          text(event, 'because'),
          sums(event['summary'] ?? field(event['plan'], 'summary')),
        ]),
      };
    case 'manifest.restored':
      return { verb: 'restored', style: 'green', text: 'the manifest is what is in force again' };
    case 'clock.stepped':
      return {
        verb: 'clock',
        style: 'yellow',
        text: `the system clock was set by ${humanDuration(number(event, 'byMs') ?? 0)}`,
      };
    case 'override.set': {
      const facts = [pausedBy(event), endWords(event, now), text(event, 'detail')];
      return { verb: 'paused', style: 'yellow', text: withFacts(job, facts) };
    }
    case 'override.lifted':
      return { verb: 'resumed', style: 'green', text: withFacts(job, [`by ${text(event, 'by')}`]) };
    case 'override.expired':
      return { verb: 'resumed', style: 'green', text: withFacts(job, ['the pause is over']) };
    case 'job.faulted':
      return { verb: 'fault', style: 'red', text: withFacts(job, [text(event, 'detail')]) };
    case 'daemon.started': {
      const facts = [`version ${text(event, 'version')}`, `pid ${number(event, 'pid') ?? ''}`];
      return { verb: 'daemon', style: 'green', text: withFacts('started', facts) };
    }
    case 'daemon.ended':
      return { verb: 'daemon', style: 'yellow', text: endOfDaemon[text(event, 'end')] ?? 'ended' };
    default:
      return null;
  }
}

const endOfDaemon: Readonly<Record<string, string>> = {
  stopped: 'stopped',
  detached: 'ended and left its jobs to the next one',
  crashed: 'ended without a word',
  rebooted: 'went down with the host',
};

function pausedBy(event: EventView): string {
  const by = field(event['pause'], 'by');
  const reason = field(event['pause'], 'reason');
  const why = typeof reason === 'string' ? ` "${oneLine(reason)}"` : '';
  return typeof by === 'string' ? `by ${oneLine(by)}${why}` : '';
}

function endWords(event: EventView, now: number): string {
  const until = field(event['pause'], 'until');
  return typeof until === 'string' ? `ends ${relativeTime(Date.parse(until), now)}` : '';
}

/** Events of an older daemon may come without their problems. */
function rejectedWords(event: EventView, shownPath: (path: string) => string): string {
  const diagnostics = list(event, 'diagnostics') as readonly Diagnostic[];
  return firstProblem(diagnostics, shownPath, number(event, 'count') ?? diagnostics.length);
}

function withFacts(subject: string, facts: readonly string[]): string {
  const said = facts.filter((fact) => fact !== '');
  return said.length === 0 ? subject : `${subject}  ${said.join(', ')}`;
}

function sums(summary: unknown): string {
  const names = ['create', 'update', 'rename', 'delete'] as const;
  return names
    .map((name) => [name, Number(field(summary, name) ?? 0)] as const)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${value} ${name}d`)
    .join(', ');
}

/** Events of runs carry the run as `run`. */
function runOf(event: EventView): RunFacts | null {
  const run = event['run'];
  return typeof run === 'object' && run !== null ? (run as RunFacts) : null;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function text(event: EventView, key: string): string {
  const value = event[key];
  return typeof value === 'string' ? oneLine(value) : '';
}

function number(event: EventView, key: string): number | null {
  const value = event[key];
  return typeof value === 'number' ? value : null;
}

function instant(event: EventView, key: string): number | null {
  const value = event[key];
  if (typeof value === 'number') return value;
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

function list(event: EventView, key: string): readonly unknown[] {
  const value = event[key];
  return Array.isArray(value) ? value : [];
}
