// From the bytes of a manifest to its meaning, or to all its problems at once.
// The steps: decode, parse, convert, schema, rules, normalise, digest. A later
// step runs only where the earlier ones left something it can judge.
import { type Diagnostic, type Range, hasErrors } from '../diagnostics/diagnostic.ts';
import { diagnostic } from '../diagnostics/registry.ts';
import { BesideFiles, type FileRead, nothingBeside, type ReadBeside } from './beside.ts';
import { type DigestFunction, jobDigest, manifestDigest } from './digest.ts';
import validate from './generated/validate-manifest.js';
import type { WrittenManifest } from './generated/written-manifest.ts';
import type { Manifest } from './job.ts';
import { normalise } from './normalise.ts';
import { Reporter, bounded } from './reporter.ts';
import { checkCalendarUse, checkCalendars } from './rules/calendar-rules.ts';
import { checkCombinations } from './rules/combination-rules.ts';
import { checkCommands } from './rules/command-rules.ts';
import { checkDurations } from './rules/duration-rules.ts';
import { checkEnvironment } from './rules/environment-rules.ts';
import { checkGroups } from './rules/group-rules.ts';
import { checkNames } from './rules/name-rules.ts';
import { checkPublicEnv } from './rules/public-env-rules.ts';
import { checkRemoved } from './rules/removal-rules.ts';
import { checkSchedules } from './rules/schedule-rules.ts';
import { checkSecrets } from './rules/secret-rules.ts';
import { soundParts } from './rules/sound-parts.ts';
import { schemaReport } from './schema-diagnostics.ts';
import { type SchemaFault, reduceFaults } from './schema-faults.ts';
import { decode } from './text/decode.ts';
import { type PlacesOf, readText } from './text/read-text.ts';
import type { Converted } from './text/to-value.ts';

const jobsMax = 200_000;

export interface LoadOptions {
  /** How diagnostics name the file. */
  readonly file: string;
  readonly digest: DigestFunction;
  /** Reads files that the manifest names; without it they cannot be used. */
  readonly files?: ReadBeside;
}

export interface LoadedManifest {
  /** Null when there is at least one error. */
  readonly manifest: Manifest | null;
  /** By position; warnings also beside a manifest. */
  readonly diagnostics: readonly Diagnostic[];
  /** Digest of the manifest's meaning; '' when there is none. */
  readonly digest: string;
  /** Digest of each job's spec by name. */
  readonly jobDigests: ReadonlyMap<string, string>;
  /** Line on which each job begins, by name, from 1. */
  readonly jobLines: ReadonlyMap<string, number>;
  /** Files that were read for it: a change of one is a change of the manifest. */
  readonly files: readonly FileRead[];
  /**
   * Place of the value behind a JSON pointer. Holds on to the whole syntax tree
   * and cannot be sent to another thread: do not keep it.
   */
  readonly places: (pointer: string) => Range | null;
}

function rejected(diagnostics: readonly Diagnostic[], file: string): LoadedManifest {
  return {
    manifest: null,
    diagnostics: bounded(diagnostics, file),
    digest: '',
    jobDigests: new Map(),
    jobLines: new Map(),
    files: [],
    places: () => null,
  };
}

function empty(file: string): LoadedManifest {
  const problem = diagnostic('JM2-M116', {
    file,
    detail:
      'The file has no content besides comments. It is not read as "no jobs": the last good revision, if any, stays in force.',
    range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } },
  });
  return rejected([problem], file);
}

function jobCount(value: unknown): number {
  const jobs = (value as Partial<WrittenManifest> | null)?.jobs;
  return jobs !== null && typeof jobs === 'object' ? Object.keys(jobs).length : 0;
}

/** Schema and rules; the manifest when nothing forbids it. */
function judge(converted: Converted, files: BesideFiles, reporter: Reporter): Manifest | null {
  const { value, surprises } = converted;
  if (jobCount(value) > jobsMax) {
    reporter.report({
      code: 'JM2-M307',
      pointer: '/jobs',
      atKey: true,
      detail: `The manifest has ${jobCount(value)} jobs; ${jobsMax} are allowed.`,
    });
    return null;
  }
  const faults: readonly SchemaFault[] = validate(value) ? [] : reduceFaults(validate.errors ?? []);
  // The validator keeps its last errors, and with them the memory of a large file.
  validate.errors = null;
  for (const fault of faults) {
    if (reporter.isFull) break;
    // Reported already: an alias that leads nowhere.
    if (converted.untold.has(fault.instancePath)) continue;
    reporter.report(schemaReport(fault, value));
  }
  const sound = soundParts(value, faults);
  checkNames(sound, reporter);
  checkRemoved(sound, reporter);
  const schedules = checkSchedules(sound, reporter);
  const durations = checkDurations(sound, reporter);
  checkEnvironment(sound, surprises, reporter);
  checkPublicEnv(sound, reporter);
  checkCommands(sound, reporter);
  checkSecrets(sound, reporter);
  checkGroups(sound, reporter);
  const calendars = checkCalendars(sound, { timezone: schedules.timezone, files }, reporter);
  checkCalendarUse(sound, calendars.rules, schedules.schedules, reporter);
  checkCombinations(sound, schedules.schedules, durations, reporter);
  if (faults.length > 0 || reporter.hasErrors) return null;
  return normalise(sound, { ...schedules, ...calendars }, durations);
}

function linesOf(manifest: Manifest | null, places: PlacesOf): Map<string, number> {
  const lines = new Map<string, number>();
  // Names need no escaping in a pointer: they have neither slash nor tilde.
  for (const { name } of manifest?.jobs ?? []) {
    const place = places.key(`/jobs/${name}`);
    if (place !== null) lines.set(name, place.start.line);
  }
  return lines;
}

function load(input: Uint8Array | string, options: LoadOptions): LoadedManifest {
  const { file, digest } = options;
  const decoded = decode(input, file);
  if (!decoded.ok) return rejected([decoded.problem], file);
  const { text } = decoded;
  if (text === '') return empty(file);
  const read = readText(text, file);
  if (read.kind === 'rejected') return rejected(read.diagnostics, file);
  if (read.kind === 'empty') return empty(file);
  const { converted, places } = read;
  const reporter = new Reporter(file, places);
  const files = new BesideFiles(options.files ?? nothingBeside, digest);
  const judged = judge(converted, files, reporter);
  const diagnostics = bounded([...converted.diagnostics, ...reporter.diagnostics()], file);
  const manifest = hasErrors(converted.diagnostics) ? null : judged;
  const jobDigests = new Map<string, string>(
    (manifest?.jobs ?? []).map((job) => [job.name, jobDigest(job, digest)]),
  );
  return {
    manifest,
    diagnostics,
    digest: manifest === null ? '' : manifestDigest(manifest, jobDigests, digest),
    jobDigests,
    jobLines: linesOf(manifest, places),
    files: files.list(),
    places: (pointer) => places.value(pointer),
  };
}

/**
 * Reads a manifest. Never throws for what the text holds: whatever it is, the
 * answer is a manifest or at least one diagnostic of severity error.
 */
export function loadManifest(input: Uint8Array | string, options: LoadOptions): LoadedManifest {
  try {
    return load(input, options);
  } catch (error) {
    // The last resort for text that exhausts a library; anything else is a bug of ours.
    if (!(error instanceof RangeError)) throw error;
    const problem = diagnostic('JM2-M111', {
      file: options.file,
      detail: `The text exhausts its reader: ${error.message}. The last good revision, if any, stays in force.`,
    });
    return rejected([problem], options.file);
  }
}
