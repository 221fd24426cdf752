// Wrong calls, one line each: how they end, with which code, and what is said.
// Nothing is lost by any of them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, program } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

const manifest = `version: 1
jobs:
  nightly: {command: echo fine, schedule: "0 3 * * *"}
  web-1: {command: "true"}
  web-2: {command: "true"}
`;

let project: Project;
beforeAll(async () => {
  project = await aProject(manifest);
  await project.call(['start']);
  await project.call(['run', 'nightly', '--wait']);
  await project.call(['run', 'nightly', '--wait']);
});
afterAll(() => project.cleanUp());

const cron = ['--cron', '0 3 * * *'] as const;

it.concurrent.each<readonly [args: readonly string[], code: number, error: string, says: RegExp]>([
  [['add', 'x', '0 3 * * *', 'true'], 64, 'JM2-C102', /jm2 add true --cron .* --name x/],
  [['add', '0 3 * * *', 'echo "hi"'], 64, 'JM2-C102', /jm2 add .*echo .*hi.* --cron/],
  [['apply', 'jobs.yaml'], 1, 'JM2-P213', /jm2 apply --manifest jobs.yaml/],
  [['tag', 'good', '1'], 64, 'JM2-C102', /jm2 tag 1 good/],
  [['blame', 'nightyl'], 1, 'JM2-R101', /Did you mean nightly/],
  [['snapshot', '--out', 'gone/x.json'], 1, 'JM2-C107', /there is no directory .*gone/],
  [['add', 'x', '--cron', '0 25 * * *'], 3, 'JM2-S101', /0 to 23/],
  [['add', 'x', '--at', 'nonsense'], 64, 'JM2-C103', /tomorrow 14:30/],
  [['add', 'x', '--at', '2020-01-01'], 64, 'JM2-C103', /has passed/],
  [['add', 'x', '--in', '-1h'], 64, 'JM2-C103', /above zero/],
  [['add', 'x', '--every', '5'], 3, 'JM2-S108', /unit is missing/],
  [['add', 'x', ...cron, '--at', 'tomorrow'], 64, 'JM2-C102', /say two things/],
  [['add', 'x', ...cron, '--name', 'Bad Name'], 3, 'JM2-M209', /lower-case/],
  [['add', 'x', ...cron, '--name', 'nightly'], 4, 'JM2-P207', /--auto-suffix/],
  [['add', 'x', ...cron, '--tz', 'Mars/Base'], 64, 'JM2-C103', /Europe\/Berlin/],
  [['add', 'x', ...cron, '--timeout', 'abc'], 3, 'JM2-S108', /90s/],
  [['add', 'x', ...cron, '--retry', '-1'], 64, 'JM2-C103', /0 to 1000/],
  [['add', 'x', ...cron, '--retry', '1', '--set', 'retry=2'], 64, 'JM2-C102', /--set retry says/],
  [['add', 'x', ...cron, '--set', 'schedule="@daily"'], 64, 'JM2-C102', /--set schedule says/],
  [['add', 'x', '--at', '00:00'], 64, 'JM2-C103', /passed.*tomorrow 00:00/],
  [['add', 'x', ...cron, '--env', 'NAME'], 64, 'JM2-C103', /NAME=value/],
  [['add', 'x', ...cron], 5, 'JM2-P208', /--yes/],
  [['edit', 'nightly', '--cron', 'x', '--yes'], 3, 'JM2-S115', /not a schedule/],
  [['run', 'nightyl'], 1, 'JM2-R101', /Did you mean nightly/],
  [['logs', 'nightyl'], 1, 'JM2-R101', /Did you mean nightly/],
  [['show', 'nightyl'], 1, 'JM2-R101', /Did you mean nightly/],
  [['history', 'nightyl'], 1, 'JM2-R101', /Did you mean nightly/],
  [['edit', 'nightyl', '--command', 'x', '--yes'], 1, 'JM2-R101', /Did you mean nightly/],
  [['remove', 'nightyl', '--yes'], 1, 'JM2-R101', /Did you mean nightly/],
  [['history', '--run', '0'], 64, 'JM2-R105', /begin/],
  [['wait', 'nightly', '--timeout', '-1s'], 64, 'JM2-C103', /above zero/],
  [['pause', 'nightly', '--until', '2020-01-01'], 64, 'JM2-C103', /is over already/],
  [['preview', '--from', '2026-02-01', '--to', '2026-01-01'], 64, 'JM2-C103', /--to/],
  [['history', '--limit', '-1'], 64, 'JM2-C103', /1 to 500/],
  [['list', '--stat', 'failed'], 64, 'JM2-C102', /--state/],
  [['init', '--dir', '/dev/null/x'], 1, 'JM2-C107', /\/dev\/null/],
  [['preview', '--overlaps', '--svg', 'x.svg'], 64, 'JM2-C102', /--svg and --overlaps show/],
  [['lst'], 64, 'JM2-C101', /Did you mean list/],
  [['--manifest', '/nope.yaml', 'list'], 3, 'JM2-M001', /does not exist/],
])('%j is refused with %i', async (args, code, error, says) => {
  const call = await project.call([...args, '--json']);
  expect(call.json().error?.code).toBe(error);
  expect([call.code, call.stdout]).toEqual([code, expect.stringMatching(says)]);
  expect(readFileSync(project.manifest, 'utf8')).toBe(manifest);
});

it('people read the same on stderr, with the way out, and nothing on stdout', async () => {
  const { code, stdout, stderr } = await project.call(['logs', 'nightyl']);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^error\[JM2-R101\] [^]*Did you mean nightly\?/);
});

describe('a reader that goes', () => {
  it.each([['list'], ['logs', '-f'], ['history', '--json']])(
    'ends %s %s without a word',
    async (...args) => {
      const child = spawn(process.execPath, [program, ...args], {
        cwd: project.dir,
        env: { ...process.env, JM2_HOME: join(project.home, '.jm2') },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      let errors = '';
      child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
      // A follower notices at the next line.
      const follows = args.includes('-f') ? project.call(['run', 'nightly', '--wait']) : null;
      const [code] = (await once(child, 'close')) as [number];
      await follows;
      expect([code, errors]).toEqual([0, '']);
    },
  );
});

it('an edit that may not write leaves the file as it was', async () => {
  const words = ['add', 'x', '--cron', '0 4 * * *', '--name', 'more', '--yes'];
  // No file may grow: the first byte of the new manifest ends the program.
  const child = spawn(
    'sh',
    ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, program, ...words],
    {
      cwd: project.dir,
      env: { PATH: process.env['PATH'], JM2_HOME: join(project.home, '.jm2') },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  child.stdout.resume();
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).not.toBe(0);
  expect(readFileSync(project.manifest, 'utf8')).toBe(manifest);
  const { json } = await project.call(['list', '--json']);
  expect(json().data['jobs']).toHaveLength(3);
});

it('help is the same by either way, and colour follows who asks', async () => {
  const [first, second] = await Promise.all([
    project.call(['help', 'list']),
    project.call(['list', '--help']),
  ]);
  expect(first.stdout).toBe(second.stdout);
  const coloured = { FORCE_COLOR: '1' };
  expect((await project.call(['list'], { env: coloured })).stdout).toContain('\u001B[');
  for (const [args, env] of [
    [['list', '--no-color'], coloured],
    [['list'], { ...coloured, NO_COLOR: '1' }],
  ] as const) {
    expect((await project.call(args, { env })).stdout).not.toContain('\u001B[');
  }
});
