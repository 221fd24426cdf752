// Shows when jobs run, from the manifest file alone: no daemon, no store.
import type { Job, Manifest } from '../../core/manifest/job.ts';
import { hasErrors } from '../../core/diagnostics/diagnostic.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { compileSchedule } from '../../core/schedule/compile-schedule.ts';
import { withLeftOut } from '../../core/schedule/left-out.ts';
import { formatLocal } from '../../core/schedule/local-time.ts';
import { requireKnownZone } from '../given-zone.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { midnight } from '../instants.ts';
import { refusedManifest } from '../refused-manifest.ts';
import { judgeManifest } from '../manifest-file.ts';
import { warnOfOldZones } from '../old-zones.ts';
import { calendarAnswer } from '../preview-calendar.ts';
import { countPerSlot, nextOccurrences, occurrencesBetween } from '../occurrences.ts';
import type { Compiled, Listed } from '../occurrences.ts';
import { withProgress } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { didYouMean, nearest, wrongArguments, wrongValue } from '../usage-errors.ts';
import { occurrenceTable } from '../views/occurrence-table.ts';
import { timelineText } from '../views/timeline.ts';
import type { Timeline } from '../views/timeline.ts';

const hour = 3_600_000;
const countDefault = 10;
/** A range of a busy manifest may hold millions; more than this nobody reads. */
const rowsMax = 200_000;
const rowsForPeopleMax = 1_000;
const overlapsDefaultMs = 7 * 24 * hour;
const assumedDefaultMs = 60_000;

export const previewCommand: CommandDefinition = {
  name: 'preview',
  summary: 'Show when jobs run, offline',
  description:
    'Reads the manifest file only. Without a range it shows the next ten starts of all jobs together. Times are ISO (2026-12-31T23:59, read in --tz or the zone of this host), now, 14:30, today, tomorrow 9:00, in 2h or 3d ago; a range may lie in the past.',
  arguments: [{ name: '[job...]', description: 'only these jobs' }],
  options: [
    { flags: '-n, --count <number>', description: 'how many occurrences' },
    { flags: '--from <time>', description: 'first nominal time (default: now)' },
    { flags: '--to <time>', description: 'end of the range, itself not included' },
    { flags: '--tz <zone>', description: "show in this zone instead of each job's own" },
    {
      flags: '--timeline <length>',
      description: 'a picture of a day or a week: hours across, jobs down',
      choices: ['day', 'week'],
    },
    {
      flags: '--calendar <length>',
      description: 'starts per day as a grid of a month or a year',
      choices: ['month', 'year'],
    },
    { flags: '--svg <file>', description: 'starts of the coming week by the hour, as a picture' },
    {
      flags: '--skipped',
      description: 'also those that calendars leave out or move, with why',
    },
    {
      flags: '--overlaps',
      description: 'who meets whom, the most at once and per minute (default range: 7 days)',
    },
    {
      flags: '--assume <duration>',
      description: 'with --overlaps: how long runs take that have no history (default: 1m)',
    },
  ],
  examples: [
    { command: 'jm2 preview', meaning: 'the next ten starts' },
    { command: 'jm2 preview dump-shop --count 30', meaning: 'the next thirty of one job' },
    { command: 'jm2 preview --from 2026-03-28 --to 2026-03-30', meaning: 'around a clock change' },
    { command: 'jm2 preview --timeline week', meaning: 'where the week is crowded' },
    { command: 'jm2 preview backup --calendar year', meaning: 'on which days it starts' },
    { command: 'jm2 preview --svg week.svg', meaning: 'the coming week as a picture' },
    {
      command: 'jm2 preview --skipped --from 2026-12-20 --to 2027-01-10',
      meaning: 'with what calendars take away',
    },
    { command: 'jm2 preview --overlaps', meaning: 'which jobs run at the same time' },
  ],
  run: (context, input) =>
    withProgress(context, 'working out starts', (progress) => preview(context, input, progress), {
      atOnce: true,
    }),
};

