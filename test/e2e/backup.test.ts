// A backup is made beside a running daemon and put back without one; after it
// nothing runs twice, and what is not known is recorded as such.
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
afterEach(() => project.cleanUp());

const manifest = `version: 1
jobs:
  tick: {schedule: every 1s, command: "echo $JM2_RUN_ID >> ../ran; echo tick"}
  waits: {command: "while [ ! -e ../go ]; do sleep 0.1; done", concurrency: queue}
`;

interface Run {
  readonly id: string;
  readonly state: string;
  readonly nominalTime: string | null;
  readonly reason: string | null;
}

async function history(job: string): Promise<{ runs: Run[]; outcomes: { reason: string }[] }> {
  const { json } = await project.call(['history', job, '--all', '--json', '--limit', '500']);
  return json().data as never;
}

async function stateDir(): Promise<string> {
  const { json } = await project.call(['status', '--json']);
  return (json().data['manifest'] as { stateDir: string }).stateDir;
}

const ticks = (count: number): Promise<unknown> =>
  eventually(async () => (await history('tick')).runs.length >= count, `${count} ticks`);

describe('jm2 backup', () => {
  it('writes one private file beside a running daemon, tells what it holds, and replaces none unasked', async () => {
    project = await aProject(manifest);
    await project.call(['start']);
    await ticks(2);
    const made = await project.call(['backup', 'shop.backup', '--logs', '--json']);
    expect(made.json().data).toMatchObject({ jobs: 2, revision: 1, schemaVersion: 2 });
    const file = join(project.dir, 'shop.backup');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await project.call(['backup', 'shop.backup']);
    expect([again.code, again.stderr]).toEqual([5, expect.stringContaining('JM2-T111')]);
    expect((await project.call(['backup', 'shop.backup', '--force'])).code).toBe(0);
    const state = await stateDir();
    const nowhere = await project.call(['backup', 'none/x']);
    expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('no directory')]);
    const own = ['jm2.db', 'jm2.db-wal', 'lock.db'].map((name) => join(state, name));
    for (const never of ['.', '/dev/null', 'jobs.yaml', ...own]) {
      expect((await project.call(['backup', never, '--force'])).code).toBe(5);
    }
    const verified = await project.call(['backup', '--verify', 'shop.backup']);
    expect(verified.stdout).toMatch(
      /^backup +good\nmade .*\nholds +2 jobs, \d+ runs, manifests up to revision 1\nrun logs +none/,
    );
    expect(readdirSync(project.dir)).toEqual(['jobs.yaml', 'shop.backup']);
    expect((await project.call(['backup', '-o', 'named'])).code).toBe(0);
    const { json } = await project.call(['backup', '--json']);
    expect(json().data['file']).toMatch(/project\/jm2-\d{8}T\d{6}Z\.backup$/);
  });

  it('does not take for one, nor put in place, what is text or damaged', async () => {
    project = await aProject(manifest);
    await project.call(['start']);
    const at = (name: string): string => join(project.dir, name);
    await project.call(['backup', 'good']);
    writeFileSync(at('text'), manifest.repeat(50));
    writeFileSync(at('damaged'), readFileSync(at('good')).fill(0x5a, 8_192, 40_960));
    for (const name of ['text', 'damaged']) {
      const verified = await project.call(['backup', '--verify', name]);
      const restored = await project.call(['restore', name, '--yes']);
      for (const { code, stderr } of [verified, restored]) {
        expect([name, code, stderr]).toEqual([name, 1, expect.stringContaining('JM2-T112')]);
      }
    }
    // Not even stopped.
    expect((await project.call(['status'])).code).toBe(0);
  });

  it('says that there is nothing to back up yet', async () => {
    project = await aProject(manifest);
    const { code, stderr } = await project.call(['backup', 'x']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('JM2-T115')]);
    const both = await project.call(['backup', 'x', '--verify', '--logs']);
    expect(both.code).toBe(64);
    expect((await project.call(['backup', 'x', '--output', 'y'])).stderr).toContain('Two files');
    expect((await project.call(['backup', '--verify'])).code).toBe(64);
    for (const call of [
      ['backup', ''],
      ['backup', '', '--verify'],
      ['restore', ''],
    ]) {
      const empty = await project.call(call);
      expect([empty.code, empty.stderr]).toEqual([64, expect.stringContaining('is empty')]);
    }
  });
});

describe('jm2 restore', () => {
  it('starts nothing twice that may have run after the backup, and keeps the store of before', async () => {
    project = await aProject(manifest);
    await project.call(['start']);
    await project.call(['run', 'waits']);
    await project.call(['run', 'waits']);
    await ticks(2);
    await project.call(['backup', 'shop.backup']);
    const [queued] = (await history('waits')).runs.filter((run) => run.state === 'queued');
    writeFileSync(join(project.dir, '../go'), '');
    await ticks(4);
    await eventually(
      async () => (await history('waits')).runs.every((run) => run.state === 'succeeded'),
      'the end of both',
    );
    const refused = await project.call(['restore', 'shop.backup']);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('JM2-T113')]);
    const restored = await project.call(['restore', 'shop.backup', '--yes', '--json']);
    expect(restored.json().data).toMatchObject({ stopped: true, closed: 1 });
    expect(existsSync(String(restored.json().data['replaced']))).toBe(true);
    await project.call(['start']);
    await ticks(4);

    const { runs, outcomes } = await history('tick');
    expect(outcomes.map(({ reason }) => reason)).toContain('restored');
    const waits = (await history('waits')).runs;
    expect(waits.find(({ id }) => id === queued?.id)).toMatchObject({
      state: 'canceled',
      reason: expect.stringContaining('it may have run since'),
    });
    // The other one ended after the backup, and its exit file still tells how.
    expect(waits.find(({ id }) => id !== queued?.id)).toMatchObject({ state: 'succeeded' });
    const ran = readFileSync(join(project.dir, '../ran'), 'utf8').trim().split('\n');
    expect(new Set(ran).size).toBe(ran.length);
    const times = runs.map((run) => run.nominalTime);
    expect(new Set(times).size).toBe(times.length);
  });

  it('brings run logs back, into another installation only when forced, and takes a plain copy', async () => {
    project = await aProject(manifest);
    await project.call(['start']);
    await ticks(2);
    await project.call(['stop']);
    await project.call(['backup', 'shop.backup', '--logs']);
    const last = (await history('tick')).runs[0]?.id ?? '';
    copyFileSync(join(await stateDir(), 'jm2.db'), join(project.dir, 'copy.db'));

    const other = { env: { JM2_HOME: join(project.home, 'other') } };
    const restored = await project.call(['restore', 'copy.db'], other);
    expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining('Restored 2')]);
    expect((await project.call(['logs', '--run', last], other)).stdout).toBe('');
    await project.call(['restore', 'shop.backup'], other);
    expect((await project.call(['logs', '--run', last], other)).stdout).toContain('tick');

    const third = { env: { JM2_HOME: join(project.home, 'third') } };
    await project.call(['start'], third);
    await project.call(['stop'], third);
    const refused = await project.call(['restore', 'shop.backup'], third);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('JM2-T114')]);
    const forced = await project.call(['restore', 'shop.backup', '--force'], third);
    expect(forced.code).toBe(0);
    expect(forced.stdout).toMatch(/^Restored 2 jobs and .*, as of \w+ [\d-]+ [\d:]+ \+00:00\./);
    const verified = await project.call(['backup', '--verify', 'copy.db']);
    expect(verified.stdout).toContain('unknown: a plain copy of a store');
  });
});
