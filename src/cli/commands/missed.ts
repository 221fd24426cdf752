// Lists what was missed and not made up for, and on request makes up for it.
import type { BackfillView, MissedView, RunView, Service } from '../../api/service.ts';
import { backfillMax, missedPageMax } from '../../api/wire.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { confirmed } from '../confirm.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { jobsToLookAt } from '../jobs-to-look-at.ts';
import { isCode } from '../named-runs.ts';
import { withNearJobs } from '../near-jobs.ts';
import { lookedAtJobs, lookedAtTag } from '../select-jobs.ts';
import { wrongArguments, wrongValue } from '../usage-errors.ts';
import { oneLine } from '../views/foreign.ts';
import { missedTable } from '../views/missed-table.ts';
import { runTable } from '../views/run-table.ts';
import { localTime } from '../views/times.ts';

const dayMs = 86_400_000;
const sinceDefaultMs = 30 * dayMs;

export const missedCommand: CommandDefinition = {
  name: 'missed',
  summary: 'List occurrences that were missed, or make up for them',
  description:
    'Those that came due while nothing could be started for too long, or could not start within their deadline, and that no run has made up for. What catch_up: latest left out for one later run is told with --all. With --run they are run as by backfill: oldest first, those of one job one after the other, with JM2_NOMINAL_TIME; jm2 asks when there is more than one. What was skipped (paused, suspended, forbidden) was not missed: see jm2 history --all. While no daemon runs, the store answers.',
  arguments: [lookedAtJobs],
  options: [
    lookedAtTag,
    { flags: '--since <time>', description: 'due at or after this time (default: 30d ago)' },
    { flags: '--until <time>', description: 'due before this time' },
    { flags: '-a, --all', description: 'also what a later run made up for' },
    { flags: '--run', description: 'run them now' },
    { flags: '--dry-run', description: 'with --run: show which, and start nothing' },
    {
      flags: '-l, --limit <number>',
      description: 'how many rows (default: 100); with --run how many runs (default: 1000)',
    },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    { command: 'jm2 missed', meaning: 'what was missed in thirty days' },
    { command: 'jm2 missed dump-shop --since "2d ago" --run', meaning: 'make up for it' },
    { command: 'jm2 missed --run --dry-run', meaning: 'which runs that would be' },
  ],
  run: missed,
};

async function missed(context: Context, input: Input): Promise<Answer> {
  const wantsRun = input.flag('run');
  if (input.flag('dryRun') && !wantsRun) {
    throw wrongArguments('--dry-run belongs to --run.', 'jm2 missed alone starts nothing.');
  }
  if (wantsRun && input.flag('all')) {
    throw wrongArguments(
      '--all tells also of what was made up for, and that is not run again.',
      'Leave out one of them, or use jm2 backfill JOB --from TIME --all.',
    );
  }
  const max = wantsRun ? backfillMax : missedPageMax;
  const limit = input.count('limit', { min: 1, max });
  const { since, until } = rangeOf(context, input);
  const jobs = await jobsToLookAt(context, { names: input.list(0), tags: input.texts('tag') });
  const [only = null] = jobs?.length === 1 ? jobs : [];
  const { value } = await withNearJobs(context, only, () =>
    context.read((service) =>
      service.missed({
        jobs,
        since: new Date(since).toISOString(),
        until: new Date(until).toISOString(),
        all: input.flag('all'),
        limit: wantsRun ? missedPageMax : (limit ?? 100),
      }),
    ),
  );
  if (wantsRun) return makeUp(context, input, value.missed, limit ?? backfillMax);
  return {
    data: value,
    text: (terminal) => missedTable(value.missed, value.more, terminal),
  };
}

function rangeOf(context: Context, input: Input): { since: number; until: number } {
  const { zone, now } = context.terminal;
  const since = input.past('since', { zone, now }) ?? now - sinceDefaultMs;
  const until = input.past('until', { zone, now }) ?? now;
  if (until > since) return { since, until };
  throw wrongValue('--until is not after --since.', 'jm2 missed --since "2d ago" --until "1d ago"');
}

/** One occurrence, or the span of several that were missed for one cause. */
interface Piece {
  readonly job: string;
  readonly nominalTimes: readonly string[];
  readonly from: string;
  readonly to: string;
}

async function makeUp(
  context: Context,
  input: Input,
  rows: readonly MissedView[],
  limit: number,
): Promise<Answer> {
  const daemon = await context.daemon();
  const { pieces, unknown } = await piecesOf(context, daemon, rows, limit);
  const occurrences = pieces.flatMap(({ job, nominalTimes }) =>
    nominalTimes.map((nominalTime) => ({ job, nominalTime })),
  );
  if (unknown > 0) {
    const what = unknown === 1 ? 'occurrence is' : 'occurrences are';
    context.output.note(
      `${unknown} missed ${what} of a job or a schedule that is in force no more, and cannot be run.`,
    );
  }
  if (occurrences.length === 0 || input.flag('dryRun')) {
    return {
      data: { occurrences, runs: [] },
      text: ({ zone }) =>
        occurrences.length === 0
          ? 'There is nothing to make up for.'
          : `${occurrences.map(({ job, nominalTime }) => `${oneLine(job)}  ${localTime(Date.parse(nominalTime), zone)}`).join('\n')}\n\nNothing was started.`,
    };
  }
  if (occurrences.length > 1 && !input.flag('yes')) {
    await confirmed(context, `Start ${occurrences.length} runs?`, { occurrences, runs: [] });
  }
  const runs: RunView[] = [];
  for (const { job, from, to, nominalTimes } of pieces) {
    const wanted = { job, by: context.actor, from, to, limit: nominalTimes.length };
    const started = await daemon.backfill({ ...wanted, all: false, dryRun: false });
    runs.push(...started.runs);
  }
  return {
    data: { occurrences, runs },
    confirmation: true,
    text: (terminal) => (runs.length === 0 ? 'Nothing was started.' : runTable(runs, terminal)),
  };
}

/** Of a job that is only run by hand by now, no occurrence is known. */
async function orNothing(
  ask: () => Promise<BackfillView>,
): Promise<Pick<BackfillView, 'occurrences'>> {
  try {
    return await ask();
  } catch (error) {
    if (isCode(error, 'JM2-R126')) return { occurrences: [] };
    throw error;
  }
}

/** By the schedules in force, oldest first; what these do not have any more is only counted. */
async function piecesOf(
  context: Context,
  daemon: Service,
  rows: readonly MissedView[],
  limit: number,
): Promise<{ readonly pieces: readonly Piece[]; readonly unknown: number }> {
  const pieces: Piece[] = [];
  let unknown = 0;
  let left = limit;
  for (const row of rows.toReversed()) {
    if (left <= 0) break;
    const { job, nominalTime: from, lastNominalTime, count, madeUpFor, inForce } = row;
    if (!inForce) {
      unknown += count - madeUpFor;
      continue;
    }
    const to = new Date(Date.parse(lastNominalTime) + 1).toISOString();
    const wanted = { job, by: context.actor, from, to, limit: left, all: false, dryRun: true };
    const shown = await orNothing(() => daemon.backfill(wanted));
    const nominalTimes = shown.occurrences
      .filter(({ decision }) => decision === 'run')
      .map(({ nominalTime }) => nominalTime);
    if (shown.occurrences.length === 0) unknown += count - madeUpFor;
    if (nominalTimes.length === 0) continue;
    left -= nominalTimes.length;
    pieces.push({ job, nominalTimes, from, to });
  }
  return { pieces, unknown };
}
