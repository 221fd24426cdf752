// What pause, resume and skip-next share: the end of a pause as people write it,
// requests of many jobs in pieces that fit, and the question before a sweep.
import type { Service } from '../api/service.ts';
import { pausedAtOnceMax, reasonMaxLength } from '../api/wire.ts';
import { confirmed } from './confirm.ts';
import type { Context } from './context.ts';
import type { Input } from './input.ts';
import type { SelectedJobs } from './select-jobs.ts';
import { wrongArguments, wrongValue } from './usage-errors.ts';
import { withNearJobs } from './near-jobs.ts';

/** More jobs than this, selected by --all, are asked about first. */
const askAbove = 10;
/** Beyond, a mistake is likelier than a plan; `forever` says what is meant. */
const longestMs = 10 * 366 * 86_400_000;
const namesShown = 10;

/** ISO, `next_run`, or null for no end. */
export function pauseEnd(context: Context, input: Input): string | null {
  const until = input.text('until');
  const forMs = input.duration('for');
  if (until !== null && forMs !== null) {
    throw wrongArguments('--for and --until say two things.', 'Leave one of them out.');
  }
  const { now, zone } = context.terminal;
  if (forMs !== null) return ending(now + forMs, `--for ${input.text('for') ?? ''}`, now);
  if (until === null || until === 'forever') return null;
  if (/^next[-_ ]run$/.test(until)) return 'next_run';
  const end = input.instant('until', { zone, now }) ?? now;
  return ending(end, `--until ${until}`, now);
}

function ending(end: number, said: string, now: number): string {
  if (end <= now) {
    throw wrongValue(
      `"${said}" is over already.`,
      'Give a time to come, such as --for 2h or --until "tomorrow 08:00".',
    );
  }
  if (end - now > longestMs) {
    throw wrongValue(
      `"${said}" is more than ten years away.`,
      'For no end, write --until forever.',
    );
  }
  return new Date(end).toISOString();
}

export function pauseReason(input: Input): string | null {
  const reason = input.text('reason')?.trim() ?? null;
  if (reason === '') throw wrongValue('--reason is empty.', 'Say why, or leave it out.');
  if (reason !== null && reason.length > reasonMaxLength) {
    throw wrongValue(
      `--reason is longer than ${reasonMaxLength} characters.`,
      'Write the story elsewhere and its place here.',
    );
  }
  return reason;
}

/** Asks before many jobs that nobody named one by one. */
export async function confirmSweep(
  context: Context,
  input: Input,
  { names }: SelectedJobs,
): Promise<void> {
  if (!input.flag('all') || names.length <= askAbove || input.flag('yes')) return;
  const first = names.slice(0, namesShown).join(', ');
  context.output.note(`${first} and ${names.length - namesShown} more`);
  await confirmed(context, `Pause all ${names.length} jobs?`, { jobs: names });
}

/** In pieces that a request can hold; each of them happens as a whole. */
export async function inPieces<T>(
  context: Context,
  names: readonly string[],
  ask: (daemon: Service, jobs: readonly string[]) => Promise<{ readonly jobs: readonly T[] }>,
): Promise<T[]> {
  const daemon = await context.daemon();
  const done: T[] = [];
  for (let from = 0; from < names.length; from += pausedAtOnceMax) {
    const piece = names.slice(from, from + pausedAtOnceMax);
    // With one name, an unknown one gets the names that are near.
    const near = piece.length === 1 ? (piece[0] ?? null) : null;
    const { jobs } = await withNearJobs(context, near, () => ask(daemon, piece));
    done.push(...jobs);
  }
  return done;
}
