// Brings an earlier manifest into force again, as a new revision, and keeps the
// file's content from coming back by itself.
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { ApplyReply } from '../../api/service.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { confirmed } from '../confirm.ts';
import type { Context } from '../context.ts';
import { earlierManifest, manifestBefore, type EarlierManifest } from '../earlier-manifest.ts';
import type { Input } from '../input.ts';
import { notAccepted } from '../manifest-file.ts';
import { pauseReason } from '../pauses.ts';
import { named, rejectionText } from '../plan-rejection.ts';
import { runSteps } from '../steps.ts';
import { wrongArguments } from '../usage-errors.ts';
import { holdEnd } from '../views/hold.ts';
import { confirmationWords } from '../views/confirmation.ts';
import { planText } from '../views/plan.ts';
import { untilInForce } from './apply.ts';
import { horizonDefaultMs } from './plan.ts';

export const rollbackCommand: CommandDefinition = {
  name: 'rollback',
  summary: 'Bring an earlier manifest into force again',
  description:
    'Goes forward: what an earlier revision or a commit said becomes a new revision, after its plan is shown and approved. The file is not touched; what it says otherwise of these jobs is held back, also over restarts and under another commit, until it changes there or somebody applies it. Taking the change back in the file ends the hold. Starts no run; what runs goes on.',
  arguments: [
    {
      name: '[revision]',
      description: 'number, name or commit (default: what was in force before)',
    },
  ],
  options: [
    {
      flags: '-r, --reason <text>',
      description: 'why, for the record and for whoever finds it held',
    },
    {
      flags: '--jobs <names>',
      description: 'only these jobs, with commas between them',
      offers: 'jobs',
    },
    {
      flags: '--hold <mode>',
      description: 'hold the file back until_changed (default), or manual: until somebody applies',
      choices: ['until_changed', 'manual'],
    },
    {
      flags: '--allow-remove <job>',
      description: 'let this protected job go; may be given more than once',
      repeat: true,
      offers: 'jobs',
    },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    { command: 'jm2 rollback 41 --reason "wrong hour"', meaning: 'what revision 41 said' },
    { command: 'jm2 rollback --reason "wrong hour" --yes', meaning: 'one step back, at once' },
    {
      command: 'jm2 rollback golden --jobs dump-shop,report --reason "too slow"',
      meaning: 'two jobs as they were in the revision of that name',
    },
    { command: 'jm2 rollback 8b20d11 --reason "bad merge"', meaning: 'what a commit said' },
  ],
  run: rollback,
};

async function rollback(context: Context, input: Input): Promise<Answer> {
  const reason = pauseReason(input);
  if (reason === null) {
    throw wrongArguments(
      'A step back needs its reason.',
      'For example: jm2 rollback 41 --reason "wrong hour"',
    );
  }
  const jobs = jobNames(input);
  const place = await context.locations();
  const daemon = await context.daemon();
  // Before anything is shown or asked: without a daemon nothing comes into force.
  await daemon.status();
  const word = input.argument(0);
  const target =
    word === null ? await manifestBefore(context) : await earlierManifest(context, word);
  const text = jobs === null ? target.text : await partOf(context, target, jobs);
  const { planFromStore } = await import('../../daemon/plan-from-store.ts');
  const { now } = context.terminal;
  const allowRemove = input.texts('allowRemove');
  const planned = await planFromStore(place, {
    text,
    horizonMs: horizonDefaultMs,
    now,
    allowRemove,
    restores: target.revision === null ? null : { revision: target.revision.number, jobs },
  });
  if (planned.kind === 'rejected') return rejected(planned.diagnostics, target, text);
  const { hold: _former, ...plan } = planned.plan;
  if (isEmptyPlanView(plan)) return sameAnswer(plan.basis.revision, target, jobs);
  if (!context.output.json) {
    context.output.text(planText(plan, { source: target.name }, context.terminal));
  }
  if (!input.flag('yes')) {
    await confirmed(context, `Bring ${target.name} into force again?`, plan);
  }
  let reply: ApplyReply | undefined;
  await runSteps(context, [
    {
      title: 'Apply the plan',
      run: async () => {
        reply = await daemon.applyText({
          by: context.actor,
          text,
          gitCommit: jobs === null ? target.gitCommit : null,
          expected: {
            revision: plan.basis.revision,
            desiredDigest: plan.basis.desiredDigest,
          },
          cause: 'rollback',
          mode: input.text('hold') === 'manual' ? 'manual' : 'until_changed',
          reason,
          seen: { planId: null, impactDigest: plan.impactDigest },
          restores: target.revision?.number ?? null,
          restoredJobs: jobs,
          allowRemove,
        });
      },
    },
    {
      title: 'Check that it is in force',
      run: async () => {
        if (reply?.kind === 'applied') await untilInForce(daemon, reply.revision, reply.plan);
      },
    },
  ]);
  if (reply === undefined || reply.kind === 'unchanged') {
    return sameAnswer(reply?.revision ?? plan.basis.revision, target, jobs);
  }
  if (reply.kind === 'rejected') return rejected(reply.diagnostics, target, text);
  const { hold, confirmation } = (await daemon.status()).sync;
  if (confirmation !== null) context.output.note(confirmationWords(confirmation, context.terminal));
  const { revision } = reply;
  return {
    data: {
      rolledBack: true,
      revision,
      restores: target.revision?.number ?? null,
      plan: reply.plan,
      hold,
    },
    confirmation: true,
    text: (terminal) =>
      [
        `${terminal.style('green', 'rolled back')}: revision ${revision} says${jobs === null ? '' : ` of ${jobs.join(', ')}`} what ${target.name} said`,
        hold === null
          ? 'The manifest says the same, so nothing is held.'
          : `${context.shownPath(place.manifest)} says something else of ${hold.jobs.join(', ')}; ${holdEnd(hold, context.terminal)}.`,
      ].join('\n'),
  };
}

