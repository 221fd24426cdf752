// Judges manifests without a daemon and shows every problem at once.
import { dirname, resolve } from 'node:path';
import { daySetOf } from '../../core/calendar/allowed-days.ts';
import { hasErrors } from '../../core/diagnostics/diagnostic.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { Manifest } from '../../core/manifest/job.ts';
import type { Schedule } from '../../core/schedule/schedule.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { fewNames } from '../few-names.ts';
import type { Input } from '../input.ts';
import { withProgress } from '../progress.ts';
import { formatOptions, isFormatted, wantedFormats } from '../formats/format-names.ts';
import { judgeManifest, notAccepted } from '../manifest-file.ts';
import type { JudgedManifest } from '../manifest-file.ts';
import { wrongArguments } from '../usage-errors.ts';
import type { Judgement } from '../validate-watch.ts';
import { validationText } from '../views/validation.ts';

export const validateCommand: CommandDefinition = {
  name: 'validate',
  summary: 'Check manifests, showing every problem at once',
  description:
    'Works without a daemon and changes nothing. Ends with 0 when all files are accepted, else with 3. With --deep it also looks whether the jobs could start here: that is for the host that runs them, in the environment that the daemon has.',
  arguments: [
    { name: '[file...]', description: 'manifests, or - for standard input (default: the nearest)' },
  ],
  options: [
    { flags: '--strict', description: 'take warnings for errors' },
    {
      flags: '--deep',
      description: 'also look for programs, directories, accounts and secrets on this host',
    },
    { flags: '-w, --watch', description: 'check again on every save, until Ctrl-C' },
    ...formatOptions,
  ],
  examples: [
    { command: 'jm2 validate', meaning: 'check the nearest jobs.yaml' },
    { command: 'jm2 validate a.yaml b.yaml', meaning: 'check several files' },
    { command: 'git show HEAD:jobs.yaml | jm2 validate -', meaning: 'check what was committed' },
    { command: 'jm2 validate --deep', meaning: 'before an apply, on the host that runs the jobs' },
    { command: 'jm2 validate --watch', meaning: 'beside the editor' },
    {
      command: 'jm2 validate --format github --format-into sarif=jobs.sarif',
      meaning: 'in a pipeline: beside the lines of a change, and for code scanning',
    },
  ],
  run: async (context, input) => {
    const paths = await pathsOf(context, input.list(0));
    if (!input.flag('watch')) return (await validate(context, input, paths)).answer;
    if (paths.includes('-') || isFormatted(wantedFormats(context, input))) {
      throw wrongArguments(
        '--watch is for files, and for people or --json.',
        'Leave out -, --format and --format-into.',
      );
    }
    const { judgeOnEachChange } = await import('../validate-watch.ts');
    return judgeOnEachChange(context, () => validate(context, input, paths));
  },
};

/** Absolute, or `-`. */
async function pathsOf(context: Context, files: readonly string[]): Promise<readonly string[]> {
  if (files.length === 0) return [(await context.locations()).manifest];
  return files.map((file) => (file === '-' ? file : resolve(context.cwd, file)));
}

async function validate(
  context: Context,
  input: Input,
  paths: readonly string[],
): Promise<Judgement> {
  const judged: JudgedManifest[] = [];
  for (const path of paths) {
    const shown = path === '-' ? '<stdin>' : context.shownPath(path);
    const one = await withProgress(
      context,
      'reading the manifest',
      () => judgeManifest(path, shown),
      { atOnce: true },
    );
    judged.push(input.flag('deep') ? await deeper(context, one, path) : one);
  }
  for (const one of judged) noteOver(context, one);
  if (input.list(0).length === 0) await noteRenames(context, judged[0]?.manifest ?? null);
  const answer = await answerOf(context, input, judged);
  return { answer, paths: judged.flatMap(({ files }, at) => readFor(paths[at] ?? '', files)) };
}

/** The manifest and what it names, such as files of calendars. */
function readFor(path: string, files: readonly string[]): string[] {
  return [path, ...files.map((file) => resolve(dirname(path), file))];
}

async function deeper(
  context: Context,
  judged: JudgedManifest,
  path: string,
): Promise<JudgedManifest> {
  const { manifest } = judged;
  if (manifest === null) return judged;
  const { startProblems } = await import('../start-problems.ts');
  const directory = path === '-' ? context.cwd : dirname(path);
  const found = await withProgress(context, 'looking whether the jobs can start', () =>
    startProblems({ ...judged, manifest }, directory),
  );
  const { compareDiagnostics } = await import('../../core/diagnostics/compare-diagnostics.ts');
  const diagnostics = [...judged.diagnostics, ...found].toSorted(compareDiagnostics);
  return { ...judged, diagnostics };
}

