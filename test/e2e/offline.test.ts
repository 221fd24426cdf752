import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
const inProject = async (manifest: string | null): Promise<Project> => {
  project = await aProject(manifest);
  return project;
};
afterEach(() => project.cleanUp());

const good = `version: 1
timezone: Europe/Berlin
jobs:
  nightly:
    schedule: "30 2 * * *"
    command: echo night
  often:
    schedule: every 15m
    command: echo often
  by-hand:
    command: echo hand
`;

describe('validate', () => {
  it('accepts a good manifest with 0 and says how many jobs it has', async () => {
    const { code, stdout, stderr } = await (await inProject(good)).call(['validate']);
    expect([code, stdout, stderr]).toEqual([0, 'valid  jobs.yaml: 3 jobs\n', '']);
  });

  it('shows all errors at once with place, snippet and code, and ends with 3', async () => {
    const bad = good
      .replace('"30 2 * * *"', '"30 25 * * *"')
      .replace('command: echo often', 'comand: x');
    const { code, stdout } = await (await inProject(bad)).call(['validate']);
    expect(code).toBe(3);
    expect(stdout).toContain('jobs.yaml:5:');
    expect(stdout).toContain('hour must be 0 to 23');
    expect(stdout).toContain('jobs.yaml:9:5');
    expect(stdout).toMatch(/did you mean .*command/i);
    expect(stdout).toContain('not accepted  jobs.yaml: ');
  });

  it('notes jobs whose moments have passed, and accepts them, with --strict too', async () => {
    await inProject(
      `${good}  past: {schedule: at 2020-01-01T10:00, command: echo}
  mixed: {schedule: [at 2020-01-01T10:00, "0 9 * * *"], command: echo}
  over: {schedule: {cron: "0 9 * * *", until: 2020-01-01}, command: echo}
`,
    );
    const { code, stdout, stderr } = await project.call(['validate', '--strict']);
    expect([code, stdout]).toEqual([0, 'valid  jobs.yaml: 6 jobs\n']);
    expect(stderr).toMatch(/every moment of past, over has passed; added now, it never starts/);
  });

  it('prints one JSON object with the diagnostics in success and in failure', async () => {
    await inProject(good);
    const accepted = (await project.call(['validate', '--json'])).json();
    expect(accepted).toMatchObject({ success: true, data: { diagnostics: [] } });
    const refused = await project.call(['--json', 'validate', '-'], {
      input: 'version: 1\njobs: 3\n',
    });
    expect(refused.code).toBe(3);
    expect(refused.json()).toMatchObject({
      success: false,
      error: { code: expect.stringMatching(/^JM2-M/) },
      data: {
        diagnostics: [{ severity: 'error', file: '<stdin>', range: { start: { line: 2 } } }],
      },
    });
  });

  it('judges several files and names the one that is wrong', async () => {
    await inProject(good);
    await writeFile(join(project.dir, 'b.yaml'), 'version: 7\njobs: {}\n');
    const { code, stdout } = await project.call(['validate', 'jobs.yaml', 'b.yaml']);
    expect(code).toBe(3);
    expect(stdout).toContain('valid  jobs.yaml');
    expect(stdout).toContain('not accepted  b.yaml');
  });

  it('answers binary content, a directory and a missing file with a diagnostic', async () => {
    await inProject(good);
    await mkdir(join(project.dir, 'folder'));
    await writeFile(join(project.dir, 'binary.yaml'), Uint8Array.from([0xff, 0xfe, 0, 1, 2, 0x80]));
    for (const file of ['folder', 'binary.yaml', 'missing.yaml']) {
      const { code, stdout, stderr } = await project.call(['validate', file]);
      expect(code).toBe(3);
      expect(stdout).toMatch(/error\[JM2-M\d+\]/);
      expect(stdout + stderr).not.toMatch(/\n\s+at /);
    }
  });
});

describe('preview', () => {
  it('shows the next starts of all jobs in order of time', async () => {
    const { code, stdout } = await (await inProject(good)).call(['preview', '--count', '3']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^LOCAL TIME +ZONE +WHEN +JOB/);
    expect(lines).toHaveLength(4);
  });

  it('shows a clock change in a past range, with a remark', async () => {
    const args = ['preview', 'nightly', '--from', '2026-03-28', '--to', '2026-03-31'];
    await inProject(good);
    const { json } = await project.call([...args, '--json', '--tz', 'Europe/Berlin']);
    expect(json().data['occurrences']).toEqual([
      {
        job: 'nightly',
        nominalTime: '2026-03-28T01:30:00.000Z',
        startTime: '2026-03-28T01:30:00.000Z',
        local: '2026-03-28T02:30:00+01:00',
        timezone: 'Europe/Berlin',
        note: null,
      },
      {
        job: 'nightly',
        nominalTime: '2026-03-29T01:00:00.000Z',
        startTime: '2026-03-29T01:00:00.000Z',
        local: '2026-03-29T03:00:00+02:00',
        timezone: 'Europe/Berlin',
        note: 'dst_gap',
      },
      {
        job: 'nightly',
        nominalTime: '2026-03-30T00:30:00.000Z',
        startTime: '2026-03-30T00:30:00.000Z',
        local: '2026-03-30T02:30:00+02:00',
        timezone: 'Europe/Berlin',
        note: null,
      },
    ]);
    expect((await project.call(args)).stdout).toContain('does not exist');
  });

  it('draws a day with one column per hour', async () => {
    await inProject(good);
    const { stdout } = await project.call(['preview', '--timeline', 'day', '--from', '2026-06-01']);
    expect(stdout).toContain(`often    ${'▒'.repeat(48)}`);
    expect(stdout).not.toContain('by-hand');
  });

  it('names a near job for an unknown one', async () => {
    const { code, stderr } = await (await inProject(good)).call(['preview', 'nigthly']);
    expect(code).toBe(1);
    expect(stderr).toContain('JM2-R101');
    expect(stderr).toContain('Did you mean nightly?');
  });

  it('ends quietly when its reader has had enough', async () => {
    await inProject(good);
    const live = project.start(['preview', '--count', '20000']);
    live.process.stdout?.destroy();
    expect(await live.ended).toBe(0);
    expect(live.errors().replace(/^warning: .*\n/, '')).toBe('');
  });
});

