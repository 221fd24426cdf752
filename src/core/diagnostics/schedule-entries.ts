// Codes of schedules and durations: the schedule folder's own table in the form
// of the registry, each example made a whole manifest.
import { SCHEDULE_PROBLEMS } from '../schedule/schedule-problems.ts';
import { ExitCode } from './jm2-error.ts';
import type { RegistryEntry } from './registry-entry.ts';

// A comment behind the lines holds the named schedules they refer to.
function manifestOf(jobLines: string): string {
  const [lines = '', named] = jobLines.split(/ *# schedules: /);
  const indented = lines.split('\n').map((line) => `    ${line}`);
  return [
    'version: 1',
    ...(named === undefined ? [] : [`schedules: ${named}`]),
    'jobs:',
    '  backup:',
    ...indented,
    '    command: ./backup.sh',
    '',
  ].join('\n');
}

export const scheduleEntries: readonly RegistryEntry[] = SCHEDULE_PROBLEMS.map((problem) => ({
  code: problem.code,
  area: 'schedule',
  summary: problem.summary,
  meaning: `${problem.explanation} ${
    problem.severity === 'error'
      ? 'The manifest is not accepted; the last good revision, if any, stays in force.'
      : 'This is a warning; the manifest is accepted.'
  }`,
  remedy: 'Write it in the form of the example that is put right.',
  example: manifestOf(problem.exampleBad),
  corrected: manifestOf(problem.exampleGood),
  exitCode: ExitCode.manifestNotAccepted,
}));
