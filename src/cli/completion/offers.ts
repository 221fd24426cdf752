// What a shell can offer for a value of the command line. The word that stands
// for the value in the help (`<job>`, `<file>`) says it; one table for all of them.

export type Offer =
  /** Jobs in force, or of the manifest while nothing is in force. */
  | 'jobs'
  | 'paused jobs'
  /** Runs by their ids, newest first. */
  | 'runs'
  /** Jobs, then runs. */
  | 'jobs and runs'
  /** The same, where something waits or runs. */
  | 'unfinished'
  | 'tags'
  /** Revisions by their numbers, newest first, and the names that some have. */
  | 'revisions'
  | 'fields'
  /** The same, each with its `=`. */
  | 'fields to set'
  | 'schedules'
  | 'calendars'
  | 'zones'
  | 'event kinds'
  | 'error codes'
  | 'commands'
  | 'files'
  | 'directories'
  /** Numbers, times, free text. */
  | 'nothing';

const offerOf: Readonly<Record<string, Offer>> = {
  job: 'jobs',
  'run-or-job': 'jobs and runs',
  id: 'runs',
  run: 'runs',
  tag: 'tags',
  revision: 'revisions',
  field: 'fields',
  'field=value': 'fields to set',
  expression: 'schedules',
  calendar: 'calendars',
  zone: 'zones',
  kind: 'event kinds',
  code: 'error codes',
  command: 'files',
  file: 'files',
  path: 'files',
  dir: 'directories',
};

/** `notation` is commander's: `<job>`, `[file...]`, `-t, --tag <tag>`. */
export function offerFor(notation: string): Offer {
  const placeholder = /[<[]([^>\]]+?)(?:\.\.\.)?[>\]]/.exec(notation)?.[1] ?? '';
  return offerOf[placeholder] ?? 'nothing';
}
