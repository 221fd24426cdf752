import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from '../../src/api/client.ts';
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
    const up = project.start(['up']);
    await up.until(/started +tick/);
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

  it('an unknown job is answered with near names', async () => {
    await inProject(quiet);
    await project.call(['start']);
    for (const command of ['show', 'run', 'logs', 'history']) {
      const { code, stderr } = await project.call([command, 'yaerly']);
      expect([command, code, stderr]).toEqual([
        command,
        1,
        expect.stringMatching(/JM2-R101[\s\S]*yearly/),
      ]);
    }
  });
});

describe('run --wait', () => {
  it("ends with the run's own code and shows its output", async () => {
    await inProject(
      `${quiet}  late: {command: [sleep, "60"], timeout: 1s, kill: {grace: 1s}}\n  nothing: {command: [/no/such/program]}\n  killed: {command: "kill -KILL $$"}\n`,
    );
    await project.call(['start']);
    const failing = await project.call(['run', 'fails', '--wait']);
    expect(failing).toMatchObject({ code: 7, stdout: 'broken\n' });
    expect(failing.stderr).toMatch(/failed +fails, exit 7/);
    expect(await project.call(['run', 'slow', '--wait'])).toMatchObject({
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
    await inProject(quiet);
    await project.call(['start']);
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
    await inProject(quiet);
    await project.call(['start']);
    const follow = project.start(['logs', '-f', '--json']);
    await project.call(['run', 'ok', '--wait']);
    await follow.until(/"text":"fine"/);
    await project.call(['run', 'slow']);
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
    await inProject('version: 1\njobs:\n  count: {command: seq 1 30000}\n');
    await project.call(['start']);
    await project.call(['run', 'count', '--wait']);
    expect((await project.call(['logs', 'count', '-n', '2'])).stdout).toBe('29999\n30000\n');
    const { json } = await project.call(['history', '--json']);
    const id = (json().data['runs'] as { id: string }[])[0]?.id ?? '';
    const whole = await project.call(['logs', '--run', id.slice(0, 20)]);
    expect(whole.stdout.trimEnd().split('\n')).toHaveLength(30_000);
  });
});

describe('what a job printed and how it is set', () => {
  it('--raw gives its very bytes; a failure with code 0 ends with 1; show speaks as the manifest', async () => {
    await inProject(
      'version: 1\njobs:\n  bytes: {command: "printf \'a\\\\377\\\\033[1m\\\\nend\'", retry: {limit: 1, max_delay: 2m}}\n  picky: {command: exit 0, success_codes: [7]}\n',
    );
    await project.call(['start']);
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

  it('judges a proposal from standard input without touching anything', async () => {
    await inProject(quiet);
    await project.call(['start']);
    const before = await readFile(project.manifest, 'utf8');
    const proposal = await project.call(['plan', '-', '--json'], {
      input: quiet.replace('ok:', 'fine:'),
    });
    expect(proposal.json().data['summary']).toMatchObject({ create: 1, delete: 1 });
    const broken = await project.call(['plan', '-'], { input: 'version: 1\njobs: 7\n' });
    expect([broken.code, broken.stderr.includes('not accepted')]).toEqual([3, true]);
    expect(await readFile(project.manifest, 'utf8')).toBe(before);
  });
});

describe('restart', () => {
  it('keeps a running command, its output and its exit code', async () => {
    await inProject(
      'version: 1\njobs:\n  long: {command: "echo one; sleep 4; echo two; exit 3"}\n',
    );
    const { json } = await project.call(['start', '--json']);
    await project.call(['run', 'long']);
    await eventually(
      async () => (await project.call(['logs', 'long'])).stdout === 'one\n',
      'the first line',
    );
    const restarted = await project.call(['restart', '--json']);
    expect(restarted.json().data).toMatchObject({ previousPid: json().data['pid'], running: 1 });
    const run = await eventually(async () => {
      const answer = await project.call(['history', 'long', '--json']);
      const runs = answer.json().data['runs'] as { state: string; exitCode: number }[];
      return runs[0]?.state === 'running' ? null : runs[0];
    }, 'the end of the run');
    expect(run).toMatchObject({ state: 'failed', exitCode: 3, attempts: 1 });
    expect((await project.call(['logs', 'long'])).stdout).toBe('one\ntwo\n');
  });

  it('after a kill -9 of the daemon adopts what it left running', async () => {
    await inProject('version: 1\njobs:\n  long: {command: "echo one; sleep 4; echo two"}\n');
    const { json } = await project.call(['start', '--json']);
    await project.call(['run', 'long']);
    await eventually(
      async () => (await project.call(['logs', 'long'])).stdout === 'one\n',
      'the first line',
    );
    process.kill(Number(json().data['pid']), 'SIGKILL');
    expect((await project.call(['start'])).code).toBe(0);
    await eventually(async () => {
      const { stdout } = await project.call(['history', 'long']);
      return stdout.includes('succeeded');
    }, 'the success');
    expect((await project.call(['logs', 'long'])).stdout).toBe('one\ntwo\n');
  });
});

describe('the socket of a project', () => {
  it('lies in its own state directory', async () => {
    await inProject(quiet);
    const { json } = await project.call(['start', '--json']);
    expect(String(json().data['socket'])).toMatch(
      new RegExp(`^${join(project.home, '.jm2/projects/project-')}[0-9a-f]{8}/daemon\\.sock$`),
    );
  });
});
