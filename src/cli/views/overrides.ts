// Pauses in words: who, why, until when, and what they cost.
import type { JobView, PausedJobView, PauseView, ResumedJobView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration, relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { localTime } from './times.ts';
import { wrapped } from './wrapped.ts';

const jobsShown = 20;

/** `by bob "disk swap" until …`: without the word paused. */
export function pauseWords(pause: PauseView, terminal: Terminal): string {
  const why = pause.reason === null ? '' : ` "${oneLine(pause.reason)}"`;
  return `by ${oneLine(pause.by)}${why} ${untilWords(pause.until, terminal)}`;
}

/** The same with how long it has lasted and what it has skipped. */
function pauseFacts(pause: PauseView, terminal: Terminal): string {
  const lasted = humanDuration(Math.max(0, terminal.now - Date.parse(pause.since)));
  const next =
    pause.nextSkipped === null ? '' : `, next would be ${when(pause.nextSkipped, terminal)}`;
  const old = pause.old ? terminal.style('yellow', ' (more than a week: still wanted?)') : '';
  return `for ${lasted} ${pauseWords(pause, terminal)}, ${runs(pause.skipped)} skipped${next}${old}`;
}

/** Room that the names of fields take before their values. */
const labelWidth = 15;

/** The same as the value of a field. */
export function pauseField(pause: PauseView, terminal: Terminal, before = ''): string {
  const indent = ' '.repeat(labelWidth);
  const text = wrapped(before + pauseFacts(pause, terminal), indent, terminal);
  return text.replaceAll(/^ +/gm, '');
}

/** Below a list of jobs: the paused ones; '' for none. */
export function pausedNotes(jobs: readonly JobView[], terminal: Terminal): string {
  const paused = jobs.flatMap(({ name, pause }) => (pause ? [{ name, pause }] : []));
  if (paused.length === 0) return '';
  const lines = paused
    .slice(0, jobsShown)
    .map(({ name, pause }) =>
      hanging(`${oneLine(name)}  ${pauseFacts(pause, terminal)}`, terminal),
    );
  const more = paused.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more: jm2 list --state paused`);
  return ['', '', 'Paused by hand, not in the manifest (jm2 resume JOB):', ...lines].join('\n');
}

export function pausedText(jobs: readonly PausedJobView[], terminal: Terminal): string {
  return several(jobs, terminal, (job) => pausedWords(job, terminal));
}

function pausedWords(job: PausedJobView, terminal: Terminal): string {
  const { pause, outcome, unfinished, canceled, nextRun } = job;
  const name = oneLine(job.job);
  const head =
    outcome === 'kept'
      ? `${name} stays paused ${pauseWords(pause, terminal)}: that lasts as long or longer`
      : `${name} is paused ${untilWords(pause.until, terminal)}`;
  const end = pause.until === null ? `jm2 resume ${name} ends that` : '';
  return sentence([
    head,
    outcome === 'changed' || outcome === 'extended' ? 'it was paused before' : '',
    end,
    nextRun === null ? '' : `next run ${when(nextRun, terminal)}`,
    canceled.length === 0 ? '' : `${runs(canceled.length)} canceled`,
    unfinished.length === 0
      ? ''
      : `${runs(unfinished.length)} admitted before ${unfinished.length === 1 ? 'goes' : 'go'} on (jm2 cancel ${name})`,
  ]);
}

/** A pause until the next run, as what it does. */
export function skippingText(jobs: readonly PausedJobView[], terminal: Terminal): string {
  return several(jobs, terminal, (job) => {
    const { pause, outcome, nextRun } = job;
    if (outcome !== 'paused' || pause.nextSkipped === null) return pausedWords(job, terminal);
    const name = oneLine(job.job);
    return sentence([
      `${name} skips ${when(pause.nextSkipped, terminal)}`,
      nextRun === null ? 'nothing comes after it' : `next run ${when(nextRun, terminal)}`,
      `jm2 resume ${name} takes that back`,
    ]);
  });
}

export function resumedText(jobs: readonly ResumedJobView[], terminal: Terminal): string {
  return several(jobs, terminal, (job) => {
    const name = oneLine(job.job);
    return sentence([
      job.outcome === 'resumed' ? `${name} is resumed` : `${name} is not paused`,
      job.skipped === 0
        ? ''
        : `${runs(job.skipped)} ${job.skipped === 1 ? 'was skipped and stays' : 'were skipped and stay'} so`,
      job.suspended ? `the manifest keeps it suspended (jm2 edit ${name} --unset suspend)` : '',
      job.nextRun === null ? '' : `next run ${when(job.nextRun, terminal)}`,
    ]);
  });
}

/** A line per job, and beyond what a screen holds only how many. */
function several<T>(jobs: readonly T[], terminal: Terminal, words: (job: T) => string): string {
  const lines = jobs.slice(0, jobsShown).map((job) => wrapped(words(job), '', terminal));
  if (jobs.length > jobsShown) {
    lines.push(`and ${jobs.length - jobsShown} more, ${jobs.length} jobs in all`);
  }
  return lines.join('\n');
}

function sentence(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('; ');
}

function hanging(text: string, terminal: Terminal): string {
  return wrapped(text, '    ', terminal).replace(/^ {4}/, '  ');
}

function untilWords(until: string | null, terminal: Terminal): string {
  return until === null ? 'until it is resumed' : `until ${when(until, terminal)}`;
}

function when(instant: string, terminal: Terminal): string {
  const at = Date.parse(instant);
  return `${localTime(at, terminal.zone)} (${relativeTime(at, terminal.now)})`;
}

function runs(count: number): string {
  return `${count} run${count === 1 ? '' : 's'}`;
}
