// Shows what the manifest, or a proposal, would change in what is in force.
import { dirname, resolve } from 'node:path';
import type { Diagnostic } from '../../core/diagnostics/diagnostic.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { PlanView } from '../../api/service.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { formatOptions, isFormatted, wantedFormats } from '../formats/format-names.ts';
import type { KeptAs } from '../formats/report.ts';
import type { PlanOutcome } from '../formats/plan-report.ts';
import type { Input } from '../input.ts';
import { notAccepted, readProposal } from '../manifest-file.ts';
import { named, namedPlan, readSource, rejectionText } from '../plan-rejection.ts';
import type { Moment } from '../plan-base.ts';
import { warnOfOldZonesIn } from '../old-zones.ts';
import { withProgress } from '../progress.ts';
import { changesOptions, codeOfChanges } from '../changes-exit-code.ts';
import { wrongArguments } from '../usage-errors.ts';
import { confirmationWords } from '../views/confirmation.ts';
import { planText } from '../views/plan.ts';
import { weekGridText } from '../views/week-grid.ts';
import { diagnosticsText } from '../views/diagnostics.ts';

export const horizonDefaultMs = 7 * 86_400_000;
const horizonMinMs = 3_600_000;
const horizonMaxMs = 400 * 86_400_000;

export const planCommand: CommandDefinition = {
  name: 'plan',
  summary: 'Show what the manifest would change, and when',
  description:
    'Compares the manifest with what is in force and changes nothing. Needs no daemon. With --against it compares with another base: a file, an earlier revision, a commit, or what was in force when a snapshot was taken, for a pull request.',
  arguments: [
    {
      name: '[file]',
      description: 'judge this proposal instead of the manifest; - is standard input',
    },
  ],
  options: [
    ...changesOptions('there are changes'),
    {
      flags: '--against <base>',
      offers: 'files',
      description:
        'compare with a manifest (- is standard input), rev:NUMBER, git:COMMIT or snapshot:FILE',
    },
    {
      flags: '--horizon <duration>',
      description: 'how far to compare runs, 1h to 400d (default: 7d)',
    },
    {
      flags: '--write-renames',
      description: 'write renamed_from for jobs that look renamed into the manifest, then plan',
    },
    { flags: '--calendar', description: 'the coming week by the hour, before and after' },
    { flags: '--svg <file>', description: 'the same as a picture, for a pull request' },
    {
      flags: '-o, --out <file>',
      description: 'keep the plan, to be applied as it is: FILE.jm2plan',
    },
    {
      flags: '--expires <duration>',
      description: 'how long a kept plan is good for (default: 1d)',
    },
    { flags: '--at <time>', description: 'as if it were then: the same answer on every day' },
    ...formatOptions,
  ],
  examples: [
    { command: 'jm2 plan', meaning: 'what the next apply would do' },
    { command: 'git show feature:jobs.yaml | jm2 plan -', meaning: 'judge a branch' },
    {
      command: 'jm2 plan --against git:main',
      meaning: 'what a branch changes, without a daemon',
    },
    {
      command: 'jm2 plan --against snapshot:production.json',
      meaning: 'and what it would do where the snapshot was taken',
    },
    { command: 'jm2 plan --against rev:41', meaning: 'what has changed since that revision' },
    { command: 'jm2 plan --write-renames', meaning: 'keep the history of jobs under new names' },
    { command: 'jm2 plan --svg plan.svg', meaning: 'a picture of the coming week, for a review' },
    { command: 'jm2 plan --out change.jm2plan', meaning: 'keep it, for jm2 apply change.jm2plan' },
    {
      command: 'jm2 plan --against git:origin/main --format-into markdown=plan.md',
      meaning: 'a comment for a pull request',
    },
    { command: 'jm2 plan --detailed-exitcode', meaning: 'for scripts: 2 when there are changes' },
  ],
  run: async (context, input) => {
    const wanted = wantedFormats(context, input);
    const outcome = await plan(context, input);
    if (!isFormatted(wanted)) return outcome.answer;
    const { planInFormats } = await import('../formats/plan-report.ts');
    return planInFormats(context, wanted, outcome);
  },
};

