// Writes jobs in another format, so that nobody is locked in. What a format has
// no word for is said on stderr.
import { writeFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { exportCrontab, type Exported } from '../../core/exchange/export-crontab.ts';
import { exportManifest } from '../../core/exchange/export-manifest.ts';
import type { Job } from '../../core/manifest/job.ts';
import { selectJobs } from '../../core/selection/select-jobs.ts';
import { isKnownZone } from '../../core/schedule/zone-names.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { judgeManifest } from '../manifest-file.ts';
import { refusedManifest } from '../refused-manifest.ts';
import { didYouMean, nearest, wrongArguments, wrongValue } from '../usage-errors.ts';
import { oneLine } from '../views/foreign.ts';
import { count } from '../views/status.ts';

const formats = ['yaml', 'json', 'crontab', 'crontab-system'] as const;
type ExportFormat = (typeof formats)[number];

export const exportCommand: CommandDefinition = {
  name: 'export',
  summary: 'Write jobs as a crontab, as YAML or as JSON',
  description:
    'Reads the manifest file only. A line of a crontab is written only when cron would start it at the same times for a year; what cannot be expressed is said on stderr. `jm2 import` reads each of the formats.',
  arguments: [
    { name: '[job...]', description: 'names or patterns such as web-* (default: all jobs)' },
  ],
  options: [
    { flags: '--format <format>', description: 'yaml (default) or another', choices: formats },
    { flags: '-t, --tag <tag>', description: 'jobs with this tag; may be repeated', repeat: true },
    { flags: '--grep <text>', description: 'jobs with this text in name, description or tags' },
    { flags: '-o, --output <file>', description: 'write into this file instead of stdout' },
    { flags: '--force', description: 'overwrite a file that exists' },
    { flags: '--tz <zone>', description: 'zone in which cron reads its lines (default: here)' },
  ],
  examples: [
    { command: 'jm2 export --format crontab', meaning: 'all jobs for cron' },
    { command: 'jm2 export dump-shop --format json -o dump.json', meaning: 'one job, to a file' },
  ],
  run: exportJobs,
};

async function exportJobs(context: Context, input: Input): Promise<Answer> {
  const format = (input.text('format') ?? 'yaml') as ExportFormat;
  const zone = input.text('tz') ?? context.terminal.zone;
  if (!isKnownZone(zone)) {
    throw wrongValue(
      `--tz got "${zone}", which is no zone.`,
      'Write a name such as Europe/Berlin.',
    );
  }
  const output = input.text('output');
  if (output === '') throw wrongArguments('--output names no file.', 'jm2 export --help');
  const { manifest: path } = await context.locations();
  const judged = await judgeManifest(path, context.shownPath(path));
  if (judged.manifest === null || judged.text === null) return refusedManifest(judged);
  const jobs = chosenJobs(judged.manifest.jobs, input);
  const { text, remarks } = written(judged.text, jobs, {
    format,
    zone,
    isWhole: jobs.length === judged.manifest.jobs.length,
    directory: dirname(path),
    now: context.terminal.now,
  });
  for (const { job, text: remark } of remarks) {
    context.output.note(oneLine(`${job === null ? '' : `${job}: `}${remark}`));
  }
  const file = output === null ? null : resolve(context.cwd, output);
  if (file !== null) await writeOut(context, file, text, input.flag('force'));
  return {
    data: { format, jobs: jobs.map(({ name }) => name), text, file, remarks },
    confirmation: file !== null,
    text: () =>
      file === null ? text : `wrote ${count(jobs.length, 'job')} to ${context.shownPath(file)}`,
  };
}

/** From the file and not from the daemon: what is exported need not be in force. */
function chosenJobs(jobs: readonly Job[], input: Input): readonly Job[] {
  const { names, unknown, idle } = selectJobs(jobs, {
    names: input.list(0),
    tags: input.texts('tag'),
    grep: input.text('grep'),
  });
  const [missing] = [...unknown, ...idle];
  if (missing !== undefined) {
    const known = jobs.map(({ name }) => name);
    throw operationalError('JM2-R101', {
      detail: `No job of the manifest is "${missing}". Nothing was written.`,
      hint: didYouMean(nearest(missing, known)) ?? `Its jobs: ${known.slice(0, 20).join(', ')}`,
    });
  }
  if (names.length === 0 && jobs.length > 0) {
    throw operationalError('JM2-R101', {
      detail: 'No job of the manifest is selected by that. Nothing was written.',
      hint: 'jm2 export --help',
    });
  }
  const chosen = new Set(names);
  return jobs.filter(({ name }) => chosen.has(name));
}

function written(
  source: string,
  jobs: readonly Job[],
  options: {
    readonly format: ExportFormat;
    readonly zone: string;
    readonly isWhole: boolean;
    readonly directory: string;
    readonly now: number;
  },
): Exported {
  const { format, isWhole, zone, directory, now } = options;
  if (format === 'yaml' || format === 'json') {
    const names = isWhole ? null : new Set(jobs.map(({ name }) => name));
    return { text: exportManifest(source, names, format), remarks: [] };
  }
  const system = format === 'crontab-system';
  const home = system ? null : homedir();
  return exportCrontab(jobs, { system, zone, home, user: account(), directory, now });
}

function account(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the user database: cron could not run it either.
    return 'root';
  }
}

async function writeOut(
  context: Context,
  file: string,
  text: string,
  force: boolean,
): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const shown = context.shownPath(file);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw operationalError('JM2-C106', {
        detail: `${shown} exists already and was not touched.`,
        cause: error,
      });
    }
    throw operationalError('JM2-C107', {
      detail: `${shown} cannot be written: ${(error as Error).message}.`,
      cause: error,
    });
  }
}
