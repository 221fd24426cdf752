// Edits of schedules that people make, each with the state it meets: manifest
// before and after, the moment, and what the store knows of runs and pauses.

/** Runs of a job in the last days, all equally long. */
export interface Seen {
  readonly job: string;
  readonly runs: number;
  readonly minutes: number;
}

export interface ScheduleEdit {
  /** Name of its files. */
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** ISO 8601; where absent a Friday, 14:05 in Berlin, two days before the clocks go forward. */
  readonly at?: string;
  readonly seen?: readonly Seen[];
  readonly paused?: string;
  /** A run of it goes on, for this many minutes. */
  readonly running?: { readonly job: string; readonly minutes: number };
}

function berlin(jobs: string, top = ''): string {
  return `version: 1\ntimezone: Europe/Berlin\n${top}jobs:\n${jobs}`;
}

function one(schedule: string, more = ''): string {
  return berlin(`  report:\n    schedule: ${schedule}\n    command: ./report.sh\n${more}`);
}

const reindex = '  reindex:\n    schedule: "10 15 * * *"\n    command: ./reindex.sh\n    group: db\n';
const dump = (schedule: string): string =>
  berlin(
    `  dump:\n    schedule: ${schedule}\n    command: ./dump.sh\n    group: db\n${reindex}`,
    'groups: {db: {max: 1}}\n',
  );

export const scheduleEdits: readonly ScheduleEdit[] = [
  { name: 'hourly-to-daily', before: one('"0 * * * *"'), after: one('"0 3 * * *"') },
  { name: 'an-hour-later', before: one('"0 3 * * *"'), after: one('"0 4 * * *"') },
  { name: 'period-lost', before: one('"0 23 * * *"'), after: one('"0 5 * * *"') },
  {
    name: 'overlap-in-a-group',
    before: dump('{every: 12h, anchor: "2026-03-01T09:00:00+01:00"}'),
    after: dump('{every: 6h, anchor: "2026-03-01T09:00:00+01:00"}'),
    seen: [
      { job: 'dump', runs: 40, minutes: 38 },
      { job: 'reindex', runs: 25, minutes: 22 },
    ],
  },
  { name: 'into-the-skipped-hour', before: one('"0 1 * * *"'), after: one('"30 2 * * *"') },
  {
    name: 'while-paused',
    before: one('"0 3 * * *"'),
    after: one('"0 6 * * *"'),
    paused: 'report',
  },
  {
    name: 'suspended',
    before: one('"*/15 * * * *"'),
    after: one('"*/15 * * * *"', '    suspend: true\n'),
  },
  {
    name: 'renamed-and-moved',
    before: one('"0 3 * * *"'),
    after: one('"15 3 * * *"', '    renamed_from: report\n').replace('  report:', '  sales-report:'),
    seen: [{ job: 'report', runs: 12, minutes: 4 }],
  },
  {
    name: 'removed-while-running',
    before: one('"0 3 * * *"', '  warm-up:\n    schedule: every 10m\n    command: ./warm.sh\n'),
    after: berlin('  warm-up:\n    schedule: every 10m\n    command: ./warm.sh\n'),
    seen: [{ job: 'report', runs: 12, minutes: 23 }],
    running: { job: 'report', minutes: 14 },
  },
  {
    name: 'new-jobs',
    before: one('"0 3 * * *"'),
    after: one(
      '"0 3 * * *"',
      '  vat-export:\n    schedule: "10 4 * * 1-5"\n    command: ./vat.sh\n  by-hand:\n    command: ./repair.sh\n',
    ),
  },
];
