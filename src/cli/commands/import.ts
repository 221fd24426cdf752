// Takes jobs over from crontabs and other manifests: reads, reports, proves, and
// changes the manifest like any edit. What a source means is the core's knowledge.
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import {
  detectFormat,
  importFormats,
  type ImportFormat,
} from '../../core/exchange/detect-format.ts';
import { acceptableJobs } from '../../core/exchange/acceptable-jobs.ts';
import { declareCalendars } from '../../core/exchange/import-calendars.ts';
import { importCrontab } from '../../core/exchange/import-crontab.ts';
import type { Imported, ImportedJob } from '../../core/exchange/imported.ts';
import { inheritedRemarks } from '../../core/exchange/inherited.ts';
import { importTimer, serviceOf, type UnitText } from '../../core/exchange/import-systemd.ts';
import { importManifest } from '../../core/exchange/import-manifest.ts';
import { splitUnits } from '../../core/exchange/systemd-unit.ts';
import { importKubernetes } from '../../core/exchange/import-kubernetes.ts';
import {
  mergeImport,
  type MergedImport,
  type OnConflict,
} from '../../core/exchange/merge-import.ts';
import { loadManifest } from '../../core/manifest/load-manifest.ts';
import { requireKnownZone } from '../given-zone.ts';
import { sha256 } from '../../system/digest.ts';
import { readBeside } from '../../system/read-beside.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { canAsk } from '../confirm.ts';
import type { Context } from '../context.ts';
import { alone } from '../edit-lock.ts';
import type { ImportedView, ImportRemarkView, ImportReport } from '../imported-view.ts';
import type { Input } from '../input.ts';
import { loadText, changeManifest, readManifestText, requireAccepted } from '../manifest-change.ts';
import { notAccepted, readProposal } from '../manifest-file.ts';
import { rejectionText } from '../plan-rejection.ts';
import { withProgress } from '../progress.ts';
import { createProver } from '../prove-import.ts';
import { wrongArguments, wrongValue } from '../usage-errors.ts';
import { count } from '../views/status.ts';
import { importReportText } from '../views/import-report.ts';

export const importCommand: CommandDefinition = {
  name: 'import',
  summary: 'Take over jobs from crontabs, timers, CronJobs or a manifest',
  description:
    'Says what cannot be carried over, proves that jobs start when they did (up to 10000 starts within a year, without the days on which clocks change), shows the plan, asks, and brings it into force. A job that the manifest has already, field by field, is left alone; one with other fields is in the way, unless an option says what is to be done. With --yes, jobs that would start at other times than before are refused unless --force is given; beside --skip, --merge or --replace it says only that.',
  arguments: [{ name: '<file...>', description: 'files to import; - is standard input' }],
  options: [
    {
      flags: '--from <format>',
      description: 'what the files are (default: seen from their content)',
      choices: importFormats,
    },
    {
      flags: '--tz <zone>',
      description: 'zone of times that name none (default: here; UTC for Kubernetes)',
    },
    { flags: '--home <dir>', description: 'where cron starts commands (default: your home)' },
    {
      flags: '--faithful',
      description: 'as cron: let runs overlap, and forget what was missed',
    },
    { flags: '-s, --skip', description: 'leave jobs alone that the manifest has' },
    {
      flags: '-f, --force',
      description: 'let imported jobs take the place of those, and take jobs at other times, too',
    },
    { flags: '--merge', description: 'let imported fields win, and keep the others' },
    { flags: '--replace', description: 'remove all jobs that the import does not have' },
    { flags: '--dry-run', description: 'show the report and the change, and do nothing' },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    { command: 'crontab -l | jm2 import - --dry-run', meaning: 'what would come of your crontab' },
    { command: 'jm2 import /etc/cron.d/backup --yes', meaning: 'the system format, unasked' },
    {
      command: 'kubectl get cronjobs -o yaml | jm2 import - --dry-run',
      meaning: 'a cluster’s jobs',
    },
    { command: 'jm2 import other.yaml --skip', meaning: 'what is not here yet' },
  ],
  run: importJobs,
};

