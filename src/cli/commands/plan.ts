// Shows what the manifest, or a proposal, would change in what is in force.
import { resolve } from 'node:path';
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { PlanView } from '../../api/service.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { notAccepted, readProposal } from '../manifest-file.ts';
import { named, readSource, rejectionText } from '../plan-rejection.ts';
import { warnOfOldZonesIn } from '../old-zones.ts';
import { wrongArguments } from '../usage-errors.ts';
import { planText } from '../views/plan.ts';
import { diagnosticsText } from '../views/diagnostics.ts';

export const horizonDefaultMs = 7 * 86_400_000;

export const planCommand: CommandDefinition = {
  name: 'plan',
  summary: 'Show what the manifest would change, and when',
  description:
    'Compares the manifest with what is in force and changes nothing. While no daemon runs, the store answers. With --against it compares two files and needs neither: for a pull request.',
  arguments: [
    {
      name: '[file]',
      description: 'judge this proposal instead of the manifest; - is standard input',
    },
  ],
  options: [
    { flags: '--detailed-exitcode', description: 'end with 2 when there are changes' },
    { flags: '--against <file>', description: 'compare with this manifest; - is standard input' },
    { flags: '--horizon <duration>', description: 'how far to compare runs (default: 7d)' },
  ],
  examples: [
    { command: 'jm2 plan', meaning: 'what the next apply would do' },
    { command: 'git show feature:jobs.yaml | jm2 plan -', meaning: 'judge a branch' },
    {
      command: 'git show main:jobs.yaml | jm2 plan --against -',
      meaning: 'what a branch changes, without a daemon',
    },
    { command: 'jm2 plan --detailed-exitcode', meaning: 'for scripts: 2 when there are changes' },
  ],
  run: plan,
};

async function plan(context: Context, input: Input): Promise<Answer> {
  const horizonMs = input.duration('horizon') ?? horizonDefaultMs;
  const file = input.argument(0);
  const against = input.text('against');
  if (against !== null) return planAgainst(context, input, against, horizonMs);
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
  // Whoever judged it knows the manifest's own path, or nothing of the proposal's.
  const judged = file === '-' ? '<stdin>' : source;
  if (value.kind === 'rejected') {
    return rejected(named(value.diagnostics, judged), text ?? (await readSource(place.manifest)));
  }
  await warnOfOldZonesIn(context, text ?? (await readSource(place.manifest)));
  const diagnostics = named(value.plan.diagnostics, judged);
  return planned({ ...value.plan, diagnostics }, input, {
    source,
    text: diagnostics.length === 0 ? null : (text ?? (await readSource(place.manifest))),
  });
}

/** Two files and nothing else: no store, no daemon, no settings of this host. */
async function planAgainst(
  context: Context,
  input: Input,
  against: string,
  horizonMs: number,
): Promise<Answer> {
  const file = input.argument(0);
  if (against === '-' && file === '-') {
    throw wrongArguments(
      'Only one of the two can be standard input.',
      'Name a file for the other.',
    );
  }
  const read = async (path: string) => {
    const shown = path === '-' ? 'standard input' : context.shownPath(resolve(context.cwd, path));
    const text = await readProposal(path === '-' ? path : resolve(context.cwd, path), shown);
    return { text, file: shown };
  };
  const base = await read(against);
  const proposal = await read(file ?? (await context.locations()).manifest);
  const { planBetween } = await import('../../daemon/plan-between.ts');
  const reply = planBetween({ base, proposal, now: context.terminal.now, horizonMs });
  if (reply.kind === 'rejected') return rejected(reply.diagnostics, reply.of.text);
  await warnOfOldZonesIn(context, proposal.text);
  return planned(reply.plan, input, {
    source: proposal.file,
    against: base.file,
    text: proposal.text,
  });
}

function planned(
  plan: PlanView,
  input: Input,
  shown: { readonly source: string; readonly against?: string; readonly text: string | null },
): Answer {
  const changed = !isEmptyPlanView(plan);
  return {
    data: plan,
    exitCode: changed && input.flag('detailedExitcode') ? ExitCode.changes : ExitCode.ok,
    text: (terminal) => {
      const { diagnostics } = plan;
      const warnings = diagnosticsText({ source: shown.text, diagnostics }, terminal);
      return `${warnings === '' ? '' : `${warnings}\n\n`}${planText(plan, shown, terminal)}`;
    },
  };
}

function rejected(diagnostics: readonly Diagnostic[], source: string | null): Answer {
  return {
    data: { diagnostics },
    error: notAccepted(diagnostics).toBody(),
    exitCode: ExitCode.manifestNotAccepted,
    problem: true,
    text: rejectionText(diagnostics, source),
  };
}
