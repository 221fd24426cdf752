// Ends a queued or running run, named by its id or by its job.
import { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { RunView, Service } from '../../api/service.ts';
import type { CommandDefinition } from '../command.ts';
import { oneLine } from '../views/foreign.ts';

export const cancelCommand: CommandDefinition = {
  name: 'cancel',
  summary: 'End a queued or running run',
  description:
    "The command's process group gets the job's kill signal, and SIGKILL after its grace. With a job's name, its newest unfinished run is meant.",
  arguments: [{ name: '<run-or-job>', description: 'id of a run (or its beginning), or a job' }],
  options: [],
  examples: [
    { command: 'jm2 cancel dump-shop', meaning: 'end the run of a job' },
    { command: 'jm2 cancel 01jq8v3k', meaning: 'end one run' },
  ],
  async run(context, input) {
    const daemon = await context.daemon();
    const id = await runId(daemon, input.needed(0));
    const run = await daemon.cancel({ run: id, by: context.actor });
    return {
      data: { run },
      confirmation: true,
      text: () => `canceling run ${run.id} of ${oneLine(run.job)}`,
    };
  },
};

/** A job of that name comes first: ids are long and look like no name. */
async function runId(daemon: Service, name: string): Promise<string> {
  const unfinished = await daemon
    .history({ job: name, states: ['queued', 'running'], limit: 1 })
    .then(
      ({ runs }): RunView[] | null => [...runs],
      (error: unknown) => {
        if (error instanceof Jm2Error && error.code === 'JM2-R101') return null;
        throw error;
      },
    );
  if (unfinished === null) return name;
  const run = unfinished[0];
  if (run !== undefined) return run.id;
  throw operationalError('JM2-R104', {
    detail: `No run of "${name}" is queued or running.`,
    hint: `jm2 history ${name}`,
  });
}