/** Jobs that an error names. */
const namedMax = 20;
const inputMaxBytes = 16 * 1024 * 1024;

interface Source {
  /** Absolute; `-` for standard input. */
  readonly path: string;
  readonly shown: string;
  readonly format: ImportFormat;
  readonly text: string;
}

async function importJobs(context: Context, input: Input): Promise<Answer> {
  const onConflict = conflictOf(input);
  const zone = input.text('tz');
  if (zone !== null) requireKnownZone(zone);
  const sources: Source[] = [];
  for (const path of input.list(0)) sources.push(await readSource(context, input, path));
  for (const source of sources) {
    const refusal = refusedSource(source);
    if (refusal !== null) return refusal;
  }
  // Once its report is shown, another one would only confuse: it is made on the file
  // that it read, or not at all.
  const isUnasked = input.flag('yes') && !input.flag('dryRun');
  const into = () => importInto(context, input, { sources, zone, onConflict });
  return isUnasked ? alone(context, into) : into();
}

async function importInto(
  context: Context,
  input: Input,
  asked: {
    readonly sources: readonly Source[];
    readonly zone: string | null;
    readonly onConflict: OnConflict;
  },
): Promise<Answer> {
  const { sources, zone, onConflict } = asked;
  const manifest = await readManifestText(context, { orUser: true });
  const { refusal } = requireAccepted(context, manifest);
  if (refusal !== null) return refusal;
  const file = context.shownPath(manifest.place.manifest);
  const target = loadText(context, manifest.place, manifest.text).manifest;
  const services = await servicesOf(sources);
  const found = sources.map((source) => ({
    source,
    imported: readJobs(source, {
      // The controller of a cluster mostly goes by UTC, cron by the host.
      zone: zone ?? (source.format === 'kubernetes' ? 'UTC' : context.terminal.zone),
      manifestZone: target?.timezone ?? 'UTC',
      groups: new Set(Object.keys(target?.limits.groups ?? {})),
      home: input.text('home'),
      faithful: input.flag('faithful'),
      services,
    }),
  }));
  const jobs = found.flatMap(({ source, imported }) =>
    imported.jobs.map((job) => ({ job, source })),
  );
  const remarks = found.flatMap(({ source, imported }) =>
    imported.remarks.map((remark): ImportRemarkView => ({ file: source.shown, ...remark })),
  );
  const calendars = calendarsOf(found, manifest.place.manifestDir);
  const declared = withCalendars(manifest.text, calendars, file);
  const merged = mergedWith(declared, jobs, onConflict, file);
  const { imported, inherited } = await withProgress(context, 'comparing starts', ({ reached }) => {
    const after = loadText(context, manifest.place, merged.text);
    const prove = createProver(after, { now: context.terminal.now });
    const views = jobs.map(({ job, source }, at): ImportedView => {
      const { name = job.name, action = 'add' } = merged.jobs[at] ?? {};
      reached(at, jobs.length);
      return {
        job: name,
        file: source.shown,
        line: job.line,
        action,
        proof: action === 'skip' ? null : prove(job, name, isManifest(source) ? source : null),
      };
    });
    // The proof of a job of another manifest compares all of its spec.
    const foreign = new Set(
      views
        .filter(({ action }, at) => {
          const source = jobs[at]?.source;
          return action !== 'skip' && source !== undefined && !isManifest(source);
        })
        .map(({ job }) => job),
    );
    const taken = (after.manifest?.jobs ?? []).filter(({ name }) => foreign.has(name));
    const found = inheritedRemarks(taken, merged.text, after.places);
    return { imported: views, inherited: found.map((remark) => ({ file, ...remark })) };
  });
  const report = { imported, remarks: [...remarks, ...inherited], removed: merged.removed };
  const isDry = input.flag('dryRun');
  if (!context.output.quiet) {
    context.output.text(`${importReportText(report, context.terminal)}\n\n`);
  }
  const elsewhen = report.imported.filter(({ proof }) => proof?.sameTimes === false);
  if (elsewhen.length > 0 && !isDry && !input.flag('force')) {
    // A person who is asked has just read which.
    if (input.flag('yes') || !canAsk(context)) throw otherTimes(elsewhen, report);
  }
  const wanted = merged.jobs.filter(({ action }) => action !== 'unchanged' && action !== 'skip');
  const answer = await changeManifest(context, {
    before: manifest,
    after: merged.text,
    touched: [...wanted.map(({ name }) => name), ...merged.removed],
    dryRun: isDry,
    yes: input.flag('yes'),
    question: [
      `Import ${count(wanted.length, 'job')}`,
      ...(elsewhen.length === 0 ? [] : [`${elsewhen.length} of them at other times than before`]),
      ...(merged.removed.length === 0 ? [] : [`and remove ${merged.removed.length}`]),
    ]
      .join(', ')
      .concat('?'),
    ...(jobs.length === 0 && merged.removed.length === 0
      ? { unchanged: `${file} stays as it is` }
      : {}),
    done: `imported ${count(wanted.length, 'job')}`,
  });
  return answer.error === undefined
    ? { ...answer, data: { ...(answer.data as object), ...report } }
    : answer;
}

