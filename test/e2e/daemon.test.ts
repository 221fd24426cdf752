import { copyFile, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from '../../src/api/client.ts';
import { sha256 } from '../../src/system/digest.ts';
import { answerProblem } from '../support/answer-schemas.ts';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
const inProject = async (manifest: string): Promise<Project> => {
  project = await aProject(manifest);
  return project;
};
afterEach(() => project.cleanUp());

const quiet = `version: 1
jobs:
  yearly:
    schedule: "0 3 1 1 *"
    command: echo happy new year
  ok:
    command: echo fine
  fails:
    command: echo broken >&2; exit 7
  slow:
    command: echo begin; sleep 3; echo end
  forever:
    command: [sleep, "600"]
`;

interface Listed {
  readonly name: string;
  readonly state: string;
  readonly nextRun: string | null;
}

async function jobNames(): Promise<string[]> {
  const { json } = await project.call(['list', '--json']);
  return (json().data['jobs'] as Listed[]).map(({ name }) => name);
}

describe('up', () => {
  it('shows the jobs, then each run as it happens, and ends with 0 on Ctrl-C', async () => {
    await inProject('version: 1\njobs:\n  tick: {schedule: every 1s, command: echo tock}\n');
    const up = project.start(['up', '--output']);
    await up.until(/^tick +\S+ +every 1s/m);
    await up.until(/started +tick/);
    await up.until(/tick \| tock/);
    await up.until(/succeeded +tick +in /);
    up.process.kill('SIGINT');
    expect(await up.ended).toBe(0);
    expect(up.output()).toMatch(/stopped\n$/);
  });

  it('lets a run finish after Ctrl-C and says what it waits for', async () => {
    await inProject(quiet);
    const up = project.start(['up']);
    await up.until(/yearly/);
    await project.call(['run', 'slow']);
    await up.until(/started +slow/);
    up.process.kill('SIGINT');
    await up.until(/succeeded +slow/);
    expect(await up.ended).toBe(0);
    expect(up.errors()).toContain('Waiting for 1 run to end: slow');
  });

  it('ends running commands at a second Ctrl-C', async () => {
    await inProject(quiet);
    const up = project.start(['up']);
    await up.until(/yearly/);
    await project.call(['run', 'forever']);
    await up.until(/started +forever/);
    up.process.kill('SIGINT');
    await eventually(async () => up.errors().includes('Waiting for'), 'the word that it waits');
    // One that comes at once counts as the first; one that comes when all is done
    // may end the process itself.
    await eventually(async () => {
      up.process.kill('SIGINT');
      return up.process.exitCode !== null || up.process.signalCode !== null;
    }, 'the end');
    expect(up.output()).toMatch(/canceled +forever/);
  });

  it('ends in order when nobody reads its output any more', async () => {
    await inProject('version: 1\njobs:\n  tick: {schedule: every 1s, command: echo tock}\n');
    const up = project.start(['start', '--foreground', '--json']);
    await up.until(/"kind":"run.started".*\n/);
    expect(answerProblem(['start', '--json'], up.output().replace(/[^\n]*$/, ''))).toBeNull();
    up.process.stdout?.destroy();
    expect(await up.ended).toBe(0);
    expect((await project.call(['history'])).stdout).not.toContain('running');
  });

  it('refuses an invalid first manifest with 3 and its problems', async () => {
    await inProject(quiet.replace('"0 3 1 1 *"', '"0 33 1 1 *"'));
    const { code, stderr } = await project.call(['up']);
    expect(code).toBe(3);
    expect(stderr).toContain('hour must be 0 to 23');
    expect((await project.call(['start'])).code).toBe(3);
  });

  it('beside a running daemon ends with 4 and names the holder', async () => {
    await inProject(quiet);
    const { json } = await project.call(['start', '--json']);
    const { code, stderr } = await project.call(['up']);
    expect(code).toBe(4);
    expect(stderr).toContain('JM2-D102');
    expect(stderr).toContain(String(json().data['pid']));
  });
});

describe('start, status and stop', () => {
  it('start returns a daemon that answers; a second start and a second stop are fine', async () => {
    await inProject(quiet);
    const started = await project.call(['start', '--json']);
    expect(started.json()).toMatchObject({ success: true, data: { started: true } });
    // In its own state directory.
    expect(String(started.json().data['socket'])).toMatch(
      new RegExp(`^${join(project.home, '.jm2/projects/project-')}[0-9a-f]{8}/daemon\\.sock$`),
    );
    const again = await project.call(['start', '--json']);
    expect([again.code, again.json().data]).toEqual([
      0,
      expect.objectContaining({ started: false, pid: started.json().data['pid'] }),
    ]);
    const status = await project.call(['status', '--json']);
    expect([status.code, status.json().data]).toEqual([
      0,
      expect.objectContaining({
        daemon: expect.objectContaining({ running: true }),
        revision: expect.objectContaining({ applied: 1 }),
      }),
    ]);
    expect((await project.call(['stop'])).stdout).toBe('stopped\n');
    expect(await project.call(['stop'])).toMatchObject({ code: 0, stdout: 'not running\n' });
  });

  it('start after an upgrade goes on with what the earlier jm2 had in force, though the manifest is broken', async () => {
    await inProject('version: 1\njobs: {a: {}}\n');
    const state = join(project.home, 'state');
    await mkdir(state, { mode: 0o700 });
    await copyFile('test/golden/store-v1.db', join(state, 'jm2.db'));
    const env = { JM2_STATE_DIR: state };
    const { code, json } = await project.call(['start', '--json'], { env });
    expect([code, json().data['lastGoodRevision']]).toEqual([0, 2]);
    const { source, revision } = (await project.call(['status', '--json'], { env })).json().data;
    expect([source, revision]).toMatchObject([{ state: 'invalid' }, { applied: 2 }]);
    expect((await project.call(['stop', '--now'], { env })).code).toBe(0);
  });

  it('while no daemon runs, the store answers what needs no daemon', async () => {
    await inProject(quiet);
    await project.call(['start']);
    await project.call(['run', 'fails', '--wait']);
    await project.call(['stop']);
    expect((await project.call(['status'])).code).toBe(8);
    expect((await project.call(['logs', 'fails'])).stdout).toBe('broken\n');
    expect((await project.call(['history', 'fails'])).stdout).toContain('exit 7');
    expect((await project.call(['list'])).stdout).toContain('yearly');
    expect((await project.call(['show', 'yearly'])).stdout).toContain('0 3 1 1 *');
    expect((await project.call(['plan'])).stdout).toContain('No changes');
    expect((await project.call(['revisions'])).stdout).toMatch(/REVISION[\s\S]*\n +1 /);
    for (const args of [
      ['run', 'ok'],
      ['apply', '--auto-approve'],
      ['cancel', 'ok'],
    ]) {
      const { code, stderr } = await project.call(args);
      expect([args[0], code, stderr.includes('jm2 start')]).toEqual([args[0], 8, true]);
    }
  });
});

describe('a saved manifest', () => {
  it('is in force without a restart; a broken one changes nothing and is told', async () => {
    await inProject(quiet);
    await project.call(['start']);
    await project.save(quiet.replace('yearly:', 'annual:'));
    await eventually(async () => (await jobNames()).includes('annual'), 'the new job');
    await project.save('version: 1\njobs: [nonsense\n');
    const status = await eventually(async () => {
      const { stdout } = await project.call(['status']);
      return stdout.includes('invalid') ? stdout : null;
    }, 'the word invalid');
    expect(status).toMatch(/invalid since .*; revision 2 stays in force/);
    expect(status).toMatch(/jobs\.yaml:\d+:\d+: invalid YAML/);
    expect(await jobNames()).toContain('annual');
    await project.save(quiet.replace('yearly:', 'annual:'));
    await eventually(
      async () => (await project.call(['status'])).stdout.includes('accepted'),
      'the word accepted',
    );
  });

  it('that is touched, replaced and commented a thousand times starts nothing and makes no revision', async () => {
    const text =
      'version: 1\njobs:\n  yearly: {schedule: "0 3 1 1 *", command: "true"}\n  rare: {schedule: every 300d, command: "true", on_change: restart}\n';
    await inProject(text);
    await project.call(['start']);
    const { daemon } = (await project.call(['status', '--json'])).json().data;
    const api = createClient((daemon as { readonly socket: string }).socket);
    const before = await api.list();
    for (let round = 0; round < 3; round += 1) {
      for (let change = 0; change < 333; change += 1) {
        if (change % 3 === 0) await utimes(project.manifest, change, round);
        else await project.save(`${text}# ${round}, ${change % 2}\n`);
      }
      const last = `# ${round}\n${text}`;
      await project.save(last);
      await eventually(
        async () => (await api.status()).revision.attempted === sha256(last) || null,
        'a look at the last change',
      );
    }
    expect((await api.status()).revision.applied).toBe(1);
    expect((await api.history({ limit: 10 })).runs).toEqual([]);
    expect(await api.list()).toEqual(before);
    expect((await project.call(['audit', '--json'])).json().data['entries']).toHaveLength(1);
  });

  it('that vanishes leaves everything running and findable', async () => {
    await inProject(quiet);
    await project.call(['start']);
    await rm(project.manifest);
    const status = await eventually(async () => {
      const { stdout } = await project.call(['status']);
      return stdout.includes('missing') ? stdout : null;
    }, 'the word missing');
    expect(status).toContain('revision 1 stays in force');
    expect(await jobNames()).toContain('yearly');
  });
});

describe('plan and apply', () => {
  it('under manual sync: plan tells the changes, apply needs approval and makes them', async () => {
    await inProject(quiet);
    await project.call(['start', '--sync', 'manual']);
    expect((await project.call(['apply', '--auto-approve'])).code).toBe(0);
    await project.save(quiet.replace('0 3 1 1 *', '0 4 1 1 *'));
    const plan = await project.call(['plan', '--detailed-exitcode']);
    expect(plan.code).toBe(2);
    expect(plan.stdout).toMatch(/~ yearly +update/);
    expect(plan.stdout).toContain('"0 3 1 1 *" → "0 4 1 1 *"');
    expect(plan.stdout).toContain('Plan: 0 to create, 1 to update');
    const asked = await project.call(['apply', '--json']);
    expect([asked.code, asked.json()]).toEqual([
      5,
      expect.objectContaining({
        success: false,
        error: expect.objectContaining({ code: 'JM2-P202' }),
        data: expect.objectContaining({ changes: [expect.anything()] }),
      }),
    ]);
    const applied = await project.call(['apply', '--auto-approve']);
    expect([applied.code, applied.stdout]).toEqual([
      0,
      expect.stringContaining('applied: revision 2 is in force'),
    ]);
    expect((await project.call(['plan', '--detailed-exitcode'])).code).toBe(0);
  });

  it('refuses to carry out a plan whose basis has moved, with 4', async () => {
    await inProject(quiet);
    const { json } = await project.call(['start', '--json']);
    const client = createClient(String(json().data['socket']));
    const planned = await client.plan({ text: null, horizonMs: 86_400_000 });
    if (planned.kind !== 'planned') throw new Error('the manifest was refused');
    const { revision, desiredDigest } = planned.plan.basis;
    await project.save(quiet.replace('0 3 1 1 *', '0 5 1 1 *'));
    await expect(
      client.apply({ by: 'test', expected: { revision: revision + 5, desiredDigest } }),
    ).rejects.toMatchObject({ code: 'JM2-P201', exitCode: 4 });
  });
});

describe('restart', () => {
  it('keeps a running command, its output and its exit code', async () => {
    await inProject(
      'version: 1\njobs:\n  long: {command: "echo one; until [ -e go ]; do sleep 0.1; done; echo two; exit 3"}\n',
    );
    const { json } = await project.call(['start', '--json']);
    await project.call(['run', 'long']);
    await eventually(
      async () => (await project.call(['logs', 'long'])).stdout === 'one\n',
      'the first line',
    );
    const restarted = await project.call(['restart', '--json']);
    expect(restarted.json().data).toMatchObject({ previousPid: json().data['pid'], running: 1 });
    await writeFile(join(project.dir, 'go'), '');
    const run = await eventually(async () => {
      const answer = await project.call(['history', 'long', '--json']);
      const runs = answer.json().data['runs'] as { state: string; exitCode: number }[];
      return runs[0]?.state === 'running' ? null : runs[0];
    }, 'the end of the run');
    expect(run).toMatchObject({ state: 'failed', exitCode: 3, attempts: 1 });
    expect((await project.call(['logs', 'long'])).stdout).toBe('one\ntwo\n');
  });

  it('after a kill -9 of the daemon adopts what it left running', async () => {
    await inProject(
      'version: 1\njobs:\n  long: {command: "echo one; until [ -e go ]; do sleep 0.1; done; echo two"}\n',
    );
    const { json } = await project.call(['start', '--json']);
    await project.call(['run', 'long']);
    await eventually(
      async () => (await project.call(['logs', 'long'])).stdout === 'one\n',
      'the first line',
    );
    process.kill(Number(json().data['pid']), 'SIGKILL');
    expect((await project.call(['start'])).code).toBe(0);
    await writeFile(join(project.dir, 'go'), '');
    await eventually(async () => {
      const { stdout } = await project.call(['history', 'long']);
      return stdout.includes('succeeded');
    }, 'the success');
    expect((await project.call(['logs', 'long'])).stdout).toBe('one\ntwo\n');
  });
});
