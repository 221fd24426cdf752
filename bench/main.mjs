// Measures jm2 beside the alternatives in one run and prints ratios; an
// absolute time alone proves nothing on a noisy machine. `--short` for the gate.
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { writeFileSync } from 'node:fs';
import { cliStart } from './cli-start.mjs';
import { withDaemon } from './daemon.mjs';
import { bareLoop, debianCron, jm2Herd } from './herd.mjs';
import { lateness } from './lateness.mjs';

const short = process.argv.includes('--short');
const rows = [];
const row = (measure, figure, beside, target) => {
  rows.push({ measure, figure, beside, target });
  console.log(`${measure.padEnd(40)} ${figure.padEnd(34)} ${beside.padEnd(38)} ${target}`);
};
const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

row('measure', 'jm2', 'beside', 'target');

const one = await lateness(short ? 10 : 40);
row(
  'one job, idle: lateness',
  `p50 ${ms(one.p50)}, p99 ${ms(one.p99)}`,
  `${one.runs} runs`,
  'p50 <= 5 ms, p99 <= 15 ms',
);

const best = (results) => results.reduce((a, b) => (b.last < a.last ? b : a));
for (const count of short ? [100] : [100, 1000]) {
  const loops = [];
  const herds = [];
  // Alternating rounds; the quietest of each is compared.
  for (let round = 0; round < (short ? 1 : 3); round += 1) {
    loops.push(await bareLoop(count));
    herds.push(await jm2Herd(count));
  }
  const loop = best(loops);
  const herd = best(herds);
  row(
    `${count} due at once: last start`,
    `${ms(herd.last)} (first ${ms(herd.first)}, p50 ${ms(herd.p50)})`,
    `bare Node loop ${ms(loop.last)}: ${(herd.last / loop.last).toFixed(2)}x`,
    '<= 1.5x, goal 1.0x',
  );
  if (!short) {
    const cron = await debianCron(count);
    row(
      `${count} due at once beside cron`,
      ms(herd.last),
      cron === null
        ? "Debian's cron is not installed"
        : `cron ${ms(cron.last)}: ${(herd.last / cron.last).toFixed(2)}x`,
      'faster',
    );
  }
}

const jm2 = resolve('dist/jm2.js');
const rounds = short ? 7 : 21;
const version = cliStart(rounds, [jm2, '--version']);
row(
  'jm2 --version',
  ms(version.commandMs),
  `node -e 0 ${ms(version.bareMs)}: ${(version.commandMs / version.bareMs).toFixed(2)}x`,
  '<= 1.5x',
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
      `node -e 0 ${ms(list.bareMs)}: ${(list.commandMs / list.bareMs).toFixed(2)}x`,
      '<= 2x',
    );
  },
);

writeFileSync(
  'bench/results.json',
  `${JSON.stringify({ node: process.version, cpus: cpus().length, short, rows: rows.slice(1) }, null, 2)}\n`,
);
