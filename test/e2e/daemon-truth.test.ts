import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
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
  yearly: {schedule: "0 3 1 1 *", command: echo happy new year}
  forever: {command: [sleep, "600"]}
`;

describe('a daemon that is stopped but there', () => {
  it('is told as one that does not answer, with its pid, after seconds and with 8', async () => {
    await inProject(quiet);
    const { json } = await project.call(['start', '--json']);
    const pid = Number(json().data['pid']);
    process.kill(pid, 'SIGSTOP');
    try {
      const asked = ['stop', 'status', 'list', 'apply', 'run yearly', 'logs -f'];
      const answers = await Promise.all(
        asked.map(async (words) => ({ words, ...(await project.call(words.split(' '))) })),
      );
      for (const { words, code, stdout, stderr } of answers) {
        expect([words, code, stdout]).toEqual([words, 8, '']);
        expect(stderr).toContain(`(pid ${pid})`);
        expect(stderr).toContain('does not answer');
      }
      // A plan asks the store and needs nobody.
      expect((await project.call(['plan'])).code).toBe(0);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect((await project.call(['status'])).code).toBe(0);
  });

  it('that has lost its socket is named, not taken for one that is down', async () => {
    await inProject(quiet);
    const started = (await project.call(['start', '--json'])).json();
    await rm(String(started.data['socket']));
    const { code, stderr } = await project.call(['list']);
    expect([code, stderr]).toEqual([
      8,
      expect.stringContaining(`Process ${String(started.data['pid'])} holds`),
    ]);
    process.kill(Number(started.data['pid']), 'SIGKILL');
  });
});

describe('a state directory that cannot be looked into', () => {
  it('is an error with 8 for every command that asks for it', async () => {
    await inProject(quiet);
    const file = join(project.home, 'file');
    await writeFile(file, '');
    for (const words of ['stop', 'status', 'list', 'plan', 'history', 'revisions', 'run yearly']) {
      const { code, stdout, stderr } = await project.call(words.split(' '), {
        env: { JM2_HOME: file },
      });
      expect([words, code, stdout]).toEqual([words, 8, '']);
      expect(stderr).toMatch(/not a directory/);
    }
  });
});

describe('start', () => {
  it('of twelve at once, one starts the daemon and all end with 0 and its pid', async () => {
    await inProject(quiet);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => project.call(['start', '--json'])),
    );
    expect(answers.map(({ code }) => code)).toEqual(Array.from({ length: 12 }, () => 0));
    const facts = answers.map(({ json }) => json().data);
    expect(facts.filter(({ started }) => started === true)).toHaveLength(1);
    expect(new Set(facts.map(({ pid }) => pid)).size).toBe(1);
  });

  it('keeps what it writes to the owner alone, the lock too', async () => {
    await inProject(quiet);
    const { json } = await project.call(['start', '--json']);
    const state = dirname(String(json().data['socket']));
    for (const name of ['lock.db', 'jm2.db', 'daemon.pid', 'daemon.log']) {
      expect([name, (await stat(join(state, name))).mode & 0o777]).toEqual([name, 0o600]);
    }
  });
});

describe('a manifest that is not accepted at a start', () => {
  it('is told by start, restart and up with its place and the revision that stays', async () => {
    await inProject(quiet);
    await project.call(['start']);
    await project.call(['stop']);
    await project.save(quiet.replace('command: [sleep, "600"]', 'comand: x'));
    const expected = /not accepted, revision 1 stays in force\.\n {2}jobs\.yaml:4:\d+: .*JM2-M/;
    const started = await project.call(['start', '--json']);
    expect([started.code, started.stderr]).toEqual([0, expect.stringMatching(expected)]);
    expect(started.json().data).toMatchObject({ lastGoodRevision: 1 });
    const restarted = await project.call(['restart']);
    expect([restarted.code, restarted.stderr]).toEqual([0, expect.stringMatching(expected)]);
    await project.call(['stop']);
    const up = project.start(['up']);
    await up.until(/yearly/);
    expect(up.errors()).toMatch(expected);
    expect(up.output()).toContain('ok  Bring the last good manifest into force (revision 1)');
    await project.save(`${quiet}  bad name: {}\n`);
    await up.until(/rejected .*jobs\.yaml:5:\d+: .*\(JM2-M\d+\), and \d+ more/);
    up.process.kill('SIGINT');
    await up.ended;
  });
});

describe('a daemon that drains', () => {
  it('says so in its status', async () => {
    await inProject(quiet);
    await project.call(['start']);
    await project.call(['run', 'forever']);
    const stopping = project.start(['stop']);
    const status = await eventually(async () => {
      const { stdout } = await project.call(['status']);
      return stdout.includes('draining') ? stdout : null;
    }, 'the word draining');
    expect(status).toMatch(/health +draining\n.*admits nothing more/);
    await project.call(['cancel', 'forever']);
    expect(await stopping.ended).toBe(0);
  });

  it('takes a signal that came twice at once for one', async () => {
    await inProject(quiet.replace('[sleep, "600"]', 'sleep 2'));
    const up = project.start(['up']);
    await up.until(/yearly/);
    await project.call(['run', 'forever']);
    await up.until(/started +forever/);
    up.process.kill('SIGINT');
    up.process.kill('SIGINT');
    await up.until(/succeeded +forever/);
    expect(await up.ended).toBe(0);
  });
});

describe('the diagnostics of a plan', () => {
  it('name the file as validate does, with the snippet', async () => {
    const warned = quiet.replace(
      'echo happy new year}',
      'echo, env: {DB_PASSWORD: hunter22hunter}}',
    );
    await inProject(warned);
    const validated = await project.call(['validate']);
    const snippet = validated.stdout.split('\n\n').slice(0, 2).join('\n\n');
    await project.call(['start']);
    const planned = await project.call(['plan']);
    expect(planned.stdout).toContain(snippet);
    const proposed = await project.call(['plan', '-'], { input: await readFile(project.manifest) });
    expect(proposed.stdout).toContain('<stdin>:3:');
    const { json } = await project.call(['plan', '--json']);
    expect(json().data['diagnostics']).toMatchObject([{ file: 'jobs.yaml' }]);
  });
});