async function answerOf(
  context: Context,
  input: Input,
  judged: readonly JudgedManifest[],
): Promise<Answer> {
  const wanted = wantedFormats(context, input);
  const strict = input.flag('strict');
  const refused = (one: JudgedManifest): boolean =>
    one.manifest === null ||
    hasErrors(one.diagnostics) ||
    (strict && one.diagnostics.some(({ severity }) => severity === 'warning'));
  const data = {
    diagnostics: judged.flatMap(({ diagnostics }) => diagnostics),
    files: judged.map((one) => ({
      file: one.file,
      accepted: !refused(one),
      jobs: one.manifest?.jobs.length ?? null,
      digest: one.digest === '' ? null : one.digest,
    })),
  };
  const failed = judged.filter(refused);
  const text: Answer['text'] = (terminal) =>
    validationText(
      judged.map((one) => ({ ...one, accepted: !refused(one) })),
      terminal,
    );
  const accepted = failed.length === 0;
  const error = notAccepted(failed.flatMap(({ diagnostics }) => diagnostics));
  const answer: Answer = accepted
    ? { data, text }
    : { data, text, error: error.toBody(), exitCode: ExitCode.manifestNotAccepted };
  if (!isFormatted(wanted)) return answer;
  const { inFormats } = await import('../formats/format-answer.ts');
  return inFormats(context, wanted, answer, {
    command: 'validate',
    version: context.version,
    source: judged.map(({ file }) => file).join(', '),
    against: null,
    kept: null,
    files: data.files,
    diagnostics: data.diagnostics,
    plan: null,
    accepted,
    // One that is judged beside another says nothing of that one's variables.
    publicEnv: judged.length === 1 ? (judged[0]?.manifest?.publicEnv ?? []) : [],
    name: wanted.name,
    placeOf: () => null,
    isChanged: () => false,
  });
}

/**
 * Told, but no diagnostic: what is accepted must not depend on the time of day
 * at which somebody asks, and a moment that has passed is no mistake.
 */
function noteOver(context: Context, { file, manifest }: JudgedManifest): void {
  noteOldCalendars(context, file, manifest);
  const over = (manifest?.jobs ?? []).filter((job) => isOver(job.schedules, context.terminal.now));
  if (over.length === 0) return;
  const names = fewNames(over.map(({ name }) => name));
  context.output.note(
    `note: ${file}: every moment of ${names} has passed; added now, it never starts by itself.`,
  );
}

/** Of the manifest alone: what became of a rename, and what can, this host's store knows. */
async function noteRenames(context: Context, manifest: Manifest | null): Promise<void> {
  if (manifest?.jobs.some(({ renamedFrom }) => renamedFrom.length > 0) !== true) return;
  const { renamesHere } = await import('../prune-renames.ts');
  const places = await context.locations();
  let found: ReturnType<typeof renamesHere>;
  try {
    found = renamesHere(places, manifest, context.terminal.now);
  } catch {
    // What is accepted must not depend on a store that cannot be read; `status` tells of it.
    return;
  }
  const { spent, unknown } = found;
  if (spent.length > 0) {
    const names = fewNames(spent.map(({ job }) => job));
    context.output.note(
      `note: renamed_from of ${names} has been carried out here: jm2 fmt --prune-renames`,
    );
  }
  if (unknown.length > 0) {
    context.output.note(
      `note: renamed_from of ${fewNames(unknown)} names nobody who is, or was, in force here: there is no history to take over`,
    );
  }
}

/** By their ends alone: a rule without one goes on. */
function isOver(schedules: readonly Schedule[], now: number): boolean {
  return (
    schedules.length > 0 &&
    schedules.every(
      (schedule) =>
        (schedule.kind === 'at' && schedule.instant <= now) ||
        (schedule.until !== null && schedule.until <= now),
    )
  );
}

/** A calendar that was not carried on leaves nothing out any more. */
function noteOldCalendars(context: Context, file: string, manifest: Manifest | null): void {
  const today = Math.floor(context.terminal.now / 86_400_000) - 1;
  const over = Object.values(manifest?.calendars ?? {}).filter((calendar) => {
    const last = daySetOf(calendar).last();
    return calendar.days.length > 0 && last !== null && last < today;
  });
  if (over.length === 0) return;
  const names = over.map(({ name }) => name).join(', ');
  context.output.note(
    `note: ${file}: all days of ${over.length === 1 ? 'calendar' : 'the calendars'} ${names} have passed.`,
  );
}
