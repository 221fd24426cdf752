// Replaces the daemon: the old one leaves at once, jobs keep running, and the
// new one adopts them.
import type { Service } from '../../api/service.ts';
import type { Locations } from '../../settings/locations.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { runningDaemon, untilGone, untilUp, type RunningDaemon } from '../daemon-end.ts';
import { judgeStart } from '../first-start.ts';
import type { Input } from '../input.ts';
import { settingFlags, settingOptions } from '../setting-options.ts';
import { wrongArguments } from '../usage-errors.ts';
import { count } from '../views/status.ts';

/** Leaving waits for nothing but the store. */
const leaveWithinMs = 30_000;

export const restartCommand: CommandDefinition = {
  name: 'restart',
  summary: 'Replace the daemon while jobs keep running',
  description:
    'For upgrades and changed settings. Running commands go on and are adopted with their output and exit code. Starts the daemon when none runs; one of a service is replaced by its service manager.',
  arguments: [],
  options: settingOptions,
  examples: [
    { command: 'jm2 restart', meaning: 'take over with the installed version' },
    { command: 'jm2 restart --sync manual', meaning: 'with another setting' },
  ],
  run: restart,
};

/** Whether a service manager did it, whose service starts with settings of its own. */
async function byManager(
  place: Locations,
  before: RunningDaemon | null,
  flags: object,
): Promise<boolean> {
  const { isManaged, restartByManager, startByManager } =
    await import('../service/managed-daemon.ts');
  const isPlain = Object.keys(flags).length === 0;
  if (before === null) return isPlain && (await startByManager(place));
  if (isPlain || !(await isManaged(place, before.pid))) return restartByManager(place, before.pid);
  throw wrongArguments(
    'The daemon is a service, which starts with the settings of its file and of the settings files. Nothing was done.',
    'jm2 config set sync manual && jm2 restart',
  );
}

/** The pid of the new daemon. */
async function replace(
  context: Context,
  daemon: Service,
  place: Locations,
  before: RunningDaemon | null,
): Promise<number> {
  if (before !== null) {
    await daemon.shutdown({ mode: 'detach', graceMs: null, by: context.actor });
    await untilGone(daemon, before.pid, leaveWithinMs);
  }
  const { startInBackground } = await import('../../daemon/spawn-daemon.ts');
  const { pid } = await startInBackground(place, (await context.settings()).settings);
  return pid;
}

async function restart(context: Context, input: Input): Promise<Answer> {
  const flags = settingFlags(input);
  context.useFlags(flags);
  const place = await context.locations();
  const daemon = await context.daemon();
  const before = await runningDaemon(daemon, place);
  const verdict = await judgeStart(context, place);
  // Nothing of what runs is given up for a manifest that could not replace it.
  if (verdict.refusal !== null) return verdict.refusal;
  const isDone = await byManager(place, before, flags);
  const pid = isDone ? await untilUp(daemon, place) : await replace(context, daemon, place, before);
  const running = before?.running ?? 0;
  return {
    data: {
      pid,
      previousPid: before?.pid ?? null,
      running,
      ...(verdict.lastGood === null
        ? {}
        : { lastGoodRevision: verdict.lastGood, diagnostics: verdict.diagnostics }),
    },
    confirmation: true,
    text: () =>
      before === null
        ? `No daemon ran; started one, pid ${pid}.`
        : `Restarted, pid ${pid}; ${count(running, 'run')} went on meanwhile.`,
  };
}
