// Takes away what nobody needs any more: old runs, old logs, one-shots that are over.
import type { FlushInput, FlushView, Service } from '../../api/service.ts';
import { editManifest } from '../../core/manifest/edit/edit-manifest.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { confirmed } from '../confirm.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { sha256 } from '../../system/digest.ts';
import { withProgress } from '../progress.ts';
import { pausedAtOnceMax } from '../../api/wire.ts';
import { jobsByState, stateSelection } from '../select-by-state.ts';
import { wrongArguments } from '../usage-errors.ts';
import { flushedText, flushQuestion } from '../views/flushed.ts';

export const flushCommand: CommandDefinition = {
  name: 'flush',
  summary: 'Remove old runs and logs, and list no completed one-shots',
  description:
    'Without options: jobs whose one time is over and went well leave jm2 list; their history and the manifest stay, and they come back when they run again. What has not ended is never touched, nor the newest failure of a job unless --all says so. Removed runs are gone: jm2 why then says that they were pruned. Works without a daemon, too.',
  arguments: [
    { name: '[job...]', description: 'only of these jobs; patterns such as "web-*" as well' },
  ],
  options: [
    ...stateSelection,
    {
      flags: '--history <duration>',
      description: 'remove runs that ended longer ago than this, and their logs',
    },
    {
      flags: '--logs <duration>',
      description: 'remove logs of runs that ended longer ago than this',
    },
    {
      flags: '--days <number>',
      description: 'the same as --history and --logs with so many days',
    },
    { flags: '--no-jobs', description: 'leave completed one-shots in the list' },
    { flags: '--file', description: 'take completed one-shots out of the manifest as well' },
    {
      flags: '-a, --all',
      description: 'also the newest failure of each job, and one-shots that failed',
    },
    { flags: '--dry-run', description: 'say what would go, and change nothing' },
    { flags: '-y, --yes', description: 'do not ask' },
    { flags: '-f, --force', description: 'the same as --yes', hidden: true },
  ],
  examples: [
    { command: 'jm2 flush', meaning: 'completed one-shots leave the list' },
    { command: 'jm2 flush --history 90d --logs 30d --dry-run', meaning: 'what would go?' },
    { command: 'jm2 flush --logs 7d --no-jobs --yes', meaning: 'make room' },
    { command: 'jm2 flush --tag trial --history 1d', meaning: 'of jobs with a tag' },
    { command: 'jm2 flush --days 30', meaning: 'nothing older than that' },
    { command: 'jm2 flush --file', meaning: 'also out of jobs.yaml' },
  ],
  run: flush,
};

const dayMs = 86_400_000;

type Sums = Omit<FlushView, 'next'>;

async function flush(context: Context, input: Input): Promise<Answer> {
  const asked = wantedBy(context, input);
  const wanted = { ...asked, ...(await ofJobs(context, input)) };
  const isDryRun = input.flag('dryRun');
  const planned = await withProgress(context, 'looking for what is old', () =>
    flushed(context, { ...wanted, dryRun: true }),
  );
  const ofFile = input.flag('file')
    ? await inFile(context, [
        ...planned.jobs,
        ...(await flushedBefore(context, wanted.jobs ?? null)),
      ])
    : null;
  const removed = ofFile?.names ?? [];
  const isEmpty = sizeOf(planned) + planned.jobs.length + removed.length === 0;
  if (isDryRun || isEmpty) return answer(planned, { isDryRun, removed, isEmpty });
  const isUnasked = input.flag('yes') || input.flag('force');
  // Leaving the list loses nothing.
  if (!isUnasked && (sizeOf(planned) > 0 || ofFile !== null)) {
    await confirmed(context, flushQuestion(planned, removed), {
      ...planned,
      dryRun: true,
      removedFromFile: [],
    });
  }
  if (ofFile !== null) await ofFile.remove();
  const toRemove = sizeOf(planned);
  const done = await withProgress(context, 'removing', ({ reached }) =>
    flushed(context, { ...wanted, dryRun: false }, (sums) => reached(sizeOf(sums), toRemove)),
  );
  // What left the manifest is no job any more that could leave the list.
  const jobs = planned.jobs.filter((name) => !removed.includes(name));
  return answer({ ...done, jobs }, { isDryRun, removed, isEmpty: false });
}

function wantedBy(context: Context, input: Input): Omit<FlushInput, 'after' | 'dryRun'> {
  const ago = (name: string): string | null => {
    const age = input.duration(name);
    return age === null ? null : new Date(context.terminal.now - age).toISOString();
  };
  const days = input.count('days', { min: 1, max: 36_500 });
  if (days !== null && (input.text('history') ?? input.text('logs')) !== null) {
    throw wrongArguments(
      '--days says how old both runs and logs may be.',
      'Leave it out, or --history and --logs.',
    );
  }
  const sameAge =
    days === null ? null : new Date(context.terminal.now - days * dayMs).toISOString();
  const [history, logs] = [sameAge ?? ago('history'), sameAge ?? ago('logs')];
  const oneShots = input.flag('jobs');
  if (!oneShots && history === null && logs === null) {
    throw wrongArguments(
      'With --no-jobs alone there is nothing to do.',
      'jm2 flush --logs 30d --no-jobs',
    );
  }
  if (!oneShots && input.flag('file')) {
    throw wrongArguments('--no-jobs and --file say two things.', 'Leave one of them out.');
  }
  return { by: context.actor, history, logs, oneShots, all: input.flag('all') };
}

