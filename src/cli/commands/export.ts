// Writes jobs in another format, so that nobody is locked in. What a format has
// no word for is said on stderr.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { makeDirectory } from '../../system/make-directory.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Exported, ExportedFile } from '../../core/exchange/exported.ts';
import { exportKubernetes } from '../../core/exchange/export-kubernetes.ts';
import { exportSystemd, inOneText } from '../../core/exchange/export-systemd.ts';
import { exportCrontab } from '../../core/exchange/export-crontab.ts';
import { exportManifest } from '../../core/exchange/export-manifest.ts';
import type { Job } from '../../core/manifest/job.ts';
import { selectJobs } from '../../core/selection/select-jobs.ts';
import { requireKnownZone } from '../given-zone.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { judgeManifest } from '../manifest-file.ts';
import { refusedManifest } from '../refused-manifest.ts';
import { didYouMean, nearest, wrongArguments, wrongValue } from '../usage-errors.ts';
import { oneLine } from '../views/foreign.ts';
import { count } from '../views/status.ts';

const formats = ['yaml', 'json', 'crontab', 'crontab-system', 'systemd', 'kubernetes'] as const;
type ExportFormat = (typeof formats)[number];

export const exportCommand: CommandDefinition = {
  name: 'export',
  summary: 'Write jobs as a crontab, timers, CronJobs, YAML or JSON',
  description:
    'Reads the manifest file only. A line of a crontab, a timer of systemd or a CronJob of Kubernetes is written only when it would start at the same times for a year; what cannot be expressed is said on stderr. Timers and their services go into the directory of --output, each in a file of its own, or one after the other to stdout. `jm2 import` reads each of the formats.',
  arguments: [
    { name: '[job...]', description: 'names or patterns such as web-* (default: all jobs)' },
  ],
  options: [
    { flags: '--format <format>', description: 'yaml (default) or another', choices: formats },
    { flags: '-t, --tag <tag>', description: 'jobs with this tag; may be repeated', repeat: true },
    { flags: '--grep <text>', description: 'jobs with this text in name, description or tags' },
    {
      flags: '-o, --output <file>',
      description: 'write into this file, or directory of units, instead of stdout',
    },
    { flags: '--force', description: 'overwrite files that exist' },
    { flags: '--tz <zone>', description: 'zone in which cron reads its lines (default: here)' },
    { flags: '--image <name>', description: 'image that runs the jobs in a cluster' },
    { flags: '--namespace <name>', description: 'namespace of the CronJobs' },
  ],
  examples: [
    { command: 'jm2 export --format crontab', meaning: 'all jobs for cron' },
    { command: 'jm2 export dump-shop --format json -o dump.json', meaning: 'one job, to a file' },
    { command: 'jm2 export --format systemd -o units', meaning: 'timers with their services' },
    {
      command: 'jm2 export --format kubernetes --image registry/jobs:1',
      meaning: 'CronJobs for kubectl apply -f -',
    },
  ],
  run: exportJobs,
};

async function exportJobs(context: Context, input: Input): Promise<Answer> {
  const format = (input.text('format') ?? 'yaml') as ExportFormat;
  const zone = input.text('tz') ?? context.terminal.zone;
  requireKnownZone(zone);
  const output = input.text('output');
  if (output === '') throw wrongArguments('--output names no file.', 'jm2 export --help');
  const cluster = clusterOf(input, format);
  const { manifest: path } = await context.locations();
  const judged = await judgeManifest(path, context.shownPath(path));
  if (judged.manifest === null || judged.text === null) return refusedManifest(judged);
  const jobs = chosenJobs(judged.manifest.jobs, input);
  const { text, remarks, units } = written(judged.text, jobs, {
    format,
    zone,
    cluster,
    isWhole: jobs.length === judged.manifest.jobs.length,
    directory: dirname(path),
    now: context.terminal.now,
  });
  for (const { job, text: remark } of remarks) {
    context.output.note(oneLine(`${job === null ? '' : `${job}: `}${remark}`));
  }
  const file = output === null ? null : resolve(context.cwd, output);
  const files =
    file === null ? [] : await writeOut(context, file, { text, units }, input.flag('force'));
  return {
    data: { format, jobs: jobs.map(({ name }) => name), text, file, files, remarks },
    confirmation: file !== null,
    text: () => {
      if (file === null) return text;
      const what =
        units === null
          ? count(jobs.length, 'job')
          : `${count(units.length / 2, 'timer')} with ${units.length === 2 ? 'its service' : 'their services'}`;
      return `wrote ${what} to ${context.shownPath(file)}`;
    },
  };
}

interface Cluster {
  readonly image: string;
  readonly namespace: string | null;
}

/** Null for other formats than CronJobs. */
function clusterOf(input: Input, format: ExportFormat): Cluster | null {
  const image = input.text('image');
  const namespace = input.text('namespace');
  if (format !== 'kubernetes') {
    if (image === null && namespace === null) return null;
    throw wrongArguments(
      `--${image === null ? 'namespace' : 'image'} belongs to --format kubernetes.`,
      'jm2 export --format kubernetes --image NAME',
    );
  }
  if (image === null || image === '') {
    throw wrongArguments(
      'A CronJob runs in an image, and a manifest names none.',
      'jm2 export --format kubernetes --image NAME',
    );
  }
  if (/\s/.test(image)) throw wrongValue(`--image got "${image}".`, 'Write NAME:TAG.');
  if (namespace !== null && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    throw wrongValue(
      `--namespace got "${namespace}", which no cluster takes.`,
      'Write lower-case letters, digits and hyphens.',
    );
  }
  return { image, namespace };
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
    readonly cluster: Cluster | null;
    readonly isWhole: boolean;
    readonly directory: string;
    readonly now: number;
  },
): Exported & { readonly units: readonly ExportedFile[] | null } {
  const { format, isWhole, zone, cluster, directory, now } = options;
  if (format === 'yaml' || format === 'json') {
    const names = isWhole ? null : new Set(jobs.map(({ name }) => name));
    return { text: exportManifest(source, names, format), remarks: [], units: null };
  }
  if (format === 'systemd') {
    const { files, remarks } = exportSystemd(jobs, { directory, now });
    return { text: inOneText(files), remarks, units: files };
  }
  if (cluster !== null) return { ...exportKubernetes(jobs, { ...cluster, now }), units: null };
  const system = format === 'crontab-system';
  const home = system ? null : homedir();
  return {
    ...exportCrontab(jobs, { system, zone, home, user: account(), directory, now }),
    units: null,
  };
}

function account(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the user database: cron could not run it either.
    return 'root';
  }
}

/** The files that were written. Of several, none is when one of them is in the way. */
async function writeOut(
  context: Context,
  file: string,
  { text, units }: { readonly text: string; readonly units: readonly ExportedFile[] | null },
  force: boolean,
): Promise<readonly string[]> {
  const files = (units ?? [{ name: '', text }]).map((one) => ({
    path: units === null ? file : join(file, one.name),
    text: one.text,
  }));
  const taken = force ? undefined : files.find(({ path }) => existsSync(path));
  if (taken !== undefined) {
    throw operationalError('JM2-C106', {
      detail: `${context.shownPath(taken.path)} exists already and was not touched.`,
    });
  }
  try {
    if (units !== null) await makeDirectory(file);
    for (const one of files) await writeFile(one.path, one.text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw operationalError(code === 'EEXIST' ? 'JM2-C106' : 'JM2-C107', {
      detail: `${context.shownPath(file)} cannot be written: ${message}.`,
      cause: error,
    });
  }
  return files.map(({ path }) => path);
}