async function plan(context: Context, input: Input): Promise<PlanOutcome> {
  const horizonMs = input.duration('horizon') ?? horizonDefaultMs;
  if (horizonMs < horizonMinMs || horizonMs > horizonMaxMs) {
    throw wrongArguments(
      'The horizon must be between 1h and 400d.',
      'For example: jm2 plan --horizon 30d',
    );
  }
  const now = input.instant('at', context.terminal) ?? context.terminal.now;
  const drawn = input.flag('calendar') || input.text('svg') !== null;
  if (input.text('expires') !== null && input.text('out') === null) {
    throw wrongArguments(
      '--expires goes with --out.',
      'jm2 plan --out change.jm2plan --expires 7d',
    );
  }
  const at = {
    now,
    horizonMs,
    ...(drawn ? { hasWeek: true } : {}),
    ...(context.verbose ? { listsUnchanged: true } : {}),
  };
  const against = input.text('against');
  if (against !== null && input.text('out') !== null) {
    throw wrongArguments('A kept plan is one against what is in force.', 'Leave out --against.');
  }
  if (input.flag('writeRenames') && (against !== null || input.argument(0) !== null)) {
    throw wrongArguments(
      '--write-renames is about the manifest and what is in force.',
      'Leave out the file and --against.',
    );
  }
  if (against !== null) return planFrom(context, input, against, at);
  const place = await context.locations();
  const { text, source } = await proposalOf(context, input.argument(0), place.manifest);
  const { planFromStore } = await import('../../daemon/plan-from-store.ts');
  const planIt = () =>
    withProgress(context, 'working out the change', () => planFromStore(place, { text, ...at }), {
      atOnce: true,
    });
  let value = await planIt();
  if (input.flag('writeRenames') && value.kind === 'planned') {
    const { writeRenames } = await import('../write-renames.ts');
    const { alone } = await import('../edit-lock.ts');
    const { plan } = value;
    const written = await alone(context, () => writeRenames(place.manifest, source, plan));
    for (const { job, from } of written) {
      context.output.note(`${source}: ${job} was renamed from ${from}`);
    }
    if (written.length === 0) context.output.note('No job looks renamed.');
    else value = await planIt();
  }
  // Whoever judged it knows the manifest's own path, or nothing of the proposal's.
  const judged = source === 'standard input' ? '<stdin>' : source;
  if (value.kind === 'rejected') {
    return rejected(named(value.diagnostics, judged), {
      source: judged,
      text: text ?? (await readSource(place)),
    });
  }
  if (value.plan.committed?.edited === true) {
    context.output.note(
      `${source} has changes that are not committed: they do not count (worktree: committed).`,
    );
  }
  if (value.confirmation) {
    context.output.note(confirmationWords(value.confirmation, context.terminal));
  }
  const { committed } = value.plan;
  const { committedText } = await import('../commit-files.ts');
  // Where only what is committed counts, that is what was planned, whatever the file says.
  const readText = async (): Promise<string | null> =>
    text ??
    (committed === undefined ? readSource(place) : committedText(place.manifest, committed.commit));
  await warnOfOldZonesIn(context, await readText());
  const plan = namedPlan(value.plan, judged);
  const out = input.text('out');
  let kept: KeptAs | null = null;
  if (out !== null) {
    const { keepPlan } = await import('../keep-plan.ts');
    kept = await keepPlan(context, input, out, plan, {
      text: (await readText()) ?? (await readProposal(place.manifest, source)),
      manifest: source,
      isFile: text === null,
    });
  }
  const by = text === null ? await byCommits(context, plan) : plan;
  return planned(context, by, input, {
    source,
    text: plan.diagnostics.length === 0 ? null : await readText(),
    readText,
    kept,
  });
}

/** With the commits since the one that is in force; of a branch, since that of its base. */
async function byCommits(
  context: Context,
  plan: PlanView,
  ref: string | null = null,
): Promise<PlanView> {
  if (plan.changes.length === 0 && ref === null) return plan;
  const { manifest } = await context.locations();
  const { attributed } = await import('../attribute-plan.ts');
  if (ref !== null) {
    const { baseCommit } = await import('../base-commit.ts');
    const base = await baseCommit(manifest, ref);
    const told = await attributed(plan, manifest, base?.commit ?? null);
    return base === null ? told : { ...told, baseCommit: base };
  }
  const { allRevisions } = await import('../earlier-manifest.ts');
  const [latest] = await allRevisions(context);
  return attributed(plan, manifest, latest?.gitCommit ?? null);
}

