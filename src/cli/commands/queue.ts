// Lists what waits: for what, behind how many, since when. Can empty the line, and
// shows the runs that nobody tries any more.
import type { RunView, Service } from '../../api/service.ts';
import { historyPageMax, queuePageMax } from '../../api/wire.ts';
import { lastFailures } from '../../core/runs/last-failures.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { endRuns, unfinishedOfAll } from '../end-runs.ts';
import type { Input } from '../input.ts';
import { wrongArguments } from '../usage-errors.ts';
import { oneLine } from '../views/foreign.ts';
import { queueText } from '../views/queue.ts';
import { runTable } from '../views/run-table.ts';

export const queueCommand: CommandDefinition = {
  name: 'queue',
  summary: 'Show what waits, why, and in which order',
  description:
    'Higher priority first, jobs in turn; five minutes of waiting count as one step of priority. A run that waits for its group holds up nobody else. Change its place with run --priority, or end it with cancel. While no daemon runs, the store answers. --dead shows what failed, timed out or was lost, with no attempt left, and was not repeated.',
  arguments: [],
  options: [
    { flags: '-l, --limit <number>', description: 'how many runs (default: 50)' },
    { flags: '--dead', description: 'what has failed for good and was not repeated' },
    { flags: '--clear', description: 'end every run that waits; what runs goes on' },
    { flags: '-y, --yes', description: 'with --clear: do not ask' },
  ],
  examples: [
    { command: 'jm2 queue', meaning: 'what waits, and for what' },
    { command: 'jm2 queue --json', meaning: 'with limits and groups, for monitoring' },
    { command: 'jm2 queue --dead', meaning: 'what should be repeated?' },
    { command: 'jm2 queue --clear', meaning: 'nothing of this is needed any more' },
  ],
  run: queue,
};

async function queue(context: Context, input: Input): Promise<Answer> {
  const limit = input.count('limit', { min: 1, max: queuePageMax });
  const [isDead, isClear] = [input.flag('dead'), input.flag('clear')];
  if (isDead && isClear) {
    throw wrongArguments(
      '--clear is about runs that wait, --dead about runs that have ended.',
      'jm2 flush --history 30d takes ended runs away; jm2 rerun --failed repeats them',
    );
  }
  if (isClear && limit !== null) {
    throw wrongArguments('--clear ends all that waits.', 'Leave --limit out, or use jm2 cancel.');
  }
  if (!isClear && input.flag('yes')) {
    throw wrongArguments('--yes belongs to --clear.', 'jm2 queue --clear --yes');
  }
  if (isClear) return cleared(context, input.flag('yes'));
  if (isDead) return dead(context, limit ?? 50);
  const { value, live } = await context.read((service) => service.queue({ limit: limit ?? 50 }));
  if (!live && value.queued > 0) {
    context.output.note('The daemon is not running: nothing moves until jm2 start.');
  }
  return { data: value, text: (terminal) => queueText(value, terminal) };
}

async function cleared(context: Context, isUnasked: boolean): Promise<Answer> {
  const daemon: Service = await context.daemon();
  const waiting = await unfinishedOfAll(context, daemon, ['queued']);
  const runs = await endRuns(context, daemon, waiting, isUnasked);
  return {
    data: { runs },
    confirmation: true,
    text: () =>
      runs.length === 0
        ? 'Nothing waits.'
        : runs.map(({ id, job }) => `canceled run ${id} of ${oneLine(job)}`).join('\n'),
  };
}

/** The newest last, as in the history. */
async function dead(context: Context, limit: number): Promise<Answer> {
  const { value } = await context.read((service) => service.history({ limit: historyPageMax }));
  if (value.runs.length === historyPageMax) {
    context.output.note(`Only the newest ${historyPageMax} runs were looked at.`);
  }
  const standing: readonly RunView[] = lastFailures(value.runs);
  const runs = standing.slice(-limit);
  return {
    data: { runs },
    text: (terminal) =>
      runs.length === 0
        ? 'No failure still stands.'
        : `${runTable(runs, terminal)}\n\n→ jm2 rerun --failed --since 90d, or jm2 rerun RUN`,
  };
}
