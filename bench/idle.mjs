// A daemon with N jobs of which none is due: what does it take, and in how many
// moments of a fifth of a second does it wake up? Beside a Node process that does nothing.
import { spawn } from 'node:child_process';
import { sleep, withDaemon } from './daemon.mjs';
import { childrenOf, memoryMb, processorMs, wakeUps } from './process-figures.mjs';

const settledMs = 30_000;

export async function idle(count, seconds) {
  const manifest = () => {
    const lines = ['version: 1', 'timezone: UTC', 'jobs:'];
    for (let i = 0; i < count; i += 1) {
      lines.push(`  job-${i}: {schedule: "${i % 60} ${i % 24} 1 1 *", command: "echo ${i}"}`);
    }
    return `${lines.join('\n')}\n`;
  };
  return withDaemon(manifest, async ({ pid }) => {
    await sleep(settledMs);
    const [launcher] = childrenOf(pid).map(Number);
    const before = processorMs(pid).own;
    let moments = 0;
    for (let last = wakeUps(pid), ticks = 0; ticks < seconds * 5; ticks += 1) {
      await sleep(200);
      const now = wakeUps(pid);
      if (now !== last) moments += 1;
      last = now;
    }
    return {
      memoryMb: memoryMb(pid),
      launcherMb: memoryMb(launcher),
      moments,
      processorShare: (processorMs(pid).own - before) / (seconds * 1000),
    };
  });
}

export async function bareMemory() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 10_000)'], {
    stdio: 'ignore',
  });
  await sleep(1_500);
  const taken = memoryMb(child.pid);
  child.kill('SIGTERM');
  return taken;
}
