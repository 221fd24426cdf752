// Starts the daemon in the background and returns when it answers.
import type { Service } from '../../api/service.ts';
import type { Locations } from '../../settings/locations.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { runningDaemon, untilUp } from '../daemon-end.ts';
import { judgeStart } from '../first-start.ts';
import { settingFlags, settingOptions } from '../setting-options.ts';
import type { Input } from '../input.ts';
import { ensureUserManifest } from '../user-manifest.ts';
import { oneLine } from '../views/foreign.ts';
import { count } from '../views/status.ts';

export const startCommand: CommandDefinition = {
  name: 'start',
  summary: 'Start the daemon in the background',
  description:
    'Returns when the daemon answers; one that runs already is fine. An invalid manifest is refused at the first start; later the last good revision runs on. Where a service is installed, its service manager starts it.',
  arguments: [],
  options: [
    ...settingOptions,
    { flags: '-f, --foreground', description: 'stay and show what happens, as jm2 up' },
  ],
  examples: [
    { command: 'jm2 start', meaning: 'start and return' },
    { command: 'jm2 start --sync manual', meaning: 'changes wait for jm2 apply' },
  ],
  run: start,
};

async function start(context: Context, input: Input): Promise<Answer | number> {
  if (input.flag('foreground')) return (await import('./up.ts')).upCommand.run(context, input);
  const flags = settingFlags(input);
  context.useFlags(flags);
  const place = await ensureUserManifest(context);
  const daemon = await context.daemon();
  const running = await runningDaemon(daemon, place);
  if (running !== null) return runsAlready(running.pid, place.socket);
  const verdict = await judgeStart(context, place);
  if (verdict.refusal !== null) return verdict.refusal;
  const { pid, started } = await begin(context, daemon, place, flags);
  if (!started) return runsAlready(pid, place.socket);
  const { jobs } = await daemon.list();
  const { health } = await daemon.status();
  for (const problem of health.problems) context.output.note(`! ${oneLine(problem)}`);
  return {
    data: {
      pid,
      started: true,
      socket: place.socket,
      ...(verdict.lastGood === null
        ? {}
        : { lastGoodRevision: verdict.lastGood, diagnostics: verdict.diagnostics }),
    },
    confirmation: true,
    text: () =>
      `Started, pid ${pid ?? 'unknown'}, ${count(jobs.length, 'job')} in force.\n\n  jm2 status\n  jm2 logs -f`,
  };
}

/** By the service manager where a service is installed and nothing is asked of this start alone. */
async function begin(
  context: Context,
  daemon: Service,
  place: Locations,
  flags: object,
): Promise<{ readonly pid: number | null; readonly started: boolean }> {
  if (Object.keys(flags).length === 0) {
    const { startByManager } = await import('../service/managed-daemon.ts');
    if (await startByManager(place)) return { pid: await untilUp(daemon, place), started: true };
  }
  const { startInBackground } = await import('../../daemon/spawn-daemon.ts');
  return startInBackground(place, (await context.settings()).settings);
}

function runsAlready(pid: number | null, socket: string): Answer {
  return {
    data: { pid, started: false, socket },
    confirmation: true,
    text: () => `The daemon runs already, pid ${pid ?? 'unknown'}.`,
  };
}
