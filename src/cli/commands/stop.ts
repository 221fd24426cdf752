// Ends the daemon in order: it admits nothing more and lets runs finish first.
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { runningDaemon, stopWithinMs, untilGone } from '../daemon-end.ts';
import type { Input } from '../input.ts';
import { wrongArguments } from '../usage-errors.ts';
import { count } from '../views/status.ts';

export const stopCommand: CommandDefinition = {
  name: 'stop',
  summary: 'Let runs finish, then end the daemon',
  description:
    'Running commands get the grace, then SIGTERM, then SIGKILL; queued runs and retries stay for the next daemon. Leaves no process. Stopping a daemon that does not run is fine.',
  arguments: [],
  options: [
    {
      flags: '--grace <duration>',
      description: 'how long runs may finish (default: the setting, 30s)',
    },
    { flags: '--now', description: 'do not wait: end running commands at once' },
  ],
  examples: [
    { command: 'jm2 stop', meaning: 'let runs finish, up to the grace' },
    { command: 'jm2 stop --grace 10m', meaning: 'give a long backup time' },
    { command: 'jm2 stop --now', meaning: 'end them now' },
  ],
  run: stop,
};

async function stop(context: Context, input: Input): Promise<Answer> {
  const now = input.flag('now');
  const grace = input.duration('grace');
  if (now && grace !== null) {
    throw wrongArguments('--now and --grace say two things.', 'Leave one of them out.');
  }
  const place = await context.locations();
  const daemon = await context.daemon();
  const running = await runningDaemon(daemon, place);
  if (running === null) {
    return {
      data: { wasRunning: false, pid: null },
      confirmation: true,
      text: () => 'not running',
    };
  }
  const graceMs = now ? 0 : grace;
  if (running.running > 0) {
    context.output.note(`Waiting for ${count(running.running, 'run')} to end …`);
  }
  await daemon.shutdown({ mode: 'drain', graceMs, by: context.actor });
  const bound = graceMs ?? (await context.settings()).settings.graceMs;
  await untilGone(daemon, running.pid, stopWithinMs(bound));
  return {
    data: { wasRunning: true, pid: running.pid },
    confirmation: true,
    text: () => 'stopped',
  };
}
