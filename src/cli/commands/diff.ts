// Field by field, what two manifests say otherwise, or what people have changed at
// runtime. What a change does in time is told by plan.
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { PlanView } from '../../api/plan-views.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { comparedTexts, type Compared } from '../compared.ts';
import { changesOptions, codeOfChanges } from '../changes-exit-code.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { notAccepted } from '../manifest-file.ts';
import { named, rejectionText } from '../plan-rejection.ts';
import { wrongArguments } from '../usage-errors.ts';
import { differenceText, liveText } from '../views/difference.ts';
import { diffText } from '../views/diff.ts';

export const diffCommand: CommandDefinition = {
  name: 'diff',
  summary: 'Compare manifests field by field, or as text',
  description:
    'Without arguments from what is in force to the file. A side is rev:NUMBER, its number alone, or rev:NAME, git:COMMIT, recorded (in force), file, or the path of a manifest; git:A..B names both. Values that look like secrets are masked, but not with --text. Needs no daemon.',
  arguments: [
    { name: '[from]', description: 'one side (default: recorded)', offers: ['recorded', 'file'] },
    { name: '[to]', description: 'the other side (default: file)', offers: ['recorded', 'file'] },
  ],
  options: [
    { flags: '--live', description: 'what people changed at runtime of what is in force' },
    { flags: '--text', description: 'the text as a unified diff; nothing is masked' },
    ...changesOptions('there are differences'),
  ],
  examples: [
    { command: 'jm2 diff', meaning: 'what the file says otherwise than what is in force' },
    { command: 'jm2 diff rev:41 rev:42', meaning: 'what revision 42 changed' },
    { command: 'jm2 diff git:main..feature --text', meaning: 'two commits, line by line' },
    { command: 'jm2 diff --live', meaning: 'pauses, and jobs that no timer waits for' },
  ],
  run: diff,
};

async function diff(context: Context, input: Input): Promise<Answer> {
  const words = [input.argument(0), input.argument(1)].filter((word) => word !== null);
  if (input.flag('live')) {
    if (words.length > 0 || input.flag('text')) {
      throw wrongArguments('--live is about what is in force, not about texts.', 'jm2 diff --live');
    }
    return live(context, input);
  }
  const { from, to } = await comparedTexts(context, words);
  const { planBetween } = await import('../../daemon/plan-between.ts');
  const at = { now: context.terminal.now, horizonMs: 3_600_000 };
  const reply = planBetween({ base: from, proposal: to, ...at });
  const patch = input.flag('text') ? await patchOf(from, to) : null;
  if (reply.kind === 'rejected') {
    const diagnostics = named(reply.diagnostics, reply.of.file);
    return {
      data: { diagnostics },
      error: notAccepted(diagnostics).toBody(),
      exitCode: ExitCode.manifestNotAccepted,
      problem: true,
      text: rejectionText(diagnostics, reply.of.text),
    };
  }
  const plan = await byCommits(context, reply.plan, { from, to });
  const differs = !isEmptyPlanView(plan) || (patch !== null && patch !== '');
  return {
    data: {
      from: from.file,
      to: to.file,
      changes: plan.changes.map(({ job, action, reason, previousName, fields, commits }) => ({
        job,
        action,
        reason,
        previousName,
        fields,
        ...(commits === undefined ? {} : { commits }),
      })),
      ...(plan.commits === undefined ? {} : { commits: plan.commits }),
      manifestFields: plan.manifestFields ?? [],
      patch,
    },
    exitCode: codeOfChanges(input, differs),
    text: (terminal) =>
      patch === null
        ? differenceText(plan, { from: from.file, to: to.file }, terminal)
        : patch === ''
          ? `${from.file} and ${to.file} are the same text.`
          : diffText(patch, terminal),
  };
}

/** With those that lead from one side to the other; none where git knows one of them only. */
async function byCommits(
  context: Context,
  plan: PlanView,
  { from, to }: Compared,
): Promise<PlanView> {
  const isKnown = from.gitCommit !== null && (to.gitCommit !== null || to.isWorkTree === true);
  if (!isKnown || plan.changes.length === 0) return plan;
  const { manifest } = await context.locations();
  const { attributed } = await import('../attribute-plan.ts');
  return attributed(plan, manifest, from.gitCommit, to.gitCommit);
}

/** Empty for equal texts. */
async function patchOf(
  from: { readonly text: string; readonly file: string },
  to: { readonly text: string; readonly file: string },
): Promise<string> {
  if (from.text === to.text) return '';
  const { createTwoFilesPatch } = await import('diff');
  return createTwoFilesPatch(from.file, to.file, from.text, to.text, '', '');
}

/** Recorded against effective: what keeps jobs from doing what is in force. */
async function live(context: Context, input: Input): Promise<Answer> {
  const { value } = await context.read(async (service) => ({
    status: await service.status(),
    list: await service.list(),
  }));
  const { overrides, revision } = value.status;
  const unarmed = value.list.jobs
    .filter(({ state }) => state === 'invalid')
    .map(({ name }) => name);
  const data = { revision: revision.applied, overrides, unarmed };
  const differs = overrides.length > 0 || unarmed.length > 0;
  return {
    data,
    exitCode: codeOfChanges(input, differs),
    text: (terminal) => liveText(data, terminal),
  };
}
