// One job, an idle machine: how long after its nominal time did each run start?
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { quantile, sleep, withDaemon } from './daemon.mjs';

export async function lateness(seconds) {
  const manifest = (out) =>
    `version: 1\nenv: {OUT: ${out}}\njobs:\n  tick: {schedule: every 1s, command: ': > "$OUT/$JM2_RUN_ID"'}\n`;
  return withDaemon(manifest, async ({ out }) => {
    await sleep(seconds * 1000);
    // The first run also warms the launcher up; it is not left out.
    const late = readdirSync(out).map((name) => sinceSecond(statSync(join(out, name)).mtimeMs));
    return {
      runs: late.length,
      p50: quantile(late, 0.5),
      p99: quantile(late, 0.99),
      max: Math.max(...late),
    };
  });
}

/** Times of files are those of the kernel's last tick, up to 4 ms before: a little early is on time. */
const sinceSecond = (ms) => Math.max(0, ((ms + 500) % 1000) - 500);
