// An upgrade and a way back with jobs running, between this build and an older
// one built from git: `node scripts/upgrade-pair.mjs [--old REF]`. Run by hand
// before a release. Ends with 1 when something that ran was not adopted.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isAlive, signal } from './proof/processes.mjs';
import { Project, within } from './proof/project.mjs';
import { readStore } from './proof/read-store.mjs';

const { values } = parseArgs({ options: { old: { type: 'string', default: 'v0.1.0' } } });
const seconds = 12;
const manifest = (project) => `version: 1
env: {PROOF_MARK: ${project.dir}}
jobs:
  long:
    command: 'i=0; while [ $i -lt ${seconds * 5} ]; do i=$((i+1)); echo "line $i"; sleep 0.2; done; exit 3'
    success_codes: [3]
  tick: {schedule: every 2s, command: "true"}
`;

const failures = [];
const expect = (what, isSo, evidence) => {
  console.log(`${isSo ? 'ok  ' : 'FAIL'} ${what}${evidence === undefined ? '' : `: ${evidence}`}`);
  if (!isSo) failures.push(what);
};

const sources = mkdtempSync(join(tmpdir(), 'jm2-old-'));
try {
  const old = buildOld();
  const now = resolve('dist/jm2.js');
  await upgrade(old, now, 'restart', async (project) => {
    project.program = now;
    return project.call(['restart']);
  });
  await upgrade(old, now, 'kill -9 and start', async (project) => {
    const { daemon } = await project.present();
    signal(daemon, 'SIGKILL');
    await within(5_000, () => !isAlive(daemon));
    project.program = now;
    return project.call(['start']);
  });
  await wayBack(old, now);
} finally {
  rmSync(sources, { recursive: true, force: true });
}
console.log(failures.length === 0 ? 'all adopted' : `${failures.length} failures`);
process.exitCode = failures.length === 0 ? 0 : 1;

function buildOld() {
  const archive = execFileSync('git', ['archive', values.old], { maxBuffer: 256 * 1024 * 1024 });
  mkdirSync(sources, { recursive: true });
  execFileSync('tar', ['-x', '-C', sources], { input: archive });
  symlinkSync(resolve('node_modules'), join(sources, 'node_modules'));
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: sources });
  return join(sources, 'dist/jm2.js');
}

async function aLongRun(program) {
  const project = new Project({ program, prefix: 'jm2-upgrade-' });
  project.save(manifest(project));
  await project.start();
  const { run } = await project.json(['run', 'long']);
  await within(5_000, () => readStore(project.state)?.attempts.some(({ pid }) => pid !== null));
  return { project, run: run.id };
}

async function endOf(project, id) {
  const ended = () => readStore(project.state).runs.find((run) => run.id === id && run.ended_at);
  return within((seconds + 20) * 1_000, ended, 200);
}

function expectWhole(project, what, run, id) {
  const { state, exit_code: code, attempts } = run ?? {};
  const isWhole = state === 'succeeded' && code === 3 && attempts === 1;
  expect(`${what}: the long run kept its exit code`, isWhole, `${state}, exit code ${code}`);
  const log = readFileSync(join(project.state, 'runs', id, '1', 'log'), 'utf8').split('\n');
  expect(`${what}: and all its output`, log.length === seconds * 5 + 1, `${log.length - 1} lines`);
}

async function upgrade(old, now, what, replace) {
  const { project, run } = await aLongRun(old);
  try {
    const before = readStore(project.state).runs.length;
    const { code, stdout, stderr } = await replace(project);
    expect(`${what}: the new program takes over`, code === 0, (stdout + stderr).trim());
    const { daemon } = await project.json(['status']);
    expect(`${what}: it is the new one`, daemon.running, `version ${daemon.version}`);
    expectWhole(project, what, await endOf(project, run), run);
    const { runs } = readStore(project.state);
    const lost = runs.filter(({ state }) => state === 'lost').length;
    expect(`${what}: the schedule went on`, runs.length > before && lost === 0, `${lost} lost`);
  } finally {
    await project.cleanUp();
  }
}

/** The old program must refuse the newer store, and harm nothing by it. */
async function wayBack(old, now) {
  const { project, run } = await aLongRun(now);
  try {
    const { daemon } = await project.present();
    signal(daemon, 'SIGUSR2');
    await within(10_000, () => !isAlive(daemon));
    project.program = old;
    const { code, stdout, stderr } = await project.call(['start']);
    const words = (stdout + stderr).trim();
    expect('way back: the old program refuses', code !== 0 && /JM2-T102/.test(words), `${code}`);
    console.log(words.replaceAll(/^/gm, '       | '));
    project.program = now;
    await project.start();
    expectWhole(project, 'way back: forward again', await endOf(project, run), run);
  } finally {
    await project.cleanUp();
  }
}
