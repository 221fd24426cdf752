// The short form of the bench, for every change: a few ratios of processor time,
// which other work on the machine leaves alone, beside the recorded ones. Ends
// with 1 when one is worse by more than a third, three times in a row.
// `--record` measures three times and writes the worst of each down: what is beyond
// that by a third is no noise.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { manifestOf } from './definitions.mjs';
import { engineRatio } from './engine.mjs';
import { makeFolder } from './folders.mjs';
import { bareLoop, jm2Herd } from './herd.mjs';
import { processorMs } from './process-figures.mjs';
import { bestOf, worsened, worstOf } from './verdict.mjs';

const jm2 = resolve('dist/jm2.js');
const recordFile = 'bench/recorded.json';
const roundsMax = 3;
const runs = 150;
const jobs = 2_000;

/** Processor time of one Node process, averaged over some: the system counts in steps of 10 ms. */
function node(args, times, options = {}) {
  const before = processorMs(process.pid).children;
  for (let i = 0; i < times; i += 1) {
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore', ...options });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  }
  return (processorMs(process.pid).children - before) / times;
}

function commandLine() {
  const bare = node(['-e', '0'], 15);
  return { 'jm2 --version beside node -e 0': node([jm2, '--version'], 15) / bare };
}

/** Beside the YAML library alone, which plain manifests are not read by. */
function manifest() {
  const folder = makeFolder('gate');
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(folder, 'jobs.yaml'), manifestOf(jobs));
  const parse = `import('yaml').then(({ parse }) => parse(require('node:fs').readFileSync(${JSON.stringify(join(folder, 'jobs.yaml'))}, 'utf8'), { uniqueKeys: false }))`;
  const at = { cwd: folder, env: { ...process.env, JM2_HOME: home } };
  const bare = node(['-e', parse], 3);
  return {
    [`validate, ${jobs} jobs, beside parsing alone`]: node([jm2, 'validate'], 3, at) / bare,
    [`plan, ${jobs} jobs, beside parsing alone`]: node([jm2, 'plan', '--json'], 3, at) / bare,
  };
}

async function starts() {
  const bare = await bareLoop(runs);
  const ours = await jm2Herd(runs);
  return { [`${runs} runs beside a bare loop`]: ours.processor / bare.processor };
}

async function ranges() {
  return { 'range of occurrences beside croner': await engineRatio() };
}

async function round() {
  return { ...commandLine(), ...manifest(), ...(await ranges()), ...(await starts()) };
}

const isRecording = process.argv.includes('--record');
const recorded = isRecording ? {} : JSON.parse(readFileSync(recordFile, 'utf8'));
let measured = {};
for (let rounds = 0; rounds < roundsMax; rounds += 1) {
  measured = (isRecording ? worstOf : bestOf)(measured, await round());
  if (!isRecording && worsened(recorded, measured).length === 0) break;
}

const shown = (ratio) => `${Number(ratio.toPrecision(3))}`;
for (const [name, ratio] of Object.entries(measured)) {
  const before = recorded[name];
  console.log(
    `${name.padEnd(44)} ${shown(ratio).padStart(8)}${before === undefined ? '' : `   recorded ${shown(before)}`}`,
  );
}
if (isRecording) {
  const rounded = Object.entries(measured).map(([name, ratio]) => [name, Number(shown(ratio))]);
  writeFileSync(recordFile, `${JSON.stringify(Object.fromEntries(rounded), null, 2)}\n`);
} else {
  const worse = worsened(recorded, measured);
  for (const name of worse) console.log(`worse by more than a third: ${name}`);
  process.exitCode = worse.length === 0 ? 0 : 1;
}
