// Tells how daemon, manifest and jobs are; while no daemon runs, how they were.
import { driftSummary } from '../drift-summary.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { statusProblems } from '../status-problems.ts';
import { wrongArguments } from '../usage-errors.ts';
import { problemLines, shortStatus } from '../views/short-status.ts';
import { projectTable } from '../views/project-table.ts';
import { statusText } from '../views/status.ts';
import { named, readSource, rejectionText } from '../plan-rejection.ts';

export const statusCommand: CommandDefinition = {
  name: 'status',
  summary: 'Tell how the daemon and the manifest are',
  description:
    'Ends with 8 and the last known state when no daemon runs. With --problems it ends with 1 when there are any: what degrades the daemon, a manifest that is not accepted, and jobs whose last run failed or whose only time was missed. --all tells of every project whose state lies in this home, from any directory.',
  arguments: [],
  options: [
    { flags: '-p, --problems', description: 'only what is wrong, with what to do' },
    { flags: '--short', description: 'in one line' },
    { flags: '-a, --all', description: 'every project of this home, in one line each' },
  ],
  examples: [
    { command: 'jm2 status', meaning: 'is it running, and with what?' },
    { command: 'jm2 status --problems', meaning: 'is there something to do?' },
    { command: 'jm2 status --all', meaning: 'what runs on this machine?' },
    { command: 'jm2 status --json', meaning: 'for monitoring' },
  ],
  async run(context, input) {
    const isShort = input.flag('short');
    const onlyProblems = input.flag('problems');
    if (isShort && onlyProblems) {
      throw wrongArguments('--short and --problems say two things.', 'Leave one of them out.');
    }
    if (input.flag('all')) {
      if (isShort || onlyProblems) {
        throw wrongArguments('--all has one line for each project.', 'Leave the rest out.');
      }
      const { statusOfAll } = await import('../all-projects.ts');
      const projects = await statusOfAll((await context.settings()).settings);
      return {
        data: { projects },
        text: (terminal) => projectTable(projects, terminal),
      };
    }
    const place = await context.locations();
    const { value } = await context.read(async (service) => ({
      status: await service.status(),
      jobs: (await service.list()).jobs,
    }));
    const { status } = value;
    const found = statusProblems(status, value.jobs);
    if (onlyProblems) {
      const answer: Answer = {
        data: { problems: found },
        text: (terminal) => problemLines(found, terminal),
        exitCode: found.length === 0 ? ExitCode.ok : ExitCode.failure,
      };
      return status.daemon.running
        ? answer
        : { ...answer, exitCode: ExitCode.daemonUnreachable, error: notRunning(place.socket) };
    }
    const problems = status.source.diagnostics;
    const rejection =
      problems.length === 0 || status.source.state === 'accepted'
        ? null
        : rejectionText(
            named(problems, context.shownPath(place.manifest)),
            await readSource(place),
          );
    const answer = {
      data: { ...status, drift: driftSummary(status, value.jobs) },
      text: (terminal: typeof context.terminal) => {
        if (isShort) return shortStatus(status, value.jobs, found.length, terminal);
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
