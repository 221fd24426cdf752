// Starts a daemon of the built command line in a temporary home, for measures.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from './folders.mjs';

const jm2 = resolve('dist/jm2.js');

/** How long a daemon with a clock of its own may take to come up. */
const upWithinMs = 30_000;

/**
 * Runs `body({folder, out, cli, pid, stateDir})` beside a daemon that follows the given manifest text.
 * `clock` is `{program, env}` of one whose clock is not that of this machine.
 */
export async function withDaemon(manifest, body, clock = null) {
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
    if (clock === null) cli('start');
    else await bringUp(clock, { folder, env, cli });
    const { daemon, manifest: of } = JSON.parse(cli('status', '--json')).data;
    return await body({ folder, out, cli, pid: daemon.pid, stateDir: of.stateDir });
  } finally {
    spawnSync(process.execPath, [jm2, 'stop', '--now'], { cwd: folder, env });
  }
}

/** The commands beside it keep the true time, so that they wait as long as they say. */
async function bringUp({ program, env: more }, { folder, env, cli }) {
  const options = { cwd: folder, env: { ...env, ...more }, stdio: 'ignore' };
  spawn(process.execPath, [program, 'up'], options);
  const until = Date.now() + upWithinMs;
  const isUp = () => {
    try {
      return JSON.parse(cli('status', '--json')).data.daemon.running;
    } catch {
      return false;
    }
  };
  while (!isUp()) {
    if (Date.now() > until) throw new Error('the daemon did not come up');
    await sleep(200);
  }
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** The value below which the share `p` of the sorted values lies. */
export function quantile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}

export const median = (values) => quantile(values, 0.5);
