// Starts a daemon of the built command line in a temporary home, for measures.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from './folders.mjs';

const jm2 = resolve('dist/jm2.js');

/** Runs `body({folder, out, cli, pid, stateDir})` beside a daemon that follows the given manifest text. */
export async function withDaemon(manifest, body) {
  const folder = makeFolder('daemon');
  const out = join(folder, 'out');
  mkdirSync(out);
  writeFileSync(join(folder, 'jobs.yaml'), manifest(out));
  const env = { ...process.env, JM2_HOME: join(folder, 'home') };
  const cli = (...args) => {
    const result = spawnSync(process.execPath, [jm2, ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    if (result.status !== 0)
      throw new Error(`jm2 ${args.join(' ')}: ${result.stdout}${result.stderr}`);
    return result.stdout;
  };
  try {
    cli('start');
    const { daemon, manifest: of } = JSON.parse(cli('status', '--json')).data;
    return await body({ folder, out, cli, pid: daemon.pid, stateDir: of.stateDir });
  } finally {
    spawnSync(process.execPath, [jm2, 'stop', '--now'], { cwd: folder, env });
  }
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** The value below which the share `p` of the sorted values lies. */
export function quantile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}

export const median = (values) => quantile(values, 0.5);