describe('init', () => {
  it('writes a manifest that is accepted, with the zone of the host and the schema beside it', async () => {
    await inProject(null);
    const written = await project.call(['init'], { env: { TZ: 'Asia/Tokyo' } });
    expect(written.code).toBe(0);
    const manifest = await readFile(project.manifest, 'utf8');
    expect(manifest).toMatch(/^# yaml-language-server: \$schema=\.\/jobs\.schema\.json\n/);
    expect(manifest).toContain('timezone: Asia/Tokyo');
    expect((await project.call(['validate', '--strict'])).code).toBe(0);
    const schema = await readFile(join(project.dir, 'jobs.schema.json'), 'utf8');
    expect(schema).toBe((await project.call(['schema'])).stdout);
  });

  it('overwrites nothing unasked', async () => {
    await inProject(good);
    const { code, stderr } = await project.call(['init']);
    expect([code, stderr.includes('JM2-C106')]).toEqual([5, true]);
    expect(await readFile(project.manifest, 'utf8')).toBe(good);
    expect((await project.call(['init', '--force'])).code).toBe(0);
  });
});

describe('a wrong call', () => {
  it.each([
    [['frobnicate'], 64, 'JM2-C101'],
    [['valdiate'], 64, 'Did you mean validate?'],
    [['preview', '--cuont', '3'], 64, 'Did you mean --count?'],
    [['preview', '--count', 'many'], 64, 'JM2-C103'],
    [['preview', '--from', 'soon'], 64, 'JM2-C103'],
    [['preview', '--tz', 'Europe/Berln'], 64, 'Europe/Berlin'],
    [['preview', '--timeline', 'month'], 64, 'JM2-C103'],
    [['show'], 64, 'JM2-C102'],
    [['queue', 'one', 'two'], 64, 'JM2-C102'],
    [['explain', 'M999'], 64, 'JM2-C105'],
    [['config', 'set'], 64, 'JM2-C102'],
    [['run', 'nightly'], 8, 'jm2 start'],
    [['apply'], 8, 'jm2 start'],
    [['status', '--state-dir', '/proc/nowhere'], 8, 'not running'],
  ])('%j ends with %d and says "%s"', async (args, code, words) => {
    const result = await (await inProject(good)).call(args);
    expect(result.code).toBe(code);
    expect(result.stdout + result.stderr).toContain(words);
    expect(result.stdout + result.stderr).not.toMatch(/\n\s+at /);
  });

  it('in JSON still prints one object on stdout and nothing else', async () => {
    const { code, stdout, json } = await (await inProject(good)).call(['frobnicate', '--json']);
    expect([code, stdout.split('\n').length]).toEqual([64, 2]);
    expect(json()).toMatchObject({ success: false, error: { code: 'JM2-C101' } });
  });
});

describe('a job that is only in the file', () => {
  it('is not unknown but not in force yet; without runs, logs says so', async () => {
    await inProject(good);
    for (const command of ['show', 'logs', 'history']) {
      const { code, stderr } = await project.call([command, 'nightly']);
      expect([command, code, stderr]).toEqual([
        command,
        1,
        expect.stringMatching(
          /"nightly" is declared in jobs\.yaml, but not in force yet[^]*jm2 start/,
        ),
      ]);
    }
    expect((await project.call(['show', 'nigthly'])).stderr).toContain('Did you mean nightly?');
    const logs = await project.call(['logs']);
    expect(logs).toMatchObject({ code: 0, stdout: '', stderr: 'No run has started yet.\n' });
    await writeFile(project.manifest, 'version: 1\njobs: {nightly: {comand: x}}\n');
    expect((await project.call(['show', 'nightly'])).stderr).toContain('jm2 validate says why');
  });
});

describe('a manifest that was named and does not exist', () => {
  it('is an error with 3, whatever is asked', async () => {
    await inProject(good);
    for (const command of ['list', 'status', 'plan', 'preview', 'history', 'stop']) {
      const { code, stdout, stderr } = await project.call(['--manifest', 'typo.yaml', command]);
      expect([command, code, stdout]).toEqual([command, 3, '']);
      expect(stderr).toContain(`${join(project.dir, 'typo.yaml')} does not exist`);
    }
  });
});

describe('without a manifest', () => {
  it('says where it looked and how to begin', async () => {
    await inProject(null);
    const { code, stderr } = await project.call(['validate']);
    expect(code).toBe(3);
    expect(stderr).toContain('JM2-M001');
    expect(stderr).toContain(join(project.dir, 'jobs.yaml'));
    expect(stderr).toContain('jm2 init');
  });

  it('list falls back to an empty user manifest and says that it made one', async () => {
    await inProject(null);
    const { code, stdout, stderr } = await project.call(['list']);
    expect([code, stdout]).toEqual([0, 'No jobs are in force.\n']);
    expect(stderr).toContain('created an empty user manifest');
    expect((await project.call(['validate'])).code).toBe(0);
  });
});

describe('help', () => {
  it('of a command shows its options and examples', async () => {
    const { code, stdout } = await (await inProject(null)).call(['plan', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--detailed-exitcode');
    expect(stdout).toContain('--manifest <file>');
    expect(stdout).toContain('Examples:');
    expect((await project.call(['help', 'plan'])).stdout).toBe(stdout);
  });

  it('and version are the data of one object with --json', async () => {
    await inProject(null);
    for (const args of [['--help'], ['help', 'plan'], ['plan', '-h'], [], ['help']]) {
      const { code, stdout, json } = await project.call([...args, '--json']);
      expect([args, code, stdout.split('\n').length, json().success]).toEqual([args, 0, 2, true]);
      expect(String(json().data['help'])).toContain('--manifest <file>');
    }
    const plain = (await project.call(['--version'])).stdout.trim();
    const { json } = await project.call(['--version', '--json']);
    expect(json()).toEqual({ success: true, data: { version: plain } });
  });

  it('the version is one line', async () => {
    const { code, stdout } = await (await inProject(null)).call(['--version']);
    expect([code, /^\d+\.\d+\.\d+\n$/.test(stdout)]).toEqual([0, true]);
  });
});

describe('settings', () => {
  it('are listed with what gave each of them', async () => {
    await inProject(good);
    await writeFile(join(project.dir, '.jm2rc'), 'sync: manual\n');
    const { json } = await project.call(['config', 'list', '--origin', '--json'], {
      env: { JM2_GRACE: '5s' },
    });
    expect(json().data['settings']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'sync', value: 'manual', origin: 'file' }),
        expect.objectContaining({ key: 'graceMs', value: 5000, origin: 'environment' }),
        expect.objectContaining({ key: 'logLevel', value: 'info', origin: 'default' }),
      ]),
    );
  });

  it('that are wrong are listed with what is wrong, under the names of a settings file', async () => {
    await inProject(good);
    await writeFile(join(project.dir, '.jm2rc'), 'grace: 30\nsnyc: manual\n');
    const env = { JM2_SYNC: 'xx' };
    expect((await project.call(['list'], { env })).stderr).toMatch(
      /\.jm2rc:1: grace: 30 needs a unit/,
    );
    const { code, stdout } = await project.call(['config', 'list', '--origin'], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\ngrace +not accepted +\S+\.jm2rc:1: 30 needs a unit, as in 30s +file/);
    expect(stdout).toMatch(/\nsync +not accepted +JM2_SYNC: "xx" is not one of auto, manual/);
    expect(stdout).toMatch(/\nnot accepted +\S+\.jm2rc:2: snyc: unknown key/);
    const listed = await project.call(['config', 'list', '--json'], { env });
    expect(listed.json().data['problems']).toHaveLength(3);
  });

  it('that are wrong are all told at once', async () => {
    await inProject(good);
    const { code, stderr } = await project.call(['list'], {
      env: { JM2_SYNC: 'always', JM2_GRACE: 'long' },
    });
    expect(code).toBe(64);
    expect(stderr).toContain('JM2-C104');
    expect(stderr).toContain('JM2_SYNC');
    expect(stderr).toContain('JM2_GRACE');
  });
});

describe('without a daemon', () => {
  it('every command that needs one says so with 8, at once, and starts nothing', async () => {
    await inProject(good);
    const commands: readonly (readonly string[])[] = [
      ['run', 'often'],
      ['run', '--adhoc', 'true'],
      ['cancel', 'often'],
      ['rerun', 'often'],
      ['backfill', 'often', '--from', '-1d'],
      ['pause', 'often'],
      ['resume', 'often'],
      ['skip-next', 'often'],
      ['events', '--follow'],
      ['apply', '--auto-approve'],
      ['status'],
    ];
    const ended = await Promise.all(
      commands.map(async (args) => {
        const { code, json } = await project.call([...args, '--json']);
        return [args[0], code, json().error?.code];
      }),
    );
    expect(ended).toEqual(commands.map(([name]) => [name, 8, 'JM2-D101']));
    expect(existsSync(join(project.home, '.jm2/projects'))).toBe(false);
  });
});