async function preview(context: Context, input: Input, { reached }: Progress): Promise<Answer> {
  const { now } = context.terminal;
  const zone = zoneOf(input);
  const reading = { zone: zone ?? context.terminal.zone, now };
  const from = input.instant('from', reading);
  const to = input.instant('to', reading);
  const count = input.count('count', { min: 1, max: rowsMax });
  if (to !== null && to <= (from ?? now)) {
    throw wrongValue('--to does not lie after --from.', 'Write a range that has a length.');
  }
  const { manifest: path } = await context.locations();
  const judged = await judgeManifest(path, context.shownPath(path));
  const { manifest } = judged;
  if (manifest === null || hasErrors(judged.diagnostics)) return refusedManifest(judged);
  const compiled = chosenJobs(manifest, input.list(0)).map((job): Compiled => ({
    job,
    schedule: compileSchedule(job.schedules, job.name),
  }));
  const jobs = compiled.map(({ job }) => job);
  await warnOfOldZones(context, jobs, zone === null ? [] : [zone]);
  const pictures = [
    ...['svg', 'timeline', 'calendar'].filter((name) => input.text(name) !== null),
    ...(input.flag('overlaps') ? ['overlaps'] : []),
  ];
  if (pictures.length > 1) {
    throw wrongArguments(
      `${pictures.map((name) => `--${name}`).join(' and ')} show different things.`,
      'Ask for one of them at a time.',
    );
  }
  const isPicture = pictures.length > 0;
  if (input.flag('skipped') && isPicture) {
    throw wrongArguments('--skipped goes with the list alone.', 'jm2 preview --skipped');
  }
  // A picture counts starts, and what is suspended starts nothing.
  const due = compiled.filter(({ job }) => !job.suspend);
  if (isPicture && due.length < compiled.length) {
    const left = jobs.filter(({ suspend }) => suspend).map(({ name }) => name);
    context.output.note(
      `Left out, because suspended: ${left.slice(0, 10).join(', ')}${left.length > 10 ? ', …' : ''}`,
    );
  }
  const svg = input.text('svg');
  if (svg !== null) {
    if (to !== null || count !== null) {
      throw wrongArguments('--svg shows a week.', 'Leave out --to and --count.');
    }
    return drawnWeek(context, svg, due, { from: from ?? now, zone: reading.zone });
  }
  const timeline = input.text('timeline');
  if (timeline === 'day' || timeline === 'week') {
    if (to !== null || count !== null) {
      throw wrongArguments('--timeline has a length of its own.', 'Leave out --to and --count.');
    }
    return picture(drawn(due, timeline, from ?? now, reading.zone));
  }
  const calendar = input.text('calendar');
  if (calendar === 'month' || calendar === 'year') {
    if (to !== null || count !== null) {
      throw wrongArguments('--calendar has a length of its own.', 'Leave out --to and --count.');
    }
    return calendarAnswer(due, { kind: calendar, from: from ?? now, zone: reading.zone, now });
  }
  if (input.flag('overlaps')) {
    const { overlapsAnswer } = await import('../preview-overlaps.ts');
    const start = from ?? now;
    return overlapsAnswer(context, due, {
      from: start,
      to: to ?? start + overlapsDefaultMs,
      assumedMs: input.duration('assume') ?? assumedDefaultMs,
      zone: reading.zone,
    });
  }
  if (input.text('assume') !== null) {
    throw wrongArguments('--assume goes with --overlaps.', 'jm2 preview --overlaps --assume 5m');
  }
  const shown = input.flag('skipped') ? compiled.map(withSkipped) : compiled;
  const listed =
    to === null
      ? nextOccurrences(shown, (from ?? now + 1) - 1, count ?? countDefault, zone, reached)
      : occurrencesBetween(shown, { from: from ?? now, to }, count ?? rowsMax, zone, reached);
  return table(listed, count);
}

