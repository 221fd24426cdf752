// Measures jm2 beside the alternatives in one run and prints ratios; an
// absolute time alone proves nothing on a noisy machine. `--short` takes some
// minutes; `--only WORD` measures what has the word in its name, and `--add` puts
// such a part into `results.json`.
import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { measureDefinitions, measureManifests } from './definitions.mjs';
import { measureEngine } from './engine.mjs';
import { measureHistory } from './history.mjs';
import { measureLogs } from './logs.mjs';
import { best, ms, print, row, rows, times } from './report.mjs';
import { rivalHerd, rivals } from './rivals.mjs';
import { bareInserts, jm2Claims } from './claims.mjs';
import { cliStart } from './cli-start.mjs';
import { median, withDaemon } from './daemon.mjs';
import { bareLoop, debianCron, jm2Herd } from './herd.mjs';
import { bareMemory, idle } from './idle.mjs';
import { lateness } from './lateness.mjs';
import { output } from './output.mjs';
import { measurePlans } from './plans.mjs';
import { bareRate, jm2Rate } from './sustained.mjs';
import { measureSize } from './size.mjs';

const short = process.argv.includes('--short');
const onlyAt = process.argv.indexOf('--only');
const only = onlyAt === -1 ? null : process.argv[onlyAt + 1];
const jm2 = resolve('dist/jm2.js');
const resultsFile = 'bench/results.json';
async function measureLateness() {
  const one = await lateness(short ? 10 : 40);
  row(
    'one job, idle: lateness',
    `p50 ${ms(one.p50)}, p99 ${ms(one.p99)}`,
    `${one.runs} runs`,
    'p50 <= 5 ms, p99 <= 15 ms',
    { value: one.p50, p99: one.p99 },
  );
}

async function measureHerd(count, rounds) {
  const loops = [];
  const herds = [];
  // Alternating rounds; the quietest of each is compared.
  for (let round = 0; round < rounds; round += 1) {
    loops.push(await bareLoop(count));
    herds.push(await jm2Herd(count));
  }
  const loop = best(loops, ({ last }) => last);
  const herd = best(herds, ({ last }) => last);
  const ratio = herd.last / loop.last;
  const each = herds.map(({ last }, round) => last / loops[round].last);
  row(
    `${count} due at once: last start`,
    `${ms(herd.last)} (first ${ms(herd.first)}, p50 ${ms(herd.p50)})`,
    `bare Node loop ${ms(loop.last)}: ${times(ratio)} (rounds ${each.map(times).join(' ')})`,
    count < 1_000 ? '-' : '<= 1.5x, goal 1.0x',
    { value: herd.last, besideValue: loop.last, ratio, rounds: each },
  );
  const [ours, theirs] = [herds, loops].map((all) => median(all.map(({ processor }) => processor)));
  row(
    `${count} due at once: processor time`,
    `${ms(ours / count)} per run`,
    `bare Node loop ${ms(theirs / count)}: ${times(ours / theirs)}`,
    '-',
    { value: ours / count, besideValue: theirs / count, ratio: ours / theirs },
  );
  return herd;
}

async function measureCron(count, herd) {
  const cron = await debianCron(count);
  row(
    `${count} due at once beside cron`,
    ms(herd.last),
    cron === null
      ? "Debian's cron is not installed"
      : `cron ${ms(cron.last)}: ${times(herd.last / cron.last)}`,
    'faster',
    cron === null ? {} : { value: herd.last, besideValue: cron.last, ratio: herd.last / cron.last },
  );
}

async function measureRivals(count, herd, names) {
  for (const name of names) {
    const theirs = await rivalHerd(name, count);
    row(
      `${count} due at once beside ${name}`,
      ms(herd.last),
      theirs === null
        ? 'could not be installed'
        : `${name} ${ms(theirs.last)} (p50 ${ms(theirs.p50)}): ${times(herd.last / theirs.last)}`,
      name === 'bree' ? 'faster' : '<= 1.5x, and durable',
      theirs === null
        ? {}
        : { value: herd.last, besideValue: theirs.last, ratio: herd.last / theirs.last },
    );
  }
}

