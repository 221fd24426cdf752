// Shows what has happened lately, or goes on telling as it happens.
import type { EventView } from '../../api/service.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { eventKinds, isEventWanted, kindsNamed } from '../../core/selection/select-events.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { jobsToLookAt } from '../jobs-to-look-at.ts';
import { withNearJobs } from '../near-jobs.ts';
import { pastEvents } from '../past-events.ts';
import { lookedAtJobs } from '../select-jobs.ts';
import type { Terminal } from '../terminal.ts';
import { didYouMean, nearest, wrongArguments, wrongValue } from '../usage-errors.ts';
import { eventLine } from '../views/events.ts';
import { localParts } from '../views/times.ts';

const linesDefault = 20;
const linesMax = 500;

export const eventsCommand: CommandDefinition = {
  name: 'events',
  summary: 'Show what happened, or follow what happens',
  description:
    'The newest recorded facts: starts, retries and ends of runs, skipped and missed occurrences, accepted manifests, pauses, and when daemons started and ended. With -f each fact as it happens, also notes, refused manifests and clock steps; that needs the daemon.',
  arguments: [lookedAtJobs],
  options: [
    { flags: '-f, --follow', description: 'tell each fact as it happens, from now on' },
    {
      flags: '-k, --kind <kind>',
      description: 'only this kind, such as run.ended, or family, such as run; may be repeated',
      repeat: true,
    },
    { flags: '--since <time>', description: 'only what happened at or after this time' },
    { flags: '--until <time>', description: 'only what happened before this time' },
    {
      flags: '-n, --lines <number>',
      description: 'how many of the newest (default: 20; with --since or --until: 500)',
    },
  ],
  examples: [
    { command: 'jm2 events', meaning: 'the newest twenty' },
    { command: 'jm2 events -f --kind run.ended --json', meaning: 'each end, as a line of JSON' },
    { command: 'jm2 events --since "2h ago" --kind daemon', meaning: 'restarts of two hours' },
    { command: 'jm2 events "web-*" --kind occurrence', meaning: 'what was skipped or missed' },
  ],
  run: events,
};

async function events(context: Context, input: Input): Promise<Answer | number> {
  const follow = input.flag('follow');
  const lines = input.count('lines', { min: 1, max: linesMax });
  const { zone, now } = context.terminal;
  const since = input.past('since', { zone, now });
  const until = input.past('until', { zone, now });
  const isInTime = since !== null || until !== null;
  if (follow && (lines !== null || isInTime)) {
    throw wrongArguments(
      '--follow tells what happens from now on.',
      'Leave out --lines, --since and --until.',
    );
  }
  if (since !== null && until !== null && until <= since) {
    throw wrongValue(
      '--until is not after --since.',
      'jm2 events --since "2h ago" --until "1h ago"',
    );
  }
  const kinds = wantedKinds(input.texts('kind'));
  const jobs = await jobsToLookAt(context, { names: input.list(0), tags: [] });
  const selection = { kinds, jobs: jobs === null ? null : new Set(jobs) };
  if (follow) {
    for (const job of jobs ?? []) await requireKnown(context, job);
    return followEvents(context, (event) => isEventWanted(event, selection));
  }
  const past = await pastEvents(context, {
    jobs,
    since: since ?? 0,
    until: until ?? Infinity,
    // A run may still bear a name that its job had then.
    isWanted: (event) =>
      isEventWanted(event, { ...selection, jobs: null }) && (jobs === null || 'job' in event),
    limit: lines ?? (isInTime ? linesMax : linesDefault),
  });
  return {
    data: { events: past },
    text: (terminal) =>
      past.length === 0 ? 'Nothing is recorded.' : eventLines(context, past, terminal),
  };
}

/** Else a name with a slip in it would be waited for in vain. */
async function requireKnown(context: Context, job: string): Promise<void> {
  await withNearJobs(context, job, () =>
    context.read((service) => service.history({ job, limit: 1 })),
  );
}

async function followEvents(
  context: Context,
  isWanted: (event: EventView) => boolean,
): Promise<number> {
  const { output, terminal } = context;
  const daemon = await context.daemon();
  for await (const event of daemon.events(new AbortController().signal)) {
    if (!isWanted(event)) continue;
    output.jsonLine(event);
    const line = eventLine(event, terminal, Date.now(), (path) => context.shownPath(path));
    if (line !== null) output.text(line);
  }
  output.note('The daemon has stopped.');
  return ExitCode.ok;
}

/** With the date above the first line of each day. */
function eventLines(context: Context, past: readonly EventView[], terminal: Terminal): string {
  let day = '';
  return past
    .flatMap((event) => {
      const line = eventLine(event, terminal, terminal.now, (path) => context.shownPath(path));
      if (line === null) return [];
      const { weekday, date } = localParts(Date.parse(event.at), terminal.zone);
      const isNewDay = date !== day;
      day = date;
      return isNewDay ? [terminal.style('bold', `${weekday} ${date}`), line] : [line];
    })
    .join('\n');
}

function wantedKinds(texts: readonly string[]): ReadonlySet<string> | null {
  if (texts.length === 0) return null;
  return new Set(
    texts.flatMap((text) => {
      const kinds = kindsNamed(text);
      if (kinds.length > 0) return kinds;
      throw wrongValue(
        `--kind knows no "${text}".`,
        didYouMean(nearest(text, eventKinds)) ?? `The kinds are ${eventKinds.join(', ')}.`,
      );
    }),
  );
}
