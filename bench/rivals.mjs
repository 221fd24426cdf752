// Schedulers that Node people would take instead, in the herd's place: N commands
// due at one instant. They are installed into a folder of the bench, because the
// project itself does not need them; without a registry the rows say so.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './folders.mjs';
import { dueIn, figures, startsAfter } from './herd.mjs';

export const rivals = ['croner', 'node-cron', 'bree'];

let place;

/** The folder in which they are installed; null when they cannot be. */
function installed() {
  if (place !== undefined) return place;
  const folder = makeFolder('rivals');
  for (const file of ['package.json', 'package-lock.json', 'timers.mjs', 'bree-job.mjs']) {
    copyFileSync(join('bench/rivals', file), join(folder, file));
  }
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', words, { cwd: folder, stdio: 'ignore', timeout: 120_000 });
  place = status === 0 ? folder : null;
  return place;
}

/** Starts after the due time, in ms, and processor time; null without the library. */
export async function rivalHerd(library, count) {
  const folder = installed();
  if (folder === null) return null;
  const out = makeFolder('out');
  const { due } = dueIn(4_000 + count * 6);
  const child = spawn(process.execPath, ['timers.mjs', library, String(count), String(due), out], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', () => reject(new Error(`${library} ended before the time had come`)));
    });
    if (Date.now() > due - 100) throw new Error(`${library} was not ready in time`);
    return figures(await startsAfter(out, count, due, due - Date.now() + 180_000));
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