async function measureClaims(count) {
  const bare = bareInserts(count);
  const claims = await jm2Claims(count);
  const { lastMs, processor, loop, lost, doubled } = claims;
  row(
    `${count} due in one second: claimed`,
    `${ms(lastMs)}, lost ${lost}, doubled ${doubled}; processor ${ms(processor)}`,
    `the rows alone ${ms(bare)}: ${times(lastMs / bare)}`,
    '<= 2 s, lost 0, doubled 0',
    { value: lastMs, besideValue: bare, ratio: lastMs / bare, lost, doubled, processor },
  );
  row(
    '  event loop delay meanwhile',
    loop === null
      ? 'not measured'
      : `p50 ${ms(loop.p50Ms)}, p99 ${ms(loop.p99Ms)}, max ${ms(loop.maxMs)}`,
    '',
    'p99 <= 50 ms',
    loop === null ? {} : { value: loop.p99Ms, p50: loop.p50Ms, max: loop.maxMs },
  );
}

async function measureSustained(seconds) {
  const first = await bareRate(seconds / 6);
  const count = Math.min(32_000, Math.ceil(first.perSecond * 0.75 * seconds));
  const ours = await jm2Rate(count);
  const second = await bareRate(seconds / 6);
  const bare = (first.perSecond + second.perSecond) / 2;
  const ratio = ours.perSecond / bare;
  row(
    'durable runs per second',
    `${Math.round(ours.perSecond)}/s over ${Math.round(ours.seconds)} s (${count} runs)`,
    `bare Node loop ${Math.round(bare)}/s: ${times(ratio)}`,
    '>= 0.66x, goal 0.9x',
    { value: ours.perSecond, besideValue: bare, ratio, runs: count },
  );
  const beside = (first.processorPerRun + second.processorPerRun) / 2;
  row(
    '  processor time per run',
    ms(ours.processorPerRun),
    `bare Node loop ${ms(beside)}: ${times(ours.processorPerRun / beside)}`,
    '-',
    { value: ours.processorPerRun, besideValue: beside, ratio: ours.processorPerRun / beside },
  );
}

async function measureIdle(count, seconds, targetMb) {
  const bare = await bareMemory();
  const at = await idle(count, seconds);
  row(
    `memory of the daemon, ${count} jobs`,
    `${Math.round(at.memoryMb)} MB (launcher ${Math.round(at.launcherMb)} MB more)`,
    `bare Node ${Math.round(bare)} MB: ${times(at.memoryMb / bare)}`,
    `<= ${targetMb} MB`,
    { value: at.memoryMb, besideValue: bare, ratio: at.memoryMb / bare, launcher: at.launcherMb },
  );
  row(
    `  idle, ${seconds} s`,
    `awake in ${at.moments} moments, ${(at.processorShare * 100).toFixed(2)} % of one core`,
    '',
    'one per 10 s, < 0.5 %',
    { value: at.moments, processorShare: at.processorShare, jobs: count },
  );
}

async function measureOutput(seconds) {
  const { sleeps, writes } = await output(seconds);
  const grown = (one) =>
    `daemon +${one.grownMb.toFixed(1)} MB, launcher +${one.launcherGrownMb.toFixed(1)} MB`;
  const waits = (one) => `call p50 ${ms(one.p50)}, p99 ${ms(one.p99)}`;
  const rate = writes.bytes / 1e9 / writes.seconds;
  row(
    `output for ${seconds} s: memory`,
    `${rate.toFixed(2)} GB/s: ${grown(writes)}`,
    `a job that sleeps: ${grown(sleeps)}`,
    'none',
    { value: writes.grownMb, besideValue: sleeps.grownMb, launcher: writes.launcherGrownMb, rate },
  );
  row(
    '  event loop delay meanwhile',
    waits(writes),
    `a job that sleeps: ${waits(sleeps)}`,
    'none',
    { value: writes.p99, besideValue: sleeps.p99, ratio: writes.p99 / sleeps.p99 },
  );
}