async function drawnWeek(
  context: Context,
  file: string,
  due: readonly Compiled[],
  { from, zone }: { readonly from: number; readonly zone: string },
): Promise<Answer> {
  const { weekGrid } = await import('../../core/plan/week-grid.ts');
  const { writePicture } = await import('../plan-picture.ts');
  const grid = weekGrid(
    due.map(({ schedule }) => ({ before: schedule, after: schedule })),
    from - 1,
    zone,
  );
  const jobs = due.length === 1 ? (due[0]?.job.name ?? '') : `${due.length} jobs`;
  const picture = {
    title: `Starts of ${jobs}`,
    subtitle: `a week from ${grid.days[0]?.date ?? ''}`,
    grid,
    notes: [],
  };
  await writePicture(context, file, picture);
  return {
    data: { week: grid, file },
    confirmation: true,
    text: () => `${file}: a week from ${grid.days[0]?.date ?? ''}`,
  };
}

function withSkipped({ job, schedule }: Compiled): Compiled {
  const hasCalendar = job.schedules.some(({ calendar }) => calendar !== undefined);
  return hasCalendar
    ? { job, schedule: withLeftOut(job.schedules, schedule, job.name) }
    : { job, schedule };
}

function zoneOf(input: Input): string | null {
  const zone = input.text('tz');
  if (zone !== null) requireKnownZone(zone);
  return zone;
}

function chosenJobs(manifest: Manifest, names: readonly string[]): readonly Job[] {
  if (names.length === 0) return manifest.jobs;
  const byName = new Map(manifest.jobs.map((job) => [job.name, job]));
  return [...new Set(names)].map((name) => {
    const job = byName.get(name);
    if (job !== undefined) return job;
    const near = didYouMean(nearest(name, byName.keys()));
    throw operationalError('JM2-R101', {
      detail: `The manifest has no job "${name}".`,
      ...(near === null ? {} : { hint: near }),
    });
  });
}

function table(listed: Listed, count: number | null): Answer {
  const { occurrences, truncated } = listed;
  const rows = count === null ? occurrences.slice(0, rowsForPeopleMax) : occurrences;
  return {
    data: {
      occurrences: occurrences.map((occurrence) => ({
        job: occurrence.job,
        nominalTime: new Date(occurrence.nominalTime).toISOString(),
        startTime: new Date(occurrence.startTime).toISOString(),
        local: formatLocal(occurrence.nominalTime, occurrence.timezone),
        timezone: occurrence.timezone,
        note: occurrence.note,
      })),
      truncated,
    },
    text: (terminal) => {
      if (rows.length === 0) return 'Nothing is due in that time.';
      const left = occurrences.length - rows.length;
      const more =
        left === 0 && truncated
          ? '\n… and more in that time; ask for them with --count.'
          : left > 0
            ? `\n… and ${truncated ? 'more than ' : ''}${left} further; narrow the range, or ask with --count or --json.`
            : '';
      return occurrenceTable(rows, terminal) + more;
    },
  };
}

function drawn(
  compiled: readonly Compiled[],
  kind: 'day' | 'week',
  start: number,
  zone: string,
): Timeline {
  const from = midnight(start, zone, 0);
  const to = midnight(start, zone, kind === 'day' ? 1 : 7);
  const slotMs = kind === 'day' ? hour : 3 * hour;
  const rows = compiled
    .filter(({ job }) => job.schedules.length > 0)
    .map((one) => ({ job: one.job.name, counts: countPerSlot(one, from, to, slotMs) }));
  return { kind, from, slotMs, zone, rows };
}

function picture(timeline: Timeline): Answer {
  return {
    data: {
      timeline: {
        kind: timeline.kind,
        from: new Date(timeline.from).toISOString(),
        slotMs: timeline.slotMs,
        timezone: timeline.zone,
        jobs: timeline.rows,
      },
    },
    text: (terminal) =>
      timeline.rows.length === 0
        ? 'No job starts by a schedule.'
        : timelineText(timeline, terminal),
  };
}
