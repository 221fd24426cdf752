// All hazards that a plan can name: what each means and what helps. From here
// come `jm2 explain CODE` and docs/hazards.md, and the words for the codes.

export interface HazardEntry {
  readonly code: string;
  /** Those it may have; which one, the change decides. */
  readonly severities: readonly ('low' | 'medium' | 'high')[];
  readonly summary: string;
  /** What is about to happen, and when it is named. */
  readonly meaning: string;
  readonly remedies: readonly string[];
}

const entries = [
  {
    code: 'calendar_over',
    severities: ['medium'],
    summary: 'a calendar has no days left',
    meaning:
      'The job leaves out the days of a calendar, and all of them have passed: from now on it runs on every day of its schedule.',
    remedies: ['Add the coming days to the calendar.', 'Take the calendar out of the job.'],
  },
  {
    code: 'dst_double',
    severities: ['low'],
    summary: 'it runs twice where the clocks go back',
    meaning:
      'Within the coming year there is an hour that the clocks pass twice, and the schedule has a run in each of the two.',
    remedies: ['Set `dst_overlap: first`.', 'Choose a local time that comes once on every day.'],
  },
  {
    code: 'dst_gap',
    severities: ['low'],
    summary: 'its local time is skipped where the clocks go forward',
    meaning:
      'Within the coming year there is a day on which the local time of the schedule does not exist. By `dst_gap` the run then starts behind the gap, or is left out.',
    remedies: ['Choose a local time that exists on every day.', 'Use the time zone `UTC`.'],
  },
  {
    code: 'frequency_x10',
    severities: ['medium'],
    summary: 'at least ten times as many runs',
    meaning:
      'Within the horizon of the plan the job runs ten times as often as before, or more. That is how `*` in the field of minutes looks that was meant for hours.',
    remedies: ['Look at `jm2 preview JOB`.', 'Write the minute instead of `*`.'],
  },
  {
    code: 'identity_reset',
    severities: ['low'],
    summary: 'a new job says whom it was renamed from, but nobody is',
    meaning:
      'None of the names in `renamed_from` is that of a job in force, or one that it had, or of one that left not long ago. The job begins without history, statistics and pause.',
    remedies: ['Look at the names in `renamed_from`.', 'Accept it, where the job was never here.'],
  },
  {
    code: 'imminent',
    severities: ['low'],
    summary: 'it is about to run',
    meaning:
      'A run of the job is due within a minute, and the change makes a difference to it. Whether it is the old or the new job that runs depends on seconds.',
    remedies: ['Apply after that run.'],
  },
  {
    code: 'looks_like_rename',
    severities: ['low', 'medium'],
    summary: 'a new job looks like a removed one',
    meaning:
      'One plan removes a job and adds another with the same command, or nearly the same spec. Without `renamed_from` they share nothing: history, statistics, a pause and the position in time stay with the old name. Where the old one has run, it is medium.',
    remedies: [
      'Add `renamed_from: OLD` to the new job, if it is the same one.',
      'Let it be written: `jm2 plan --write-renames`.',
    ],
  },
  {
    code: 'mass_remove',
    severities: ['high'],
    summary: 'many jobs go at once',
    meaning:
      'More than three jobs and more than a tenth of them would go, as when a file was cut short. The watcher does not take such removals by itself.',
    remedies: [
      'Restore the file, if it was cut short.',
      'Run `jm2 apply`, if the removals are meant.',
    ],
  },
  {
    code: 'never_fires',
    severities: ['medium'],
    summary: 'the schedule has no instant left',
    meaning:
      'The job has a schedule, but no run will ever come of it: all its instants have passed, or a calendar leaves none.',
    remedies: ['Look at `jm2 preview JOB`.', 'Write a schedule that has a future.'],
  },
  {
    code: 'overlap_new',
    severities: ['medium'],
    summary: 'it meets another job of its group',
    meaning:
      'By the durations seen, runs of two jobs of one group meet that did not meet before, and the limit of the group keeps one of them waiting.',
    remedies: ['Choose a time at which the other does not run.', 'Raise the limit of the group.'],
  },
  {
    code: 'overlap_self',
    severities: ['medium', 'high'],
    summary: 'a run would reach into the next one',
    meaning:
      'By the durations seen, a run takes longer than the new schedule leaves between two. What becomes of the next one is said by `concurrency`.',
    remedies: ['Choose a longer interval.', 'Set `concurrency` to what is meant.'],
  },
  {
    code: 'override_conflict',
    severities: ['medium'],
    summary: 'the manifest lifts a suspension, a person has paused the job',
    meaning:
      'The file asks for runs again, but the pause of a person holds. No apply ends a pause, unless `--yield-overrides` says so.',
    remedies: [
      'Run `jm2 resume JOB`, or apply with `--yield-overrides`.',
      'Wait for the end of the pause.',
    ],
  },
  {
    code: 'period_doubled',
    severities: ['medium'],
    summary: 'the present day, week or month gets a run too many',
    meaning:
      'The run of the period has taken place under the old schedule, and the new one has another within the same period.',
    remedies: ['Apply when the period is over.', 'Accept it, if a second run does no harm.'],
  },
  {
    code: 'period_lost',
    severities: ['medium'],
    summary: 'the present day, week or month gets no run',
    meaning:
      'The run of the period was still to come under the old schedule, also where jitter holds it back, and the new one has none left. What ran under earlier schedules of the period counts. It is neither caught up nor told as missed.',
    remedies: [
      'Apply after that run.',
      'Let the apply make up for it: `on_schedule_change: catch_up`.',
      'Start it by hand: `jm2 run JOB`.',
    ],
  },
  {
    code: 'protected',
    severities: ['medium'],
    summary: 'the manifest has a protected job no more',
    meaning:
      'A job that was applied with `protect: true` is not in the manifest. Taking it out of the file does not take the protection away: it runs on.',
    remedies: [
      'Write under `removed:` of the manifest that it is meant.',
      'Allow the removal by name: `jm2 apply --allow-remove JOB`.',
      'Put it back into the manifest.',
    ],
  },
  {
    code: 'queue_saturated',
    severities: ['medium'],
    summary: 'its runs wait long for a slot',
    meaning:
      'By the durations seen, runs wait ten minutes or more for a slot, and at least twice as long as before.',
    remedies: [
      'Spread the starts, with `H` in cron or with `jitter`.',
      'Raise `concurrency.max`, or the limit of the group.',
    ],
  },
  {
    code: 'removes_running',
    severities: ['medium', 'high'],
    summary: 'a job that runs now goes',
    meaning:
      'A run of the removed job goes on. By `on_remove` it may finish (medium), or applying cancels it (high).',
    remedies: ['Apply when it is over.', 'Set `on_remove: finish` before the job is removed.'],
  },
  {
    code: 'security_widened',
    severities: ['medium', 'high'],
    summary: 'the command may do what it could not do before',
    meaning:
      'It runs as another account, goes through a shell, is given secrets, variables or files of variables that it did not have, works in a directory above the one of before, makes its files with a wider `umask`, or has fewer limits. To `root` it is high.',
    remedies: ['Let somebody look at it who answers for the host.'],
  },
  {
    code: 'silenced',
    severities: ['medium', 'high'],
    summary: 'a job that ran by itself does so no more',
    meaning:
      'There was a next run, and after the change there is none: the job is suspended (medium), or its schedule has gone or has no future (high). Also where several runs within the horizon become none, or where the next run is more than twice as far as two runs were apart, and it is beyond the horizon (medium).',
    remedies: ['Look at `jm2 preview JOB`.', 'Use `jm2 pause JOB`, if it is for a while.'],
  },
  {
    code: 'starts_run',
    severities: ['medium'],
    summary: 'applying starts a run',
    meaning:
      'The job asks for it: by `on_change: restart` a run that goes on is ended and begun anew, or by `on_schedule_change: catch_up` the run that the change would lose starts at once. Or a job gets another name while a run waits for its jitter, which goes by the name, and under the new one the delay is over.',
    remedies: [
      'Apply when the run is over, or when its time has passed.',
      'Take the field out of the job.',
    ],
  },
] as const satisfies readonly HazardEntry[];

export type HazardCode = (typeof entries)[number]['code'];

/** By code. */
export const hazardEntries: readonly HazardEntry[] = entries;

export function findHazard(code: string): HazardEntry | undefined {
  return hazardEntries.find((entry) => entry.code === code.toLowerCase());
}

/** As Markdown: what `jm2 explain` prints, and a section of docs/hazards.md with `#` more. */
export function hazardPage(entry: HazardEntry, level = '#'): string {
  return [
    `${level} ${entry.code}: ${entry.summary}`,
    `A hazard of a plan, ${entry.severities.join(' or ')}.`,
    entry.meaning,
    `What helps:\n\n${entry.remedies.map((remedy) => `- ${remedy}`).join('\n')}`,
  ].join('\n\n');
}