/** Nobody reads the report before it is in force, so it is not brought into force. */
function otherTimes(jobs: readonly ImportedView[], report: ImportReport): Jm2Error {
  const first = jobs.slice(0, namedMax).map(({ job, proof }) => {
    if (proof?.method !== 'times') return `    ${job}: has another schedule`;
    const [was, is] = [proof.source[0] ?? 'no start', proof.jm2[0] ?? 'no start'];
    return `    ${job}: ${was} there, ${is} here`;
  });
  const more = jobs.length > namedMax ? `\n    and ${jobs.length - namedMax} more` : '';
  return operationalError('JM2-P209', {
    detail: `${count(jobs.length, 'job')} would start at other times than before; the first difference of each:\n${first.join('\n')}${more}\nNothing was changed.`,
    data: report,
  });
}

/** `--force` stands beside one of the others only for what is said of times. */
function conflictOf(input: Input): OnConflict {
  const given = (['skip', 'merge', 'replace'] as const).filter((name) => input.flag(name));
  if (given.length > 1) {
    throw wrongArguments(
      `--${given.join(' and --')} say different things about jobs that the manifest has.`,
      'Give one of them.',
    );
  }
  return given[0] ?? (input.flag('force') ? 'force' : 'refuse');
}

async function readSource(context: Context, input: Input, path: string): Promise<Source> {
  const isInput = path === '-';
  const full = isInput ? path : resolve(context.cwd, path);
  const shown = isInput ? 'standard input' : context.shownPath(full);
  const text = await readProposal(full, shown).catch((error: unknown) => {
    throw operationalError('JM2-C107', {
      detail: `${error instanceof Jm2Error ? error.detail : String(error)} Nothing was changed.`,
      cause: error,
    });
  });
  if (text.length > inputMaxBytes) {
    throw wrongValue(`${shown} is too long to be a list of jobs.`, 'Give it in parts.');
  }
  const format = (input.text('from') as ImportFormat | null) ?? detectFormat(full, text);
  if (format === null) {
    throw wrongArguments(
      `It cannot be seen what ${shown} is.`,
      `Say it: --from ${importFormats.join(', ')}.`,
    );
  }
  return { path: full, shown, format, text };
}

/** Services that were given, and those that stand beside their timers. */
async function servicesOf(sources: readonly Source[]): Promise<readonly UnitText[]> {
  const units = sources.filter(({ format }) => format === 'systemd');
  const services = units.flatMap(({ path, text }) => splitUnits(basename(path), text));
  for (const { path, text } of units) {
    if (!path.endsWith('.timer')) continue;
    const name = serviceOf({ name: basename(path), text });
    if (services.some((service) => service.name === name)) continue;
    const beside = join(dirname(path), name);
    const found = await readProposal(beside, beside).catch(() => null);
    if (found !== null) services.push({ name, text: found });
  }
  return services;
}

