// N commands due at one instant: when did the last one start? The command is a
// shell that creates one file, whose time of change is the time of its start.
// The bare loop spawns the same commands from Node, nothing recorded; Debian's
// cron, where installed, runs them from a crontab of its own.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile, sleep, withDaemon } from './daemon.mjs';

/** Waits, bounded, until all N files are there; returns their ages against `due`, in ms. */
async function startsAfter(out, count, due, patienceMs) {
  const deadline = Date.now() + patienceMs;
  while (readdirSync(out).length < count) {
    if (Date.now() > deadline)
      throw new Error(`only ${readdirSync(out).length} of ${count} started`);
    await sleep(20);
  }
  return readdirSync(out).map((name) => statSync(join(out, name)).mtimeMs - due);
}

const figures = (starts) => ({
  first: Math.min(...starts),
  p50: quantile(starts, 0.5),
  p99: quantile(starts, 0.99),
  last: Math.max(...starts),
});

export async function bareLoop(count) {
  const folder = mkdtempSync(join(tmpdir(), 'jm2-bench-loop-'));
  const log = openSync(join(folder, 'log'), 'a');
  const out = mkdtempSync(join(tmpdir(), 'jm2-bench-out-'));
  try {
    await sleep(300);
    const due = Date.now();
    for (let i = 0; i < count; i += 1) {
      spawn('/bin/sh', ['-c', `: > "$OUT/job-${i}"`], {
        detached: true,
        stdio: ['ignore', log, log],
        env: { OUT: out, PATH: '/usr/bin:/bin' },
      });
    }
    return figures(await startsAfter(out, count, due, 60_000));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(out, { recursive: true, force: true });
  }
}

export async function jm2Herd(count) {
  const due = Math.ceil((Date.now() + 6_000 + count * 3) / 1000) * 1000;
  const at = new Date(due).toISOString().replace(/\.\d+Z$/, '');
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
  return withDaemon(manifest, async ({ out }) => {
    if (Date.now() > due - 500) throw new Error('the daemon was not ready in time');
    return figures(await startsAfter(out, count, due, due - Date.now() + 120_000));
  });
}

/** Null where Debian's cron is not installed or may not be started. */
export async function debianCron(count) {
  const cron = '/usr/sbin/cron';
  if (!existsSync(cron) || process.getuid?.() !== 0 || existsSync('/var/run/crond.pid'))
    return null;
  const table = '/etc/cron.d/jm2-bench';
  const out = mkdtempSync(join(tmpdir(), 'jm2-bench-out-'));
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
    rmSync(out, { recursive: true, force: true });
  }
}
