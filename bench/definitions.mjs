// How the number of jobs tells: reading, planning and previewing a manifest, and the
// start of a daemon with it, one saved edit, and what the daemon takes. Commands
// are measured by their processor time, which other work on the machine leaves
// alone; beside each stands the same with one job.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sleep, withDaemon } from './daemon.mjs';
import { makeFolder } from './folders.mjs';
import { ask } from './output.mjs';
import { memoryMb, processorMs } from './process-figures.mjs';
import { ms, row, times } from './report.mjs';

const jm2 = resolve('dist/jm2.js');
const longestMs = 900_000;

/** Jobs as people write them: ten lines of a block each, no two the same. */
export function manifestOf(count, word = 'nightly') {
  const lines = ['version: 1', 'timezone: Europe/Berlin', 'jobs:'];
  for (let i = 0; i < count; i += 1) {
    lines.push(
      `  job-${i}:`,
      `    description: Part ${i} of the work of this host`,
      `    schedule: "${i % 60} ${i % 24} * * *"`,
      `    command: ./work.sh --part ${i} --quiet`,
      '    timeout: 30m',
      '    retry: 2',
      `    tags: [${i === 0 ? word : 'nightly'}, team-${i % 7}]`,
      '    env:',
      `      PART: "${i}"`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Wall and processor time of one command, and the most memory it took. */
export function command(folder, args) {
  const before = processorMs(process.pid).children;
  const begin = performance.now();
  const words = [jm2, ...args];
  const { status, stderr } = spawnSync(process.execPath, words, {
    cwd: folder,
    env: { ...process.env, JM2_HOME: join(folder, 'home') },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: longestMs,
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return {
    wallMs: performance.now() - begin,
    processorMs: processorMs(process.pid).children - before,
  };
}

/** `validate`, `plan` and a preview of one day of a manifest that is nowhere in force. */
export function commandsOf(count) {
  const folder = makeFolder('definitions');
  mkdirSync(join(folder, 'home'));
  writeFileSync(join(folder, 'jobs.yaml'), manifestOf(count));
  const to = ['--from', '2026-03-01T00:00:00Z', '--to', '2026-03-02T00:00:00Z'];
  return {
    validate: command(folder, ['validate']),
    plan: command(folder, ['plan', '--json']),
    'preview of a day': command(folder, ['preview', ...to, '--json']),
  };
}

/** Start to answering, save to in force, memory at rest and processor time at rest. */
export function daemonOf(count, idleSeconds) {
  const begun = Date.now();
  return withDaemon(
    () => manifestOf(count),
    async ({ folder, pid, stateDir, cli }) => {
      await applied(cli, 1);
      const startMs = Date.now() - begun;
      const before = processorMs(pid).own;
      writeFileSync(join(folder, 'jobs.yaml'), manifestOf(count, 'changed'));
      const saved = Date.now();
      // Whoever calls waits as long as the event loop keeps it waiting.
      const { socket } = JSON.parse(cli('status', '--json')).data.daemon;
      let longestWaitMs = 0;
      for (let revision = 1; revision < 2;) {
        const asked = performance.now();
        ({ applied: revision } = (await ask(socket, '/api/v1/status')).revision);
        longestWaitMs = Math.max(longestWaitMs, performance.now() - asked);
        if (Date.now() > saved + longestMs) throw new Error('the save did not come into force');
        await sleep(20);
      }
      const log = readFileSync(join(stateDir, 'daemon.log'), 'utf8').split('\n');
      const line = log.find((text) => text.includes('"revision":2,'));
      const saveMs = Date.parse(JSON.parse(line).time) - saved;
      const saveProcessorMs = processorMs(pid).own - before;
      await sleep(12_000);
      const resting = processorMs(pid).own;
      await sleep(idleSeconds * 1000);
      return {
        startMs,
        saveMs,
        saveProcessorMs,
        longestWaitMs,
        memoryMb: memoryMb(pid),
        idleShare: (processorMs(pid).own - resting) / (idleSeconds * 1000),
      };
    },
  );
}

async function applied(cli, revision) {
  const deadline = Date.now() + longestMs;
  while (Date.now() < deadline) {
    try {
      if (JSON.parse(cli('status', '--json')).data.revision.applied >= revision) return;
    } catch {
      // Busy with the manifest: it is asked again.
    }
    await sleep(100);
  }
  throw new Error(`revision ${revision} did not come into force`);
}

const targets = { 1000: '<= 0.2 s, plan 0.5 s', 10000: '<= 2 s' };

/** The commands alone, without a daemon. */
export function measureManifests(sizes) {
  const one = commandsOf(1);
  for (const size of sizes) {
    const found = size === 1 ? one : commandsOf(size);
    for (const [name, { wallMs, processorMs: own }] of Object.entries(found)) {
      const beside = one[name].processorMs;
      row(
        `${name}, ${size} jobs`,
        `${ms(own)} of processor time (${ms(wallMs)})`,
        `one job ${ms(beside)}; ${((own - beside) / size).toFixed(3)} ms per job`,
        targets[size] ?? '-',
        { value: own, besideValue: beside, ratio: own / beside, wallMs, jobs: size },
      );
    }
  }
}

export async function measureDefinitions(sizes, idleSeconds) {
  let alone = null;
  for (const size of sizes) {
    const at = await daemonOf(size, idleSeconds);
    alone ??= at;
    row(
      `daemon of ${size} jobs: start`,
      ms(at.startMs),
      `one job ${ms(alone.startMs)}: ${times(at.startMs / alone.startMs)}`,
      '-',
      {
        value: at.startMs,
        besideValue: alone.startMs,
        ratio: at.startMs / alone.startMs,
        jobs: size,
      },
    );
    row(
      '  save to in force',
      `${ms(at.saveMs)} (${ms(at.saveProcessorMs)} of processor time)`,
      `one job ${ms(alone.saveMs)}: ${times(at.saveMs / alone.saveMs)}`,
      size <= 1_000 ? '<= 500 ms' : '-',
      { value: at.saveMs, besideValue: alone.saveMs, ratio: at.saveMs / alone.saveMs, jobs: size },
    );
    row(
      '  longest wait of a caller meanwhile',
      ms(at.longestWaitMs),
      `one job ${ms(alone.longestWaitMs)}`,
      '<= 50 ms',
      { value: at.longestWaitMs, besideValue: alone.longestWaitMs, jobs: size },
    );
    const perJob = size === 1 ? 0 : ((at.memoryMb - alone.memoryMb) / (size - 1)) * 1000;
    row(
      '  memory, and processor at rest',
      `${Math.round(at.memoryMb)} MB, ${(at.idleShare * 100).toFixed(2)} % of a core`,
      `one job ${Math.round(alone.memoryMb)} MB; ${perJob.toFixed(1)} kB per job`,
      size === 1_000 ? '<= 90 MB' : size === 10_000 ? '<= 200 MB, < 0.5 %' : '-',
      {
        value: at.memoryMb,
        besideValue: alone.memoryMb,
        ratio: at.memoryMb / alone.memoryMb,
        idleShare: at.idleShare,
        jobs: size,
      },
    );
  }
}