function isManifest({ format }: Source): boolean {
  return format === 'yaml' || format === 'json';
}

/** A manifest that is not accepted where it is gives no jobs. */
function refusedSource(source: Source): Answer | null {
  const { path, text, shown } = source;
  if (!isManifest(source)) return null;
  const { manifest, diagnostics } = loadManifest(text, {
    file: shown,
    digest: sha256,
    files: readBeside(dirname(path)),
  });
  if (manifest !== null) return null;
  const error = notAccepted(diagnostics);
  return {
    data: { diagnostics },
    error: error.toBody(),
    exitCode: error.exitCode,
    problem: true,
    text: rejectionText(diagnostics, text),
  };
}

interface ReadOptions {
  readonly zone: string;
  readonly manifestZone: string;
  readonly groups: ReadonlySet<string>;
  readonly home: string | null;
  readonly faithful: boolean;
  readonly services: readonly UnitText[];
}

function readJobs(source: Source, options: ReadOptions): Imported {
  if (isManifest(source)) return importManifest(source.text, options);
  return acceptableJobs(readForeign(source, options), { ...options, digest: sha256 });
}

function readForeign(source: Source, options: ReadOptions): Imported {
  const { format, text } = source;
  if (format === 'kubernetes') return importKubernetes(text, options);
  if (format === 'systemd') {
    // A service comes with its timer; alone it has no times.
    const timers = splitUnits(basename(source.path), text).filter(({ name }) =>
      name.endsWith('.timer'),
    );
    const read = timers.map((timer) => importTimer(timer, options.services, options));
    return {
      jobs: read.flatMap(({ jobs }) => jobs),
      remarks: read.flatMap(({ remarks }) => remarks),
    };
  }
  const system = format === 'crontab-system';
  return importCrontab(text, {
    ...options,
    system,
    home: options.home ?? (system ? null : homedir()),
  });
}

/** Of all sources. The file of a calendar is named from the directory of its manifest. */
function calendarsOf(
  found: readonly { readonly source: Source; readonly imported: Imported }[],
  manifestDir: string,
): Readonly<Record<string, unknown>> {
  const calendars: Record<string, unknown> = {};
  for (const { source, imported } of found) {
    for (const [name, value] of Object.entries(imported.calendars ?? {})) {
      const { file, ...rest } = value as { readonly file?: string };
      calendars[name] =
        file === undefined
          ? value
          : { ...rest, file: relative(manifestDir, resolve(dirname(source.path), file)) };
    }
  }
  return calendars;
}

function withCalendars(
  text: string,
  calendars: Readonly<Record<string, unknown>>,
  file: string,
): string {
  const result = declareCalendars(text, calendars);
  switch (result.kind) {
    case 'declared':
      return result.text;
    case 'conflict':
      throw operationalError('JM2-P207', {
        detail: `${file} has ${result.names.map((name) => `the calendar "${name}"`).join(', ')} with other days. Nothing was changed.`,
        hint: 'Give one of the two another name, or make them equal.',
      });
    case 'refused':
      throw operationalError('JM2-P205', {
        detail: `${file} was not changed: ${result.problem}.`,
      });
  }
}

function mergedWith(
  text: string,
  jobs: readonly { readonly job: ImportedJob }[],
  onConflict: OnConflict,
  file: string,
): MergedImport {
  const result = mergeImport(
    text,
    jobs.map(({ job }) => job),
    onConflict,
  );
  switch (result.kind) {
    case 'merged':
      return result.merged;
    case 'conflict':
      throw operationalError('JM2-P207', {
        detail: `${file} has ${result.names.map((name) => `"${name}"`).join(', ')} with other fields. Nothing was changed.`,
        hint: 'Say what is to be done: --skip, --force or --merge.',
      });
    case 'refused':
      throw operationalError('JM2-P205', {
        detail: `${file} was not changed: ${result.problem}.`,
      });
  }
}