/** Nothing where all jobs are meant: a daemon of before, right after an upgrade, knows no key for it. */
async function ofJobs(context: Context, input: Input): Promise<Pick<FlushInput, 'jobs'>> {
  const jobs = await jobsByState(context, input);
  if (jobs === null) return {};
  if (jobs.length <= pausedAtOnceMax) return { jobs };
  throw wrongArguments(
    `${jobs.length} jobs are selected; at most ${pausedAtOnceMax} are flushed at once.`,
    'Select fewer, or leave the selection out for all of them.',
  );
}

/** Those that left the list at an earlier flush stand in the file all the same. */
async function flushedBefore(
  context: Context,
  only: readonly string[] | null,
): Promise<readonly string[]> {
  const { value } = await context.read((service) => service.list());
  return value.jobs
    .filter(({ flushed: isFlushed, name }) => isFlushed && (only?.includes(name) ?? true))
    .map(({ name }) => name);
}

/** Runs, logs and records that would be lost. */
function sizeOf({ runs, outcomes, logs }: Sums): number {
  return runs + outcomes + logs;
}

/** Page by page, by the daemon or, while none runs, under its lock. */
async function flushed(
  context: Context,
  input: Omit<FlushInput, 'after'>,
  onPage: (sums: Sums) => void = () => undefined,
): Promise<Sums> {
  const { isNobodyListening } = await import('../../api/client.ts');
  try {
    const daemon = await context.daemon();
    return await allPages((page) => daemon.flush(page), input, onPage);
  } catch (error) {
    if (!isNobodyListening(error)) throw error;
  }
  const { flushOffline } = await import('../../daemon/flush-offline.ts');
  const [place, { settings }] = [await context.locations(), await context.settings()];
  return flushOffline(place, settings, input.dryRun, (page) => allPages(page, input, onPage));
}

async function allPages(
  page: Service['flush'],
  input: Omit<FlushInput, 'after'>,
  onPage: (sums: Sums) => void,
): Promise<Sums> {
  let sums: Sums = { runs: 0, outcomes: 0, logs: 0, bytes: 0, jobs: [] };
  let after: FlushInput['after'] = null;
  // Each page lies behind the one before, and there are only so many runs.
  do {
    const { next, ...more } = await page({ ...input, after });
    sums = {
      runs: sums.runs + more.runs,
      outcomes: sums.outcomes + more.outcomes,
      logs: sums.logs + more.logs,
      bytes: sums.bytes + more.bytes,
      jobs: [...sums.jobs, ...more.jobs],
    };
    onPage(sums);
    after = next;
  } while (after !== null);
  return sums;
}

/** Those of the jobs that stand in the file; null for none. */
async function inFile(
  context: Context,
  jobs: readonly string[],
): Promise<{ readonly names: readonly string[]; readonly remove: () => Promise<Answer> } | null> {
  if (jobs.length === 0) return null;
  const { changeManifest, readManifestText } = await import('../manifest-change.ts');
  const { notAccepted } = await import('../manifest-file.ts');
  const { loadManifest } = await import('../../core/manifest/load-manifest.ts');
  const manifest = await readManifestText(context, { orUser: false });
  const bytes = new TextEncoder().encode(manifest.text);
  const file = context.shownPath(manifest.place.manifest);
  const { readBeside } = await import('../../system/read-beside.ts');
  const files = readBeside(manifest.place.manifestDir);
  const judged = loadManifest(bytes, { file, digest: sha256, files });
  if (judged.manifest === null) throw notAccepted(judged.diagnostics);
  const names: string[] = [];
  let { text } = manifest;
  for (const name of jobs) {
    // The file may be newer than what is in force, and give the job another time.
    const written = judged.manifest.jobs.find((job) => job.name === name);
    const isOver = written?.schedules.every(
      (schedule) => schedule.kind === 'at' && schedule.instant < context.terminal.now,
    );
    if (isOver !== true) continue;
    const edited = editManifest(text, { kind: 'remove', name });
    if (!edited.ok) continue;
    names.push(name);
    text = edited.text;
  }
  if (names.length === 0) return null;
  const remove = (): Promise<Answer> =>
    changeManifest(context, {
      before: manifest,
      after: text,
      touched: names,
      dryRun: false,
      yes: true,
      question: '',
      done: '',
    });
  return { names, remove };
}

function answer(
  sums: Sums,
  facts: {
    readonly isDryRun: boolean;
    readonly removed: readonly string[];
    readonly isEmpty: boolean;
  },
): Answer {
  return {
    data: { ...sums, dryRun: facts.isDryRun, removedFromFile: facts.removed },
    confirmation: !facts.isDryRun,
    text: () => flushedText(sums, facts),
  };
}
