// The occurrence engine beside croner, asked once per occurrence, which is how a
// scheduler built upon it works: the same instants, both in this process.
import { Cron } from 'croner';
import { loadTypescript } from '../scripts/generate/load-typescript.mjs';
import { ms, row } from './report.mjs';

const from = Date.UTC(2026, 0, 1);
const year = 365 * 86_400_000;
/** croner needs seconds for a year of minutes: it is asked for the first ones only. */
const askedMax = 3_000;
/** Enough for a mean: a thousand of them are a hundred million occurrences. */
const listedJobs = 20;
const patterns = [
  ['*/5 * * * *', 'UTC'],
  ['*/5 * * * *', 'Europe/Berlin'],
  ['15 3 * * 1-5', 'America/New_York'],
];

/** Processor time of this process in ms, user and system. */
function processor(work) {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, tookMs: (user + system) / 1000 };
}

/** The engine, and what makes schedules of strings for it. */
async function engine() {
  const [{ compileSchedule }, { parseSchedules }] = await Promise.all([
    loadTypescript('src/core/schedule/compile-schedule.ts'),
    loadTypescript('src/core/schedule/parse-schedule.ts'),
  ]);
  return (cron, timezone) => {
    const context = { timezone: 'UTC', named: {}, seed: 'bench' };
    return compileSchedule(parseSchedules({ cron, timezone }, context).schedules, 'bench');
  };
}

/** Nanoseconds per occurrence of either, and whether they named the same instants. */
export function rangeBesideCroner(compile, [cron, timezone]) {
  const ours = compile(cron, timezone);
  const theirs = new Cron(cron, { timezone, paused: true, mode: '5-part' });
  const asked = processor(() => {
    const found = [];
    let at = new Date(from - 1);
    while (found.length < askedMax) {
      at = theirs.nextRun(at);
      if (at === null || at.getTime() >= from + year) break;
      found.push(at.getTime());
    }
    return found;
  });
  const end = asked.result.at(-1) + 1;
  const count = asked.result.length;
  // Often enough for the clock of the processor, and as often before, to be compiled.
  const rounds = Math.ceil(120_000 / count);
  let found = [];
  const all = () => {
    for (let i = 0; i < rounds; i += 1) {
      found = [];
      for (const { nominalTime } of ours.range(from, end)) found.push(nominalTime);
    }
  };
  all();
  const ranged = processor(all);
  const isSame = found.length === count && found.every((at, i) => at === asked.result[i]);
  if (!isSame) throw new Error(`croner and the engine differ on ${cron} in ${timezone}`);
  const oursNs = (ranged.tookMs / rounds / count) * 1e6;
  const theirsNs = (asked.tookMs / count) * 1e6;
  return { oursNs, theirsNs, ratio: oursNs / theirsNs };
}

export async function measureEngine() {
  const compile = await engine();
  for (const pattern of patterns) {
    const { oursNs, theirsNs, ratio } = rangeBesideCroner(compile, pattern);
    row(
      `range of ${pattern.join(' ')}`,
      `${(oursNs / 1000).toFixed(2)} µs per occurrence`,
      `croner per occurrence ${(theirsNs / 1000).toFixed(1)} µs: ${Math.round(1 / ratio)}x as fast`,
      '>= 50x',
      { value: oursNs, besideValue: theirsNs, ratio },
    );
  }
  const listed = processor(() => {
    let [count, sum] = [0, 0];
    for (let job = 0; job < 1_000; job += 1) {
      for (const times of compile('*/5 * * * *', 'Europe/Berlin').times(from, from + year)) {
        for (const at of times) sum += at - from;
        count += times.length;
      }
    }
    if (count !== 105_120_000) throw new Error(`listed ${count}`);
    return sum;
  });
  row(
    'a year of */5, 1,000 jobs: listed',
    ms(listed.tookMs),
    '105,120,000 occurrences, each looked at',
    '<= 2 s',
    { value: listed.tookMs },
  );
  const told = processor(() => {
    let count = 0;
    for (let job = 0; job < listedJobs; job += 1) {
      for (const _ of compile('*/5 * * * *', 'Europe/Berlin').range(from, from + year)) count += 1;
    }
    return count;
  });
  row(
    'a year of */5: told one by one, with what is to be said of each',
    `${ms(told.tookMs / listedJobs)} per job`,
    `${told.result / listedJobs} occurrences each; 1,000 jobs: ${ms((told.tookMs / listedJobs) * 1_000)}`,
    '-',
    { value: told.tookMs / listedJobs },
  );
  const jobs = Array.from({ length: 1_000 }, () => compile('*/5 * * * *', 'Europe/Berlin'));
  const counted = processor(() =>
    jobs.reduce((sum, job) => sum + job.count(from, from + year, Infinity), 0),
  );
  if (counted.result !== 105_120_000) throw new Error(`counted ${counted.result}`);
  row(
    'a year of */5, 1,000 jobs: counted',
    ms(counted.tookMs),
    '105,120,000 occurrences',
    '<= 2 s',
    { value: counted.tookMs },
  );
}

/** Processor time beside croner's, for one pattern. */
export async function engineRatio() {
  return rangeBesideCroner(await engine(), patterns[1]).ratio;
}
