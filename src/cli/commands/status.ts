// Tells how daemon, manifest and jobs are; while no daemon runs, how they were.
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { CommandDefinition } from '../command.ts';
import { statusText } from '../views/status.ts';
import { named, readSource, rejectionText } from '../plan-rejection.ts';

export const statusCommand: CommandDefinition = {
  name: 'status',
  summary: 'Tell how the daemon and the manifest are',
  description: 'Ends with 8 and the last known state when no daemon runs.',
  arguments: [],
  options: [],
  examples: [
    { command: 'jm2 status', meaning: 'is it running, and with what?' },
    { command: 'jm2 status --json', meaning: 'for monitoring' },
  ],
  async run(context) {
    const place = await context.locations();
    const { value } = await context.read(async (service) => ({
      status: await service.status(),
      jobs: (await service.list()).jobs,
    }));
    const { status } = value;
    const problems = status.source.diagnostics;
    const rejection =
      problems.length === 0 || status.source.state === 'accepted'
        ? null
        : rejectionText(
            named(problems, context.shownPath(place.manifest)),
            await readSource(place.manifest),
          );
    const answer = {
      data: status,
      text: (terminal: typeof context.terminal) => {
        const facts = { ...value, manifestPath: context.shownPath(status.manifest.path) };
        const text = statusText(facts, terminal);
        return rejection === null ? text : `${text}\n\n${rejection(terminal)}`;
      },
    };
    return status.daemon.running
      ? answer
      : { ...answer, exitCode: ExitCode.daemonUnreachable, error: notRunning(place.socket) };
  },
};

function notRunning(socket: string) {
  return {
    code: 'JM2-D101',
    summary: 'the daemon is not reachable',
    detail: `No daemon listens on ${socket}; the data are the last known state.`,
    hint: 'jm2 start',
  };
}
