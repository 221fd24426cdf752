// What a call says of a run that it asks for, whatever is run: variables and
// arguments, its place in line, when it begins; and the answer when it was asked for.
import type { RunView } from '../api/service.ts';
import { parsePriority } from '../core/manifest/priority.ts';
import type { RunGiven } from '../core/runs/given.ts';
import type { Answer } from './command.ts';
import type { Context } from './context.ts';
import { readGiven } from './given-values.ts';
import type { Input } from './input.ts';
import { requestKey } from './request-key.ts';
import { wrongArguments, wrongValue } from './usage-errors.ts';
import { relativeTime } from './views/durations.ts';
import { oneLine } from './views/foreign.ts';
import { stateWords } from './views/states.ts';
import { localTime } from './views/times.ts';

/** Beyond, a mistake is likelier than a plan. */
const longestMs = 366 * 86_400_000;

/** An older daemon, right after an upgrade, takes no keys that it does not know. */
export interface WantedRun {
  readonly priority: number | null;
  readonly given?: RunGiven;
  readonly requestId?: string;
  readonly startAt?: string;
}

export function wantedRun(context: Context, input: Input): WantedRun {
  const priority = wantedPriority(input.text('priority'));
  const startAt = wantedStart(context, input);
  const requestId = requestKey(input);
  const given = readGiven(input);
  return {
    priority,
    ...(given.args.length + Object.keys(given.env).length === 0 ? {} : { given }),
    ...(requestId === null ? {} : { requestId }),
    ...(startAt === null ? {} : { startAt: new Date(startAt).toISOString() }),
  };
}

function wantedPriority(text: string | null): number | null {
  if (text === null) return null;
  const priority = parsePriority(text);
  if (priority !== null) return priority;
  throw wrongArguments(
    `--priority knows no "${text}".`,
    'Give low, normal, high, or a whole number from -100 to 100.',
  );
}

/** Null: at once. */
function wantedStart(context: Context, input: Input): number | null {
  const { zone, now } = context.terminal;
  const said = ['in', 'delay', 'at'].filter((name) => input.text(name) !== null);
  const [first, second] = said;
  if (first === undefined) return null;
  if (second !== undefined) {
    throw wrongArguments(`--${first} and --${second} say two things.`, 'Leave one of them out.');
  }
  const at =
    first === 'at' ? input.instant('at', { zone, now }) : now + (input.duration(first) ?? 0);
  const start = at ?? now;
  // `now` is a time like any other, and asks for no delay.
  if (start === now) return null;
  if (start < now) {
    throw wrongValue(
      `--at got "${input.text(first)}", which is ${localTime(start, zone)} and has passed.`,
      'Name a time to come, or leave it out to begin at once.',
    );
  }
  if (start - now > longestMs) {
    throw wrongValue(
      `--${first} is more than a year away.`,
      'Give the job a schedule: jm2 edit JOB --at TIME.',
    );
  }
  return start;
}

export function startedAnswer(run: RunView): Answer {
  return {
    data: { run },
    confirmation: true,
    text: ({ zone, now }) => {
      const what = `run ${run.id} of ${oneLine(run.job)}`;
      const at = run.startAt === null || run.state !== 'queued' ? null : Date.parse(run.startAt);
      return at === null
        ? `${what} is ${stateWords(run.state)}\n\n  jm2 logs --run ${run.id} -f`
        : `${what} begins at ${localTime(at, zone)} (${relativeTime(at, now)})\n\n  jm2 cancel ${run.id}`;
    },
  };
}
