// One process of another scheduler: N commands due at one instant, by the timers
// of the library that is named. It keeps no record of what it starts. Arguments:
// library, count, due (epoch ms), folder in which each command creates its file.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [library, counted, dueText, out] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), 'package.json'));
const count = Number(counted);
const due = new Date(Number(dueText));

function start(i) {
  spawn('/bin/sh', ['-c', `: > "$OUT/job-${i}"`], {
    detached: true,
    stdio: 'ignore',
    env: { OUT: out, PATH: '/usr/bin:/bin' },
  });
}

const pattern = [
  due.getUTCSeconds(),
  due.getUTCMinutes(),
  due.getUTCHours(),
  due.getUTCDate(),
  due.getUTCMonth() + 1,
  '*',
].join(' ');

const libraries = {
  croner() {
    const { Cron } = require('croner');
    for (let i = 0; i < count; i += 1) new Cron(pattern, { timezone: 'UTC' }, () => start(i));
  },
  'node-cron'() {
    const cron = require('node-cron');
    for (let i = 0; i < count; i += 1) cron.schedule(pattern, () => start(i), { timezone: 'UTC' });
  },
  /** Its jobs are files that it runs in worker threads. */
  async bree() {
    const Bree = require('bree');
    const jobs = Array.from({ length: count }, (_, i) => ({
      name: `job-${i}`,
      path: join(process.cwd(), 'bree-job.mjs'),
      date: due,
      worker: { workerData: { i, out } },
    }));
    const bree = new Bree({ root: false, logger: false, jobs });
    await bree.start();
  },
};

await libraries[library]();
console.log('ready');
