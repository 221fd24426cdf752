// N commands due at one instant: when did the last one start? The command is a
// shell that creates one file, whose time of change is the time of its start.
// The bare loop spawns the same commands from Node, nothing recorded; Debian's
// cron, where installed, runs them from a crontab of its own.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quantile, sleep, withDaemon } from './daemon.mjs';
import { makeFolder } from './folders.mjs';
import { processorMs, treeMs } from './process-figures.mjs';

/** Waits, bounded, until all N files are there; returns their ages against `due`, in ms. */
export async function startsAfter(out, count, due, patienceMs) {
  const deadline = Date.now() + patienceMs;
  while (readdirSync(out).length < count) {
    if (Date.now() > deadline)
      throw new Error(`only ${readdirSync(out).length} of ${count} started`);
    await sleep(20);
  }
  return readdirSync(out).map((name) => statSync(join(out, name)).mtimeMs - due);
}

export const figures = (starts) => ({
  first: Math.min(...starts),
  p50: quantile(starts, 0.5),
  p99: quantile(starts, 0.99),
  last: Math.max(...starts),
});

/** An instant of the schedule that lies far enough ahead for a daemon to be ready. */
export function dueIn(leadMs) {
  const due = Math.ceil((Date.now() + leadMs) / 1000) * 1000;
  return { due, at: new Date(due).toISOString().replace(/\.\d+Z$/, '') };
}

export async function bareLoop(count) {
  const folder = makeFolder('loop');
  const log = openSync(join(folder, 'log'), 'a');
  const out = makeFolder('out');
  await sleep(300);
  const before = processorMs(process.pid);
  const due = Date.now();
  const ended = [];
  for (let i = 0; i < count; i += 1) {
    const child = spawn('/bin/sh', ['-c', `: > "$OUT/job-${i}"`], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { OUT: out, PATH: '/usr/bin:/bin' },
    });
    ended.push(new Promise((resolve) => child.once('exit', resolve)));
  }
  const starts = figures(await startsAfter(out, count, due, 60_000));
  await Promise.all(ended);
  const after = processorMs(process.pid);
  const processor = after.own + after.children - before.own - before.children;
  return { ...starts, processor };
}

export async function jm2Herd(count) {
  const { due, at } = dueIn(6_000 + count * 3);
  const manifest = (out) => {
    const lines = [
      'version: 1',
      'timezone: UTC',
      `concurrency: {max: ${Math.max(64, count)}}`,
      `env: {OUT: ${out}}`,
      'jobs:',
    ];
    for (let i = 0; i < count; i += 1) {
      lines.push(`  job-${i}:`, `    schedule: at ${at}`, `    command: ': > "$OUT/job-${i}"'`);
    }
    return `${lines.join('\n')}\n`;
  };
  return withDaemon(manifest, async ({ out, pid, cli }) => {
    await sleep(Math.max(0, due - Date.now() - 300));
    if (Date.now() > due - 100) throw new Error('the daemon was not ready in time');
    const before = treeMs(pid);
    const starts = figures(await startsAfter(out, count, due, due - Date.now() + 120_000));
    // Until the last end is recorded, as the bare loop waits for it, too.
    for (let tries = 0; tries < 300; tries += 1) {
      const { running, queued } = JSON.parse(cli('status', '--json')).data.health;
      if (running + queued === 0) break;
    }
    return { ...starts, processor: treeMs(pid) - before };
  });
}

/** Null where Debian's cron is not installed or may not be started. */
export async function debianCron(count) {
  const cron = '/usr/sbin/cron';
  if (!existsSync(cron) || process.getuid?.() !== 0 || existsSync('/var/run/crond.pid'))
    return null;
  const table = '/etc/cron.d/jm2-bench';
  const out = makeFolder('out');
  const due = Math.ceil((Date.now() + 5_000) / 60_000) * 60_000;
  const when = new Date(due);
  const lines = Array.from(
    { length: count },
    (_, i) => `${when.getMinutes()} ${when.getHours()} * * * root : > "${out}/job-${i}"`,
  );
  writeFileSync(table, `SHELL=/bin/sh\n${lines.join('\n')}\n`, { mode: 0o644 });
  const daemon = spawn(cron, ['-f'], { stdio: 'ignore' });
  try {
    return figures(await startsAfter(out, count, due, due - Date.now() + 120_000));
  } finally {
    daemon.kill('SIGTERM');
    unlinkSync(table);
    spawnSync('rm', ['-f', '/var/run/crond.pid']);
  }
}
