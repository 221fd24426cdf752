// The doctor beside a real daemon: what it finds, how it ends, what it puts right.
import { chmod, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

const sound = 'version: 1\njobs:\n  a: {schedule: "0 3 * * *", command: "true"}\n';
let project: Project;
let stateDir: string;
beforeAll(async () => {
  project = await aProject(sound);
  await project.call(['start']);
  const { data } = (await project.call(['status', '--json'])).json();
  ({ stateDir } = data['manifest'] as { stateDir: string });
});
afterAll(() => project.cleanUp());

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly remedy: string | null;
}

async function doctor(): Promise<{ code: number | null; bad: string[]; findings: Finding[] }> {
  const { code, json } = await project.call(['doctor', '--json']);
  const findings = json().data['findings'] as Finding[];
  const bad = findings.filter(({ severity }) => ['critical', 'major'].includes(severity));
  return { code, findings, bad: bad.map((one) => one.code) };
}

describe('doctor', () => {
  it('ends with 0 when nothing is worse than minor, and tells with --verbose what is in order', async () => {
    expect(await doctor()).toMatchObject({ code: 0, bad: [] });
    const { code, stdout } = await project.call(['doctor', '--verbose']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {8}a daemon runs and answers \(daemon\)$/m);
  });

  it('ends with 1 and the line that helps when a job cannot start', async () => {
    await project.save(sound.replace('"true"', '[./missing.sh]'));
    await project.call(['apply', '--auto-approve']);
    const { code, stdout } = await project.call(['doctor']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^major {5}1 job cannot start as things are \(job-program\)\n {10}a: command ".*missing.sh" does not exist$/m,
    );
    await project.save(sound);
    await project.call(['apply', '--auto-approve']);
  });

  it('tells once that the manifest is not accepted, and which revision stays in force', async () => {
    await project.save('version: 1\njobs: 5\n');
    await eventually(async () => {
      const { data } = (await project.call(['status', '--json'])).json();
      return (data['source'] as { state: string }).state === 'invalid';
    }, 'the refusal');
    expect(await doctor()).toMatchObject({ code: 1, bad: ['manifest-content'] });
    await project.save(sound);
  });

  it('tells that the daemon does not answer when its socket is gone', async () => {
    const { data } = (await project.call(['status', '--json'])).json();
    const { socket, pid } = data['daemon'] as { socket: string; pid: number };
    await rm(socket);
    const { code, findings } = await doctor();
    expect(code).toBe(1);
    expect(findings[0]).toMatchObject({ code: 'daemon', remedy: `kill -TERM ${pid}; jm2 start` });
    process.kill(pid, 'SIGKILL');
    await eventually(async () => !(await stat(`/proc/${pid}`).catch(() => null)), 'its end');
  });

  it('tells of a daemon that was killed, and of what it left', async () => {
    const { bad, findings } = await doctor();
    expect(bad).toEqual(['daemon']);
    expect(findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['stale-files', 'daemon-past']),
    );
  });

  it('--fix asks, and is refused where nobody can be asked', async () => {
    await chmod(join(stateDir, 'jm2.db'), 0o644);
    const { code, stderr } = await project.call(['doctor', '--fix']);
    expect(code).toBe(5);
    expect(stderr).toContain(`chmod 600 ${stateDir}/jm2.db`);
    expect((await stat(join(stateDir, 'jm2.db'))).mode & 0o777).toBe(0o644);
  });

  it('--fix --dry-run says what would be done, without a question, and does nothing', async () => {
    const { code, json } = await project.call(['doctor', '--fix', '--dry-run', '--json']);
    const { repairs, wouldFix } = json().data as { repairs: object[]; wouldFix: object[] };
    expect([code, repairs]).toEqual([1, []]);
    expect(wouldFix).toContainEqual({
      code: 'state-rights',
      detail: `chmod 600 ${stateDir}/jm2.db`,
    });
    expect((await stat(join(stateDir, 'jm2.db'))).mode & 0o777).toBe(0o644);
  });

  it('--fix --yes puts right what it found and tells what is left', async () => {
    const { json } = await project.call(['doctor', '--fix', '--yes', '--json']);
    const { repairs, findings } = json().data as { repairs: object[]; findings: Finding[] };
    expect(repairs).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'state-rights', done: true }),
        expect.objectContaining({ code: 'stale-files', done: true }),
      ]),
    );
    expect(findings.filter(({ severity }) => severity === 'ok').map(({ code }) => code)).toEqual(
      expect.arrayContaining(['state-rights', 'stale-files']),
    );
    expect((await stat(join(stateDir, 'jm2.db'))).mode & 0o777).toBe(0o600);
  });

  it.each([
    [['doctor', '--yes'], {}, 64, '--fix'],
    [['doctor', '--dry-run'], {}, 64, 'jm2 doctor --fix --dry-run'],
    [['doctor', 'a'], {}, 64, 'JM2-C102'],
    [['doctor'], { JM2_SYNC: 'never' }, 1, 'JM2_SYNC: sync: "never" is not one of'],
    [['doctor', '--manifest', 'nowhere.yaml'], {}, 1, 'there is no manifest here'],
  ])('answers %j with %j', async (args, env, code, words) => {
    const result = await project.call(args as string[], { env });
    expect(result.code).toBe(code);
    expect(result.stdout + result.stderr).toContain(words);
  });
});