async function measureCommandLine() {
  const rounds = short ? 7 : 21;
  const version = cliStart(rounds, [jm2, '--version']);
  row(
    'jm2 --version',
    ms(version.commandMs),
    `node -e 0 ${ms(version.bareMs)}: ${times(version.commandMs / version.bareMs)}`,
    '<= 1.5x',
    ratioOf(version),
  );
  await withDaemon(
    () =>
      `version: 1\njobs:\n${Array.from({ length: 20 }, (_, i) => `  job-${i}: {schedule: "@daily", command: "true"}\n`).join('')}`,
    async ({ folder }) => {
      const options = { cwd: folder, env: { ...process.env, JM2_HOME: `${folder}/home` } };
      const list = cliStart(rounds, [jm2, 'list'], options);
      row(
        'jm2 list (20 jobs)',
        ms(list.commandMs),
        `node -e 0 ${ms(list.bareMs)}: ${times(list.commandMs / list.bareMs)}`,
        '<= 2x',
        ratioOf(list),
      );
    },
  );
}

const ratioOf = ({ commandMs, bareMs }) => ({
  value: commandMs,
  besideValue: bareMs,
  ratio: commandMs / bareMs,
});

const measures = {
  lateness: measureLateness,
  'herd-100': async () => {
    const herd = await measureHerd(100, short ? 1 : 3);
    if (short) return;
    await measureCron(100, herd);
    await measureRivals(100, herd, rivals);
  },
  'herd-1000': async () => {
    if (short) return;
    const herd = await measureHerd(1_000, 3);
    await measureCron(1_000, herd);
    // A worker thread for each of a thousand jobs takes bree a minute and more.
    await measureRivals(1_000, herd, ['croner', 'node-cron']);
  },
  'herd-5000': async () => {
    if (short) return;
    await measureRivals(5_000, await measureHerd(5_000, 1), ['croner', 'node-cron']);
  },
  claims: () => measureClaims(short ? 2_000 : 10_000),
  sustained: () => measureSustained(short ? 6 : 36),
  'idle-1000': () => measureIdle(1_000, short ? 10 : 30, 90),
  'idle-10000': async () => {
    if (!short) await measureIdle(10_000, 30, 200);
  },
  output: () => measureOutput(short ? 3 : 10),
  'command-line': measureCommandLine,
  engine: measureEngine,
  history: () => measureHistory(short ? 50_000 : 1_000_000, short ? 5 : 15),
  manifests: () => measureManifests(short ? [1, 1_000] : [1, 1_000, 10_000, 100_000]),
  definitions: () =>
    measureDefinitions(short ? [1, 1_000] : [1, 1_000, 10_000, 100_000], short ? 5 : 30),
  plans: () => measurePlans(short ? [1_000] : [1_000, 10_000]),
  size: measureSize,
  logs: () => measureLogs(short ? 200e6 : 10e9, short ? 2 : 10),
};

print('measure', 'jm2', 'beside', 'target');
for (const [name, measure] of Object.entries(measures)) {
  if (only === null || name.includes(only)) await measure();
}

// A part of the rows, or short ones, do not stand for a run; `--add` puts them
// in place of the same rows of the run before.
const isWhole = only === null && !short;
if (isWhole || process.argv.includes('--add')) {
  const load = loadavg().map((value) => Math.round(value * 10) / 10);
  const before = isWhole ? [] : JSON.parse(readFileSync(resultsFile, 'utf8')).rows;
  const key = ({ measure, jobs }) => `${measure} ${jobs}`;
  const now = new Set(rows.map(key));
  const added = isWhole ? rows : rows.map((one) => ({ ...one, loadAtEnd: load }));
  const all = [...before.filter((one) => !now.has(key(one))), ...added];
  const facts = { node: process.version, cpus: cpus().length, loadAtEnd: load, rows: all };
  writeFileSync(resultsFile, `${JSON.stringify(facts, null, 2)}\n`);
  console.log(`Written to ${resultsFile}; \`npm run generate\` draws the plots.`);
}
