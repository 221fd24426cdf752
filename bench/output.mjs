// A job that writes as fast as it can, all the time: what do the daemon and its
// launcher take meanwhile, and how long do callers wait? Beside a job that sleeps.
// Whoever takes a call waits as long as the event loop keeps it waiting.
import { get } from 'node:http';
import { quantile, sleep, withDaemon } from './daemon.mjs';
import { childrenOf, memoryMb, processorMs } from './process-figures.mjs';

const everyMs = 20;

export async function output(seconds) {
  const manifest = () =>
    `version: 1\njobs:\n  writes: {command: "timeout ${seconds} cat /dev/zero", success_codes: [0, 124]}\n  sleeps: {command: "sleep ${seconds}"}\n`;
  return withDaemon(manifest, async ({ cli, pid }) => {
    const { socket } = JSON.parse(cli('status', '--json')).data.daemon;
    const [launcher] = childrenOf(pid).map(Number);
    const during = async (job) => {
      const processes = [pid, launcher];
      const before = processes.map(memoryMb);
      const most = [...before];
      const processor = processorMs(pid).own;
      const id = JSON.parse(cli('run', job, '--json')).data.run.id;
      const waits = [];
      for (let state = 'running'; state === 'running' || state === 'queued';) {
        const asked = performance.now();
        ({ state } = (await ask(socket, '/api/v1/runs?limit=1')).runs[0]);
        waits.push(performance.now() - asked);
        processes.forEach((process, i) => {
          most[i] = Math.max(most[i], memoryMb(process));
        });
        await sleep(everyMs);
      }
      const run = (await ask(socket, '/api/v1/runs?limit=1')).runs[0];
      if (run.id !== id) throw new Error(`another run than ${id} came between`);
      return {
        bytes: Number(/^\d+/.exec(run.notes[0]?.text ?? '')?.[0] ?? 0),
        seconds: run.durationMs / 1000,
        grownMb: most[0] - before[0],
        launcherGrownMb: most[1] - before[1],
        processorMs: processorMs(pid).own - processor,
        p50: quantile(waits, 0.5),
        p99: quantile(waits, 0.99),
      };
    };
    // Once without a figure: the first calls compile what they need.
    await during('sleeps');
    return { sleeps: await during('sleeps'), writes: await during('writes') };
  });
}

export function ask(socketPath, path) {
  return new Promise((resolve, reject) => {
    get({ socketPath, path }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve(JSON.parse(String(Buffer.concat(chunks))).data);
    }).on('error', reject);
  });
}
