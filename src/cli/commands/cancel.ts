// Ends a run named by its id, or all unfinished runs of a job.
import type { RunView, Service } from '../../api/service.ts';
import type { CommandDefinition } from '../command.ts';
import { confirmed } from '../confirm.ts';
import { isCode, runById, unfinishedRuns } from '../named-runs.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { oneLine } from '../views/foreign.ts';

export const cancelCommand: CommandDefinition = {
  name: 'cancel',
  summary: 'End queued or running runs',
  description:
    "The command's process group gets the job's kill signal, and SIGKILL after its grace. With a job's name, all its queued and running runs are meant; when there are several, jm2 asks.",
  arguments: [
    {
      name: '<run-or-job>',
      description: 'id of a run (or its beginning), or a job',
      offers: 'unfinished',
    },
  ],
  options: [
    { flags: '--queued', description: 'only runs that have not begun' },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    { command: 'jm2 cancel dump-shop', meaning: 'end what runs and waits of a job' },
    { command: 'jm2 cancel dump-shop --queued', meaning: 'only what waits' },
    { command: 'jm2 cancel 01jq8v3k', meaning: 'end one run' },
  ],
  async run(context, input) {
    const daemon = await context.daemon();
    const name = input.needed(0);
    const found = await meantRuns(daemon, name, input.flag('queued'));
    const [first] = found;
    if (found.length > 1 && !input.flag('yes')) {
      const running = found.filter(({ state }) => state === 'running').length;
      const what = `${running} running and ${found.length - running} queued`;
      await confirmed(context, `End ${what} runs of ${oneLine(name)}?`, { runs: found });
    }
    const runs: RunView[] = [];
    for (const { id } of found) {
      try {
        runs.push(await daemon.cancel({ run: id, by: context.actor }));
      } catch (error) {
        // Of several, one may have ended by itself meanwhile.
        if (found.length === 1 || !isCode(error, 'JM2-R104')) throw error;
      }
    }
    const run = runs[0] ?? first;
    return {
      data: { run, runs },
      confirmation: true,
      text: () => runs.map(({ id, job }) => `canceling run ${id} of ${oneLine(job)}`).join('\n'),
    };
  },
};

/** Those that wait come first: otherwise the end of one would let another begin. */
async function meantRuns(
  daemon: Service,
  name: string,
  onlyQueued: boolean,
): Promise<readonly RunView[]> {
  const ofJob = await unfinishedRuns(daemon, name);
  const isWanted = ({ state }: RunView): boolean => state === 'queued' || !onlyQueued;
  if (ofJob === null) {
    const run = await runById(daemon, name);
    if (isWanted(run)) return [run];
    throw operationalError('JM2-R104', {
      detail: `Run ${run.id} of "${run.job}" is ${run.state}, not queued. It goes on.`,
      hint: `jm2 cancel ${run.id}`,
    });
  }
  const runs = ofJob.filter(isWanted);
  if (runs.length === 0) {
    throw operationalError('JM2-R104', {
      detail: `No run of "${name}" is ${onlyQueued ? 'queued' : 'queued or running'}.`,
      hint: `jm2 history ${name}`,
    });
  }
  return [
    ...runs.filter(({ state }) => state === 'queued'),
    ...runs.filter(({ state }) => state !== 'queued'),
  ];
}
