// What a job prints costs the daemon nothing, whatever it is: the command writes
// its log itself.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
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
    const before = processes.map(residentBytes);
    const most = [...before];
    const run = project.start(['run', 'flood', '--wait', '--json']);
    let slowest = 0;
    const isOver = { now: false };
    void run.ended.then(() => {
      isOver.now = true;
    });
    while (!isOver.now) {
      const asked = performance.now();
      expect((await project.call(['list', '--json'])).code).toBe(0);
      slowest = Math.max(slowest, performance.now() - asked);
      processes.forEach((pid, i) => {
        most[i] = Math.max(most[i] ?? 0, residentBytes(pid));
      });
    }
    expect(await run.ended).toBe(0);
    const grown = most.map((bytes, i) => bytes - (before[i] ?? 0));
    expect(grown.every((bytes) => bytes < 64 * 1024 * 1024)).toBe(true);
    // A call of its own takes most of it.
    expect(slowest).toBeLessThan(5_000);

    const answer = (await project.call(['history', 'flood', '--json'])).json();
    const [found] = answer.data['runs'] as Run[];
    expect(found).toMatchObject({ state: 'succeeded', notes: [{ code: 'log_cut' }] });
    const [dropped = ''] = /^\d+/.exec(found?.notes[0]?.text ?? '') ?? [];
    // What is printed in the very moment of a cut is not counted.
    expect(Number(dropped)).toBeGreaterThan(540 * megabyte);
    expect(Number(dropped)).toBeLessThanOrEqual(599 * megabyte + 8);
    const { data } = (await project.call(['status', '--json'])).json();
    const runs = join((data['manifest'] as { stateDir: string }).stateDir, 'runs');
    const log = join(runs, readdirSync(runs)[0] ?? '', '1', 'log');
    expect(statSync(log).size).toBeLessThan(megabyte + 200);
    const bytes = readFileSync(log);
    expect([bytes.subarray(0, 5).toString(), bytes.subarray(-5).toString()]).toEqual([
      'head\0',
      '\0tail',
    ]);
    const told = await eventually(async () => project.call(['logs', 'flood', '-n', '3']), 'logs');
    expect(told.stdout).toContain(`${dropped} bytes of output were cut here by log.max_size`);
  },
);
