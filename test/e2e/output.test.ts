// What a job prints costs the daemon nothing, whatever it is: the command writes
// its log itself.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
afterEach(() => project.cleanUp());

const megabyte = 1_000_000;

function residentBytes(pid: string): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) * 1024;
}

/** The daemon's child that is its launcher. */
function launcherOf(daemon: number): string {
  const children = readFileSync(`/proc/${daemon}/task/${daemon}/children`, 'utf8').trim();
  return children.split(' ')[0] ?? '';
}

interface Run {
  readonly state: string;
  readonly notes: readonly { readonly code: string; readonly text: string }[];
}

/** A call without a process of its own: what it takes is what the daemon takes. */
function ask<T>(socketPath: string, path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path }, (response) => {
      text(response).then((body) => resolve((JSON.parse(body) as { data: T }).data), reject);
    }).on('error', reject);
  });
}

/** What calls that follow each other see until one is the last: the slowest answer, and the growth. */
async function figures(processes: readonly string[], call: () => Promise<boolean>) {
  const before = processes.map(residentBytes);
  const most = [...before];
  let [slowestMs, calls] = [0, 0];
  for (let isLast = false; !isLast; calls += 1) {
    const asked = performance.now();
    isLast = await call();
    slowestMs = Math.max(slowestMs, performance.now() - asked);
    processes.forEach((pid, i) => {
      most[i] = Math.max(most[i] ?? 0, residentBytes(pid));
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const grownMb = most.map((bytes, i) => Math.round((bytes - (before[i] ?? 0)) / megabyte));
  return { calls, slowestMs: Math.round(slowestMs), grownMb };
}

it.skipIf(process.platform !== 'linux')(
  'hundreds of megabytes cost neither memory nor answers, and the cut is counted [platform: needs /proc]',
  async () => {
    project = await aProject(`version: 1
jobs:
  flood:
    log: {max_size: 1MB}
    command: "printf head; head -c 600000000 /dev/zero; printf tail"
`);
    const { json } = await project.call(['start', '--json']);
    const daemon = Number(json().data['pid']);
    const processes = [String(daemon), launcherOf(daemon)];
    const status = (await project.call(['status', '--json'])).json().data;
    const { socket } = status['daemon'] as { socket: string };
    const history = async (): Promise<Run | undefined> =>
      (await ask<{ runs: Run[] }>(socket, '/api/v1/runs?limit=1')).runs[0];

    // The same calls with no job that prints: a heap grows by them until it is collected.
    let left = 50;
    const control = await figures(processes, async () => {
      await history();
      left -= 1;
      return left === 0;
    });
    await project.call(['run', 'flood']);
    const flood = await figures(processes, async () => (await history())?.state === 'succeeded');
    const told = JSON.stringify({ daemonAndLauncher: { control, flood } });
    for (const [i, grown] of flood.grownMb.entries()) {
      expect(grown, told).toBeLessThan((control.grownMb[i] ?? 0) + 32);
    }
    expect(flood.slowestMs, told).toBeLessThan(2_000);

    const found = await history();
    expect(found).toMatchObject({ state: 'succeeded', notes: [{ code: 'log_cut' }] });
    const [dropped = ''] = /^\d+/.exec(found?.notes[0]?.text ?? '') ?? [];
    // What is printed in the very moment of a cut is not counted.
    expect(Number(dropped)).toBeGreaterThan(540 * megabyte);
    expect(Number(dropped)).toBeLessThanOrEqual(599 * megabyte + 8);
    const runs = join((status['manifest'] as { stateDir: string }).stateDir, 'runs');
    const log = join(runs, readdirSync(runs)[0] ?? '', '1', 'log');
    expect(statSync(log).size).toBeLessThan(megabyte + 200);
    const bytes = readFileSync(log);
    expect([bytes.subarray(0, 5).toString(), bytes.subarray(-5).toString()]).toEqual([
      'head\0',
      '\0tail',
    ]);
    const shown = await eventually(async () => project.call(['logs', 'flood', '-n', '3']), 'logs');
    expect(shown.stdout).toContain(`${dropped} bytes of output were cut here by log.max_size`);
  },
);
