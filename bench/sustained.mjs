// Runs per second over a long time, 64 at once: each claimed, started, ended and
// recorded durably. The bare loop keeps 64 of the same commands going and
// records nothing. Its rate tells how many runs make the wanted time.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { sleep, withDaemon } from './daemon.mjs';
import { makeFolder } from './folders.mjs';
import { dueIn } from './herd.mjs';
import { processorMs, treeMs } from './process-figures.mjs';
import { openSqlite } from './store.mjs';

const atOnce = 64;
const command = '/bin/true';

export function bareRate(seconds) {
  const folder = makeFolder('loop');
  const log = openSync(join(folder, 'log'), 'a');
  const begin = performance.now();
  const before = processorMs(process.pid);
  let running = 0;
  let ended = 0;
  return new Promise((resolve) => {
    const more = () => {
      const tookMs = performance.now() - begin;
      while (running < atOnce && tookMs < seconds * 1000) {
        running += 1;
        spawn(command, [], {
          detached: true,
          stdio: ['ignore', log, log],
          env: { PATH: '/usr/bin:/bin' },
        }).once('exit', () => {
          running -= 1;
          ended += 1;
          more();
        });
      }
      if (running > 0) return;
      const after = processorMs(process.pid);
      const processor = after.own + after.children - before.own - before.children;
      resolve({ perSecond: (ended / tookMs) * 1000, processorPerRun: processor / ended });
    };
    more();
  });
}

export async function jm2Rate(count) {
  const { due, at } = dueIn(6_000 + count * 1.5);
  const manifest = () => {
    const lines = ['version: 1', 'timezone: UTC', `concurrency: {max: ${atOnce}}`, 'jobs:'];
    for (let i = 0; i < count; i += 1) {
      lines.push(`  job-${i}: {schedule: at ${at}, command: [${command}]}`);
    }
    return `${lines.join('\n')}\n`;
  };
  return withDaemon(manifest, async ({ pid, stateDir }) => {
    const store = openSqlite(join(stateDir, 'jm2.db'), { readOnly: true });
    try {
      const left = store.prepare(
        "SELECT count(*) AS n FROM runs WHERE state IN ('queued', 'running')",
      );
      await sleep(Math.max(0, due - Date.now() - 100));
      if (Date.now() > due - 20) throw new Error('the daemon was not ready in time');
      const before = treeMs(pid);
      await sleep(2_000);
      while (left.get().n > 0) {
        if (Date.now() > due + 600_000) throw new Error('the runs do not end');
        await sleep(50);
      }
      const { n, last } = store
        .prepare("SELECT count(*) AS n, max(ended_at) AS last FROM runs WHERE state = 'succeeded'")
        .get();
      if (n !== count) throw new Error(`${n} of ${count} runs succeeded`);
      const processorPerRun = (treeMs(pid) - before) / count;
      return {
        perSecond: (count / (last - due)) * 1000,
        seconds: (last - due) / 1000,
        processorPerRun,
      };
    } finally {
      store.close();
    }
  });
}
