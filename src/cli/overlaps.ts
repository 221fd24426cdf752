// Which jobs meet in time, and how crowded it gets: from the starts of schedules
// and how long runs take. Pure; where durations come from is left to others.

export interface TimedStart {
  readonly job: string;
  readonly at: number;
  readonly durationMs: number;
}

export interface Meeting {
  readonly jobs: readonly [string, string];
  /** Pairs of runs that overlap. */
  readonly count: number;
  readonly first: number;
}

export interface Crowd {
  /** Most runs at the same time, and since when. */
  readonly peak: { readonly runs: number; readonly at: number } | null;
  /** Most starts within one minute, and the minute. */
  readonly busiest: { readonly starts: number; readonly minute: number } | null;
  /** Jobs that meet, most often first; a job that meets itself has both names equal. */
  readonly meetings: readonly Meeting[];
}

const minuteMs = 60_000;
/** So many runs at once that pairs say nothing any more are not counted pair by pair. */
const pairsOfMax = 200;

/** `starts` must be in order of time. */
export function overlapsOf(starts: readonly TimedStart[]): Crowd {
  let active: { job: string; until: number }[] = [];
  let peak: Crowd['peak'] = null;
  let busiest: Crowd['busiest'] = null;
  let minute = { at: Number.NaN, starts: 0 };
  const meetings = new Map<string, { jobs: [string, string]; count: number; first: number }>();
  for (const { job, at, durationMs } of starts) {
    active = active.filter(({ until }) => until > at);
    for (const other of active.slice(0, pairsOfMax)) {
      const jobs: [string, string] = other.job < job ? [other.job, job] : [job, other.job];
      const key = jobs.join('\n');
      const meeting = meetings.get(key) ?? { jobs, count: 0, first: at };
      meeting.count += 1;
      meetings.set(key, meeting);
    }
    active.push({ job, until: at + durationMs });
    if (peak === null || active.length > peak.runs) peak = { runs: active.length, at };
    const begins = Math.floor(at / minuteMs) * minuteMs;
    minute =
      begins === minute.at ? { at: begins, starts: minute.starts + 1 } : { at: begins, starts: 1 };
    if (busiest === null || minute.starts > busiest.starts) {
      busiest = { starts: minute.starts, minute: begins };
    }
  }
  const sorted = [...meetings.values()].toSorted((a, b) => b.count - a.count || a.first - b.first);
  return { peak, busiest, meetings: sorted };
}
