// A real daemon under random faults: killed, stopped, restarted, starved, lied to,
// with jobs that log themselves. Afterwards a checker proves from outside that the
// promises held. `--minutes N`, `--seed S` (the order of faults; their effect also
// hangs on the machine), `--keep` (leaves the directory), `--disk-full` (a small
// file system that fills up). Needs /proc; as root it also fakes reboots. Exits
// with 1 when a promise was broken.
import { spawnSync } from 'node:child_process';
import { createHash, randomInt, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './chaos/check.mjs';
import { World, faultsFor, witnessLines } from './chaos/faults.mjs';
import { firstJobs } from './chaos/manifest.mjs';
import { createRandom } from './chaos/random.mjs';
import { loadTypescript } from './generate/load-typescript.mjs';
import { Project, sleep, within } from './proof/project.mjs';
import { readStore } from './proof/read-store.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string' },
    keep: { type: 'boolean', default: false },
    'disk-full': { type: 'boolean', default: false },
    program: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
});
const inNamespace = 'PROOF_NAMESPACE';
const isRoot = process.geteuid?.() === 0;
if (process.platform !== 'linux') {
  console.error('chaos needs /proc');
  process.exit(1);
}
// Mounts of ours (the boot id, the small file system) are seen by nobody else.
if (isRoot && process.env[inNamespace] === undefined) {
  const args = ['--mount', '--propagation', 'private', process.execPath, ...process.argv.slice(1)];
  const env = { ...process.env, [inNamespace]: '1' };
  const { status } = spawnSync('unshare', args, { stdio: 'inherit', env });
  process.exit(status ?? 1);
}

const settleMs = 12_000;
const smallDiskMegabytes = 48;
const seed = values.seed === undefined ? randomInt(1_000_000_000) : Number(values.seed);
const random = createRandom(seed);
const say = (line) => (values.quiet ? undefined : console.log(line));
const project = new Project({
  prefix: 'jm2-chaos-',
  ...(values.program === undefined ? {} : { program: values.program }),
});
const canReboot = fakeBootId();
const hasSmallDisk = values['disk-full'] && mountSmallDisk();
console.log(
  `chaos: seed ${seed}, ${values.minutes} min, in ${project.dir}${canReboot ? ', with reboots' : ''}${hasSmallDisk ? ', with a full disk' : ''}`,
);

const world = new World(
  project,
  random,
  firstJobs(join(import.meta.dirname, 'chaos/job.sh'), Date.now()),
);
const stalls = watchForStalls();
let isClean = false;
try {
  await rage();
  const verdict = await judge();
  isClean = report(verdict);
} finally {
  stalls.stop();
  if (!(await project.endAll())) console.log('some processes could not be ended');
  if (values.keep || !isClean) {
    keepState();
    console.log(`kept: ${project.dir}`);
  } else {
    if (hasSmallDisk) spawnSync('umount', [project.state]);
    await project.cleanUp();
  }
}
process.exitCode = isClean ? 0 : 1;

async function rage() {
  const until = performance.now() + Number(values.minutes) * 60_000;
  const faults = faultsFor({ canReboot, hasSmallDisk });
  await world.ensureUp();
  while (performance.now() < until) {
    await sleep(random.between(200, 3_000));
    const { name, from, until: end, detail } = await world.suffer(random.weighted(faults));
    const took = `${((end - from) / 1_000).toFixed(1)} s`;
    say(`${new Date(from).toISOString()} ${name.padEnd(28)} ${took.padStart(7)}  ${detail}`);
  }
}

/** Lets everything come to rest, stops in order, and collects what there is to see. */
async function judge() {
  world.faults.push({ name: 'drain at the end', from: Infinity, until: Infinity, detail: '' });
  await sleep(settleMs);
  const until = Date.now() - 2_000;
  world.faults.at(-1).from = Date.now();
  await project.call(['stop', '--grace', '3s']);
  await within(10_000, () => project.leftovers().length === 0);
  world.faults.push(...stalls.seen);
  const store = readStore(project.state);
  const history = await project.json(['history', '--all', '--limit', '100000']);
  const { loadManifest } = await loadTypescript('src/core/manifest/load-manifest.ts');
  const { compileSchedule } = await loadTypescript('src/core/schedule/compile-schedule.ts');
  const digest = (text) => createHash('sha256').update(text).digest('hex');
  const manifests = new Map(
    store.revisions.map(({ number, source }) => [
      number,
      loadManifest(source, { file: 'jobs.yaml', digest }).manifest,
    ]),
  );
  const logs = new Map();
  for (const { run_id: run, attempt } of store.attempts) {
    try {
      const path = join(project.state, 'runs', run, String(attempt), 'log');
      logs.set(`${run}/${attempt}`, readFileSync(path, 'utf8'));
    } catch {
      // The checker says so where there should be one.
    }
  }
  const facts = {
    witness: witnessLines(project),
    store,
    manifests,
    accepted: world.accepted,
    faults: world.faults,
    logs,
    leftovers: project.leftovers(),
    history: history?.runs ?? [],
    until,
  };
  return check(facts, compileSchedule);
}

function report({ violations, counts }) {
  for (const [what, count] of Object.entries(counts)) {
    const words = typeof count === 'number' ? count : JSON.stringify(count);
    console.log(`${what.padEnd(12)} ${words}`);
  }
  for (const { promise, words } of violations) console.log(`VIOLATION ${promise}: ${words}`);
  console.log(
    violations.length === 0
      ? `no violations, seed ${seed}`
      : `${violations.length} violations, seed ${seed}`,
  );
  return violations.length === 0;
}

/** The machine itself may stand still for a while; that is nobody's fault and explains as much. */
function watchForStalls() {
  const seen = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const gap = performance.now() - last;
    last = performance.now();
    if (gap < 1_500) return;
    seen.push({ name: 'stall', from: Date.now() - gap, until: Date.now(), detail: '' });
  }, 250);
  return { seen, stop: () => clearInterval(timer) };
}

/** True when the boot id can be faked: a file of ours stands in its place. */
function fakeBootId() {
  if (!isRoot) return false;
  const file = join(project.dir, 'boot_id');
  project.nextBoot = () => writeFileSync(file, `${randomUUID()}\n`);
  project.nextBoot();
  const mounted = spawnSync('mount', ['--bind', file, '/proc/sys/kernel/random/boot_id']);
  return mounted.status === 0;
}

/** What lies on the small file system goes with this process; a copy stays. */
function keepState() {
  if (hasSmallDisk) cpSync(project.state, join(project.dir, 'state-kept'), { recursive: true });
}

function mountSmallDisk() {
  if (!isRoot) return false;
  mkdirSync(project.state, { mode: 0o700 });
  const size = `size=${smallDiskMegabytes}m,mode=700`;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', project.state]).status === 0;
}
