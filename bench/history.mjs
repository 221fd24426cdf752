// A million runs in the store beside a thousand: what people ask of the past must
// not take longer for it. The rows are written into the store of a stopped
// daemon, then a daemon answers from them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { median } from './daemon.mjs';
import { loadTypescript } from '../scripts/generate/load-typescript.mjs';
import { makeFolder } from './folders.mjs';
import { ms, row, times } from './report.mjs';
import { openSqlite } from './store.mjs';

const jm2 = resolve('dist/jm2.js');
const jobs = 20;
const keep = { JM2_KEEP_RUNS: '1000000', JM2_KEEP_AGE: '3650d' };

const fill = (count) => `
  BEGIN IMMEDIATE;
  CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i + 1 < ${count})
    SELECT i FROM c;
  CREATE TEMP TABLE j AS SELECT row_number() OVER (ORDER BY name) - 1 AS k, uid, name, spec_digest, revision
    FROM jobs WHERE removed_at IS NULL;
  CREATE TEMP TABLE r AS SELECT printf('01h%023d', i) AS id, j.*, i,
      (unixepoch() - (${count} - i) / ${jobs} * 10 - 60) * 1000 AS at, i % 50 = 7 AS bad
    FROM n JOIN j ON j.k = i % ${jobs};
  INSERT INTO occurrences (job_uid, nominal_at, epoch, last_nominal_at, count, job, disposition, run_id, recorded_at)
    SELECT uid, at, 0, at, 1, name, 'admitted', id, at FROM r;
  INSERT INTO runs (id, job_uid, job, trigger, nominal_at, epoch, revision, spec_digest, state, attempts,
      queued_at, started_at, ended_at, late_ms, exit_code, reason)
    SELECT id, uid, name, 'schedule', at, 0, revision, spec_digest, iif(bad, 'failed', 'succeeded'), 1,
      at, at + 2, at + 2 + i % 900, 2, iif(bad, 1, 0), iif(bad, 'exit', NULL) FROM r;
  INSERT INTO attempts (run_id, attempt, intended_at, started_at, ended_at, pid, boot_id, exit_code, state)
    SELECT id, 1, at, at + 2, at + 2 + i % 900, 4711, 'bench', iif(bad, 1, 0), iif(bad, 'failed', 'succeeded') FROM r;
  DROP TABLE r; DROP TABLE j; DROP TABLE n;
  COMMIT`;

/** A daemon over a store with so many ended runs; `stop` ends it. */
export async function daemonWithRuns(count) {
  const folder = makeFolder('history');
  mkdirSync(join(folder, 'home'));
  const lines = Array.from(
    { length: jobs },
    (_, i) => `  job-${i}: {schedule: "${i} 4 1 1 *", command: "true"}`,
  );
  writeFileSync(join(folder, 'jobs.yaml'), `version: 1\njobs:\n${lines.join('\n')}\n`);
  const env = { ...process.env, ...keep, JM2_HOME: join(folder, 'home') };
  const cli = (...args) => {
    const begin = performance.now();
    const result = spawnSync(process.execPath, [jm2, ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    if (result.status !== 0)
      throw new Error(`jm2 ${args.join(' ')}: ${result.stdout}${result.stderr}`);
    return { tookMs: performance.now() - begin, stdout: result.stdout };
  };
  cli('start');
  const { daemon, manifest } = JSON.parse(cli('status', '--json').stdout).data;
  cli('stop', '--now');
  const store = openSqlite(join(manifest.stateDir, 'jm2.db'));
  store.exec(fill(count));
  // As if each had been recorded by itself: the sums per day are part of that.
  const { runDaysRebuild } = await loadTypescript('src/store/sqlite/run-days-schema.ts');
  store.exec(runDaysRebuild);
  store.exec('ANALYZE');
  store.close();
  cli('start');
  return { cli, pid: daemon.pid, stop: () => cli('stop', '--now') };
}

/** The last minutes are the same in both; `stats` alone looks at a month. */
const questions = [
  ['history'],
  ['history', 'job-3'],
  ['history', '--failed'],
  ['list'],
  ['stats', '--since', '8m ago'],
  ['stats'],
  ['stats', 'job-3'],
  ['show', 'job-3'],
];

/** Median wall times of each question at either number of runs, alternating. */
export async function askBoth(few, many, rounds) {
  const daemons = [];
  try {
    for (const count of [few, many]) daemons.push(await daemonWithRuns(count));
    const [small, large] = daemons;
    return questions.map((words) => {
      const took = { small: [], large: [] };
      for (let round = 0; round < rounds; round += 1) {
        took.small.push(small.cli(...words).tookMs);
        took.large.push(large.cli(...words).tookMs);
      }
      return { words, fewMs: median(took.small), manyMs: median(took.large) };
    });
  } finally {
    for (const daemon of daemons) daemon.stop();
  }
}

export async function measureHistory(many, rounds) {
  for (const { words, fewMs, manyMs } of await askBoth(1_000, many, rounds)) {
    row(
      `${words.join(' ')}, ${many} runs`,
      ms(manyMs),
      `1000 runs ${ms(fewMs)}: ${times(manyMs / fewMs)}`,
      '<= 1.5x',
      { value: manyMs, besideValue: fewMs, ratio: manyMs / fewMs, runs: many },
    );
  }
}