/** Since a commit, or since the one that a revision came from. */
async function byCommitsSince(
  context: Context,
  plan: PlanView,
  against: string,
): Promise<PlanView> {
  const { asRevision } = await import('../compared.ts');
  const [, kind, rest = ''] = /^(rev|git):(.*)$/s.exec(asRevision(against)) ?? [];
  if (kind === 'git') return byCommits(context, plan, rest);
  if (kind !== 'rev') return plan;
  const { allRevisions } = await import('../earlier-manifest.ts');
  const base = (await allRevisions(context)).find(({ number }) => number === Number(rest));
  const { manifest } = await context.locations();
  const { attributed } = await import('../attribute-plan.ts');
  return attributed(plan, manifest, base?.gitCommit ?? null);
}

/** `text` is null for the manifest's own file, which is read where it is judged. */
async function proposalOf(
  context: Context,
  file: string | null,
  manifest: string,
): Promise<{ readonly text: string | null; readonly source: string }> {
  if (file === null) return { text: null, source: context.shownPath(manifest) };
  const path = file === '-' ? file : resolve(context.cwd, file);
  const source = file === '-' ? 'standard input' : context.shownPath(path);
  return { text: await readProposal(path, source), source };
}

/** Against a named base: no daemon is asked, and for a file or a snapshot no store. */
async function planFrom(
  context: Context,
  input: Input,
  against: string,
  at: Moment,
): Promise<PlanOutcome> {
  const file = input.argument(0);
  if (['-', 'snapshot:-'].includes(against) && file === '-') {
    throw wrongArguments(
      'Only one of the two can be standard input.',
      'Name a file for the other.',
    );
  }
  const proposal = async () => {
    const path = file ?? (await context.locations()).manifest;
    const full = path === '-' ? path : resolve(context.cwd, path);
    const shown = path === '-' ? 'standard input' : context.shownPath(full);
    const directory = path === '-' ? context.cwd : dirname(full);
    return { text: await readProposal(full, shown), file: shown, directory };
  };
  const { planAgainst } = await import('../plan-base.ts');
  const { reply, base, of, remark } = await withProgress(
    context,
    'working out the change',
    () => planAgainst(context, against, proposal, at),
    { atOnce: true },
  );
  if (remark !== null) context.output.note(remark);
  if (reply.kind === 'rejected') {
    return rejected(named(reply.diagnostics, of.file), {
      source: of.file,
      against: base,
      text: of.text,
    });
  }
  await warnOfOldZonesIn(context, of.text);
  const plan = namedPlan(reply.plan, of.file);
  const by = file === null ? await byCommitsSince(context, plan, against) : plan;
  return planned(context, by, input, {
    source: of.file,
    against: base,
    text: of.text,
    readText: async () => of.text,
  });
}

interface Shown {
  readonly source: string;
  readonly against?: string;
  readonly text: string | null;
  readonly kept?: KeptAs | null;
}

async function planned(
  context: Context,
  plan: PlanView,
  input: Input,
  shown: Shown & Pick<PlanOutcome, 'readText'>,
): Promise<PlanOutcome> {
  const svg = input.text('svg');
  if (svg !== null) {
    const { drawPlan } = await import('../plan-picture.ts');
    await drawPlan(context, svg, plan, shown);
  }
  const changed = !isEmptyPlanView(plan);
  const answer: Answer = {
    data: plan,
    exitCode: codeOfChanges(input, changed),
    text: (terminal) => {
      const { diagnostics } = plan;
      const warnings = diagnosticsText({ source: shown.text, diagnostics }, terminal);
      const week =
        input.flag('calendar') && plan.week !== undefined
          ? `\n\n${weekGridText(plan.week, terminal)}`
          : '';
      return `${warnings === '' ? '' : `${warnings}\n\n`}${planText(plan, { ...shown, isVerbose: context.verbose }, { ...terminal, now: Date.parse(plan.at) })}${week}`;
    },
  };
  const { source, readText } = shown;
  const against = shown.against ?? null;
  const kept = shown.kept ?? null;
  return { answer, plan, diagnostics: plan.diagnostics, source, against, kept, readText };
}

function rejected(
  diagnostics: readonly Diagnostic[],
  { source, against, text }: Shown,
): PlanOutcome {
  const answer: Answer = {
    data: { diagnostics },
    error: notAccepted(diagnostics).toBody(),
    exitCode: ExitCode.manifestNotAccepted,
    problem: true,
    text: rejectionText(diagnostics, text),
  };
  return {
    answer,
    plan: null,
    diagnostics,
    source,
    against: against ?? null,
    kept: null,
    readText: async () => text,
  };
}
