// Whether the daemon takes the manifest by itself: how that stands, a look right
// now, a hold by a person and its end.
import type { StatusView } from '../../api/service.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { notAccepted } from '../manifest-file.ts';
import { pauseEnd, pauseReason } from '../pauses.ts';
import { didYouMean, nearest, wrongArguments } from '../usage-errors.ts';
import { syncText } from '../views/sync.ts';

const actions = ['status', 'now', 'hold', 'resume', 'confirm-prune'] as const;
type SyncAction = (typeof actions)[number];

export const syncCommand: CommandDefinition = {
  name: 'sync',
  summary: 'Hold back what the manifest says, let it in again, look now',
  description:
    'hold keeps everything that the manifest says from now on waiting; jobs go on as they are in force, and jm2 apply still applies. With --for or --until it ends by itself, also if no daemon ran by then: the manifest then counts as it is, and what a rollback held back before stays held back. resume ends whatever hold there is, also that of a rollback: the daemon then takes the manifest as it is, where sync is auto and no guard stops it. now looks at the file at once and judges it anew. confirm-prune lets the jobs go that left the manifest in too great a number to go by themselves, and nothing else.',
  arguments: [
    {
      name: '[action]',
      description: 'status (default), now, hold, resume or confirm-prune',
      offers: actions,
    },
  ],
  options: [
    { flags: '-r, --reason <text>', description: 'hold: why, for whoever finds it held' },
    { flags: '--for <duration>', description: 'hold: how long: 90m, 2h, 3d' },
    {
      flags: '-u, --until <time>',
      description: 'hold: until when: 18:00, "tomorrow 08:00", 2026-12-31',
    },
    { flags: '-y, --yes', description: 'confirm-prune: do not ask' },
  ],
  examples: [
    { command: 'jm2 sync', meaning: 'does the manifest come into force by itself?' },
    {
      command: 'jm2 sync hold --reason "audit until Friday"',
      meaning: 'not until somebody says so',
    },
    { command: 'jm2 sync hold --for 2h --reason "migration"', meaning: 'for two hours' },
    { command: 'jm2 sync resume', meaning: 'the manifest counts again' },
    { command: 'jm2 sync now', meaning: 'look at the file now' },
    { command: 'jm2 sync confirm-prune', meaning: 'the many removed jobs may go' },
  ],
  run: sync,
};

async function sync(context: Context, input: Input): Promise<Answer> {
  const word = input.argument(0) ?? 'status';
  const action = actions.find((one) => one === word);
  if (action === undefined) {
    const near = didYouMean(nearest(word, [...actions]));
    throw wrongArguments(`sync cannot "${word}".`, near ?? 'jm2 sync status');
  }
  const reason = pauseReason(input);
  if (action === 'hold' && reason === null) {
    throw wrongArguments(
      'A hold needs its reason.',
      'For example: jm2 sync hold --reason "audit until Friday"',
    );
  }
  if (action !== 'hold' && reason !== null) {
    throw wrongArguments(`--reason belongs to sync hold.`, `jm2 sync ${action}`);
  }
  const until = holdEndOf(context, input, action);
  if (action !== 'confirm-prune' && input.flag('yes')) {
    throw wrongArguments(`--yes belongs to sync confirm-prune.`, `jm2 sync ${action}`);
  }
  if (action === 'confirm-prune') {
    const { confirmPrune } = await import('../confirm-prune.ts');
    const status = await confirmPrune(context, input.flag('yes'));
    return answer(context, status, action);
  }
  if (action === 'status') {
    const { value } = await context.read((service) => service.status());
    return answer(context, value, action);
  }
  const daemon = await context.daemon();
  const by = context.actor;
  return answer(
    context,
    await daemon.sync({ action, by, reason, ...(until === null ? {} : { until }) }),
    action,
  );
}

/** ISO; null: somebody has to end it. */
function holdEndOf(context: Context, input: Input, action: SyncAction): string | null {
  const isGiven = input.text('for') !== null || input.text('until') !== null;
  if (isGiven && action !== 'hold') {
    throw wrongArguments('--for and --until belong to sync hold.', `jm2 sync ${action}`);
  }
  const until = pauseEnd(context, input);
  if (until !== 'next_run') return until;
  throw wrongArguments('A hold is about no run.', 'For example: jm2 sync hold --until 18:00');
}

function answer(context: Context, status: StatusView, action: SyncAction): Answer {
  const { sync: state, source, revision } = status;
  const data = { sync: state, source, revision };
  const shown = {
    data,
    text: (terminal: Context['terminal']) =>
      syncText(status, context.shownPath(status.manifest.path), terminal),
  };
  // A look that finds the file unacceptable has not done what it was for.
  const isRefused = action === 'now' && ['invalid', 'missing', 'unreadable'].includes(source.state);
  if (!isRefused) return { ...shown, ...(action === 'status' ? {} : { confirmation: true }) };
  return {
    ...shown,
    error: notAccepted(source.diagnostics).toBody(),
    exitCode: ExitCode.manifestNotAccepted,
    problem: true,
  };
}
