// A daemon under steady work for a bounded time: is its memory flat, and does no
// occurrence go missing? `npm run soak -- --minutes 60`. Ends with 1 when the
// memory of the last third lies above that of the second by more than a tenth and
// five megabytes, or when outcomes are missing. Not part of the bench: it takes its time.
// `--hours 24` lets a day pass on a clock that runs 60 times as fast (needs libfaketime).
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, sleep, withDaemon } from './daemon.mjs';
import { fastClock, realSeconds } from './fast-clock.mjs';
import { childrenOf, memoryMb, processorMs } from './process-figures.mjs';
import { openSqlite } from './store.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    jobs: { type: 'string', default: '50' },
    hours: { type: 'string' },
  },
});
/** So many times as fast goes the clock of simulated hours. */
const speed = values.hours === undefined ? 1 : 60;
const minutes = values.hours === undefined ? Number(values.minutes) : Number(values.hours);
const jobs = Number(values.jobs);
if (!(minutes >= 0.5 && minutes <= 1_440)) throw new Error('--minutes is from 0.5 to 1440');
if (!(jobs >= 1 && jobs <= 10_000)) throw new Error('--jobs is from 1 to 10000');
const clock = values.hours === undefined ? null : fastClock(speed);

/** One in five prints and fails; every minute the file is saved with another description. */
function manifest(word) {
  const lines = ['version: 1', 'timezone: UTC', 'jobs:'];
  for (let i = 0; i < jobs; i += 1) {
    const command = i % 5 === 0 ? `seq 200; exit ${i % 2}` : ':';
    lines.push(
      `  job-${i}: {schedule: every ${(5 + (i % 11)) * (clock === null ? 1 : 20)}s, command: "${command}", concurrency: allow, description: ${word}}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

await withDaemon(
  () => manifest('begin'),
  async ({ folder, pid, stateDir }) => {
    const read = (sql) => {
      const store = openSqlite(join(stateDir, 'jm2.db'), { readOnly: true });
      try {
        return Number(store.prepare(sql).get().n);
      } finally {
        store.close();
      }
    };
    const [launcher] = childrenOf(pid).map(Number);
    // The jump from true to fast time is no part of it.
    if (clock !== null) await sleep(realSeconds * 1_000 + 5_000);
    const from = read('SELECT coalesce(max(nominal_at), 0) AS n FROM occurrences');
    const processorBefore = processorMs(pid).own;
    const begun = Date.now();
    const end = begun + minutes * 60_000;
    const everyMs = Math.max(1_000, (minutes * 60_000) / 180);
    const samples = [];
    let saves = 0;
    while (Date.now() < end) {
      await sleep(everyMs);
      if (!existsSync(`/proc/${pid}`)) throw new Error('the daemon has ended');
      samples.push({ daemon: memoryMb(pid), launcher: memoryMb(launcher) });
      if (Date.now() - begun > (saves + 1) * 60_000) {
        saves += 1;
        writeFileSync(join(folder, 'jobs.yaml'), manifest(`save-${saves}`));
      }
    }
    const third = Math.floor(samples.length / 3);
    let isFlat = true;
    for (const of of ['daemon', 'launcher']) {
      const taken = samples.map((sample) => sample[of]);
      const [middle, last] = [taken.slice(third, 2 * third), taken.slice(2 * third)].map(median);
      const grown = last - middle;
      if (grown > 5 && grown > middle / 10) isFlat = false;
      console.log(
        `${of}: ${middle.toFixed(1)} MB in the second third, ${last.toFixed(1)} MB in the last, at most ${Math.max(...taken).toFixed(1)} MB`,
      );
    }
    const later = `nominal_at > ${from}`;
    const admitted = read(
      `SELECT count(*) AS n FROM occurrences WHERE disposition = 'admitted' AND ${later}`,
    );
    const missed = read(
      `SELECT coalesce(sum(count), 0) AS n FROM occurrences WHERE disposition <> 'admitted' AND ${later}`,
    );
    const lost = read("SELECT count(*) AS n FROM runs WHERE state = 'lost'");
    const own = (processorMs(pid).own - processorBefore) / (Date.now() - begun);
    console.log(
      `${admitted} runs, ${missed} occurrences not admitted, ${lost} lost, ${saves} saves; daemon ${(own * 100).toFixed(1)} % of a core`,
    );
    if (!isFlat) console.log('the memory is not flat');
    process.exitCode = isFlat && missed === 0 && lost === 0 ? 0 : 1;
  },
  clock,
);