function sameAnswer(
  revision: number,
  target: EarlierManifest,
  jobs: readonly string[] | null,
): Answer {
  const what = jobs === null ? target.name : `${jobs.join(', ')} of ${target.name}`;
  return {
    data: {
      rolledBack: false,
      revision,
      restores: target.revision?.number ?? null,
      plan: null,
      hold: null,
    },
    confirmation: true,
    text: () => `nothing to roll back: revision ${revision}, in force, means the same as ${what}`,
  };
}

function jobNames(input: Input): readonly string[] | null {
  const text = input.text('jobs');
  if (text === null) return null;
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) {
    throw wrongArguments(`"--jobs ${text}" names no job.`, 'For example: --jobs dump-shop,report');
  }
  return [...new Set(names)];
}

/** What is in force, with these jobs as they were. Throws JM2-P231 where they would not be. */
async function partOf(
  context: Context,
  target: EarlierManifest,
  jobs: readonly string[],
): Promise<string> {
  const [{ readAccepted }, { restoreJobs }, { loadManifest }, { sha256 }, { readBeside }] =
    await Promise.all([
      import('../../daemon/read-revisions.ts'),
      import('../../core/manifest/edit/restore-jobs.ts'),
      import('../../core/manifest/load-manifest.ts'),
      import('../../system/digest.ts'),
      import('../../system/read-beside.ts'),
    ]);
  const place = await context.locations();
  const inForce = readAccepted(place, null);
  const refuse = (detail: string) =>
    operationalError('JM2-P231', { detail: `${detail} Nothing was changed.` });
  if (inForce === null) throw refuse('Nothing is in force yet.');
  const edited = restoreJobs(inForce.text, target.text, jobs);
  if (!edited.ok) {
    throw refuse(`${target.name} cannot be taken apart: ${edited.problem}.`);
  }
  const load = (text: string) =>
    loadManifest(text, {
      file: place.manifest,
      digest: sha256,
      files: readBeside(place.manifestDir),
    });
  const problem = load(edited.text).diagnostics.find(({ severity }) => severity === 'error');
  if (problem !== undefined) {
    throw refuse(`With ${jobs.join(', ')} of ${target.name}: ${problem.detail}`);
  }
  const digests = (text: string) => load(text).jobDigests;
  const [wanted, got, before] = [digests(target.text), digests(edited.text), digests(inForce.text)];
  const other = jobs.filter((name) => wanted.get(name) !== got.get(name));
  if (other.length > 0) {
    throw refuse(
      `Within the manifest in force, ${other.join(', ')} would not be as in ${target.name}: what holds for all jobs has changed since.`,
    );
  }
  const touched = [...before.keys()].filter(
    (name) => !jobs.includes(name) && before.get(name) !== got.get(name),
  );
  if (touched.length > 0) {
    throw refuse(`${touched.join(', ')} would change as well.`);
  }
  return edited.text;
}

function rejected(found: readonly Diagnostic[], target: EarlierManifest, text: string): Answer {
  const diagnostics = named(found, target.name);
  return {
    data: { diagnostics },
    error: notAccepted(diagnostics).toBody(),
    exitCode: ExitCode.manifestNotAccepted,
    problem: true,
    text: rejectionText(diagnostics, text),
  };
}
