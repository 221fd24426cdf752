// What people do beside a daemon that runs: one daemon for all of it, since nothing
// here changes what it is.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

const manifest = `version: 1
jobs:
  ok: {command: echo fine}
  fails: {command: echo broken >&2; exit 7}
  brief: {command: echo begin; sleep 0.2; echo end}
  forever: {command: [sleep, "600"]}
  late: {command: [sleep, "60"], timeout: 1s, kill: {grace: 1s}}
  nothing: {command: [/no/such/program]}
  killed: {command: "kill -KILL $$"}
  count: {command: seq 1 30000}
  bytes: {command: "printf 'a\\\\377\\\\033[1m\\\\nend'", retry: {limit: 1, max_delay: 2m}}
  picky: {command: exit 0, success_codes: [7]}
`;

let project: Project;
beforeAll(async () => {
  project = await aProject(manifest);
  await project.call(['start']);
});
afterAll(() => project.cleanUp());

describe('run --wait', () => {
  it("ends with the run's own code and shows its output", async () => {
    const failing = await project.call(['run', 'fails', '--wait']);
    expect(failing).toMatchObject({ code: 7, stdout: 'broken\n' });
    expect(failing.stderr).toMatch(/failed +fails, exit 7/);
    expect(await project.call(['run', 'brief', '--wait'])).toMatchObject({
      code: 0,
      stdout: 'begin\nend\n',
    });
    expect((await project.call(['run', 'late', '--wait'])).code).toBe(124);
    expect((await project.call(['run', 'killed', '--wait'])).code).toBe(137);
    const nothing = await project.call(['run', 'nothing', '--wait']);
    expect([nothing.code, nothing.stderr]).toEqual([
      126,
      expect.stringContaining('/no/such/program'),
    ]);
  });

  it('ends with 130 when the run is canceled, and refuses a second run with 5', async () => {
    const waiting = project.start(['run', 'forever', '--wait']);
    await eventually(async () => {
      const { json } = await project.call(['history', 'forever', '--state', 'running', '--json']);
      return (json().data['runs'] as unknown[]).length === 1;
    }, 'the run');
    expect((await project.call(['run', 'forever'])).code).toBe(5);
    expect((await project.call(['cancel', 'forever'])).code).toBe(0);
    expect(await waiting.ended).toBe(130);
    expect((await project.call(['cancel', 'forever'])).code).toBe(4);
  });
});

describe('logs', () => {
  it('-f goes on across runs, and as JSON lines', async () => {
    const follow = project.start(['logs', '-f', '--json']);
    await project.call(['run', 'ok', '--wait']);
    await follow.until(/"text":"fine"/);
    await project.call(['run', 'brief']);
    await follow.until(/"text":"begin"/);
    await follow.until(/"text":"end"/);
    follow.process.kill('SIGTERM');
    await follow.ended;
    const texts = follow
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text);
    expect(texts).toEqual(['fine', 'begin', 'end']);
  });

  it('-n gives the last lines, --run the whole of one run', async () => {
    await project.call(['run', 'count', '--wait']);
    expect((await project.call(['logs', 'count', '-n', '2'])).stdout).toBe('29999\n30000\n');
    const { json } = await project.call(['history', 'count', '--json']);
    const id = (json().data['runs'] as { id: string }[])[0]?.id ?? '';
    const whole = await project.call(['logs', '--run', id.slice(0, 20)]);
    expect(whole.stdout.trimEnd().split('\n')).toHaveLength(30_000);
  });
});

describe('what a job printed and how it is set', () => {
  it('--raw gives its very bytes; a failure with code 0 ends with 1; show speaks as the manifest', async () => {
    await project.call(['run', 'bytes', '--wait']);
    const raw = project.start(['logs', 'bytes', '--raw']);
    const chunks: Buffer[] = [];
    // Without an encoding from here on: the bytes themselves are what counts.
    raw.process.stdout?.removeAllListeners('data').on('data', (text: string) => {
      chunks.push(Buffer.from(text, 'latin1'));
    });
    raw.process.stdout?.setEncoding('latin1');
    await raw.ended;
    expect(Buffer.concat(chunks).toString('latin1')).toBe('a\xff\x1b[1m\nend');
    const { stdout } = await project.call(['show', 'bytes']);
    expect(stdout).toMatch(/retry: \{limit: 1, delay: 1s, .*max_delay: 2m/);
    expect(stdout).not.toMatch(/Ms\b/);
    expect((await project.call(['run', 'picky', '--wait'])).code).toBe(1);
  });
});

describe('plan', () => {
  it('judges a proposal from standard input without touching anything', async () => {
    const before = await readFile(project.manifest, 'utf8');
    const proposal = await project.call(['plan', '-', '--json'], {
      input: manifest.replace('ok:', 'fine:'),
    });
    expect(proposal.json().data['summary']).toMatchObject({ create: 1, delete: 1 });
    const broken = await project.call(['plan', '-'], { input: 'version: 1\njobs: 7\n' });
    expect([broken.code, broken.stderr.includes('not accepted')]).toEqual([3, true]);
    expect(await readFile(project.manifest, 'utf8')).toBe(before);
  });
});
