// Shows what the manifest, or a proposal, would change in what is in force.
import { resolve } from 'node:path';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { PlanReply } from '../../api/service.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { notAccepted, readProposal } from '../manifest-file.ts';
import { planRejection } from '../plan-rejection.ts';
import { planText } from '../views/plan.ts';
import { diagnosticsText } from '../views/diagnostics.ts';

export const horizonDefaultMs = 7 * 86_400_000;

export const planCommand: CommandDefinition = {
  name: 'plan',
  summary: 'Show what the manifest would change, and when',
  description:
    'Compares the manifest with what is in force and changes nothing. While no daemon runs, the store answers.',
  arguments: [
    {
      name: '[file]',
      description: 'judge this proposal instead of the manifest; - is standard input',
    },
  ],
  options: [
    { flags: '--detailed-exitcode', description: 'end with 2 when there are changes' },
    { flags: '--horizon <duration>', description: 'how far to compare runs (default: 7d)' },
  ],
  examples: [
    { command: 'jm2 plan', meaning: 'what the next apply would do' },
    { command: 'git show feature:jobs.yaml | jm2 plan -', meaning: 'judge a branch' },
    { command: 'jm2 plan --detailed-exitcode', meaning: 'for scripts: 2 when there are changes' },
  ],
  run: plan,
};

async function plan(context: Context, input: Input): Promise<Answer> {
  const horizonMs = input.duration('horizon') ?? horizonDefaultMs;
  const file = input.argument(0);
  const place = await context.locations();
  const source =
    file === null
      ? context.shownPath(place.manifest)
      : file === '-'
        ? 'standard input'
        : context.shownPath(resolve(context.cwd, file));
  const text =
    file === null
      ? null
      : await readProposal(file === '-' ? file : resolve(context.cwd, file), source);
  const { value } = await context.read((service) => service.plan({ text, horizonMs }));
  if (value.kind === 'rejected') return rejected(context, value, text, place.manifest);
  const changed = !isEmptyPlanView(value.plan);
  return {
    data: value.plan,
    exitCode: changed && input.flag('detailedExitcode') ? ExitCode.changes : ExitCode.ok,
    text: (terminal) => {
      const warnings = diagnosticsText(
        { source: text, diagnostics: value.plan.diagnostics },
        terminal,
      );
      return `${warnings === '' ? '' : `${warnings}\n\n`}${planText(value.plan, { source }, terminal)}`;
    },
  };
}

async function rejected(
  context: Context,
  reply: Extract<PlanReply, { kind: 'rejected' }>,
  proposal: string | null,
  manifest: string,
): Promise<Answer> {
  const error = notAccepted(reply.diagnostics);
  const text = await planRejection(context, reply.diagnostics, proposal, manifest);
  return {
    data: { diagnostics: reply.diagnostics },
    error: error.toBody(),
    exitCode: ExitCode.manifestNotAccepted,
    problem: true,
    text,
  };
}
