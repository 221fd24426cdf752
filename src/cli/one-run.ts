// One run in full: each of its attempts, with the run's own line above them.
import { ExitCode } from '../core/diagnostics/jm2-error.ts';
import type { Answer } from './command.ts';
import type { Context } from './context.ts';
import { isFailure, runbookOf } from './runbooks.ts';
import { attemptTable } from './views/attempt-table.ts';
import { runTable } from './views/run-table.ts';

/** `id`: or the beginning of one; throws JM2-R102 when there is no such run. */
export async function oneRun(context: Context, id: string): Promise<Answer> {
  const { value } = await context.read(async (service) => {
    const run = await service.getRun(id);
    return { run, attempts: await service.attempts(run.id) };
  });
  const { run, attempts } = value;
  const wantsRunbook = isFailure(run.state) && !context.output.json;
  const runbook = wantsRunbook ? await runbookOf(context, run.job) : null;
  return {
    data: { runs: [run], attempts },
    exitCode: ExitCode.ok,
    text: (terminal) =>
      [
        runTable([run], terminal),
        attempts.length === 0 ? 'No attempt yet.' : attemptTable(attempts, terminal),
        ...(runbook === null ? [] : [`runbook  ${runbook}`]),
        terminal.style('dim', `jm2 why --run ${run.id}\njm2 logs --run ${run.id} --attempt N`),
      ].join('\n\n'),
  };
}
