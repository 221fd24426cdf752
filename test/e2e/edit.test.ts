// Editing the manifest by command: the smallest difference, whole or not at all.
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { CallResult, Project } from '../support/cli.ts';

let project: Project;
afterEach(() => project.cleanUp());

const manifest = `# Jobs of the shop.
version: 1
timezone: Europe/Berlin

jobs:
  # Every night.
  dump:
    schedule: "0 3 * * *"   # after the till closed
    command: ./dump.sh
    env: {A: "1", B: "2"}
    tags: [night, db]

  ping: {command: "true", schedule: every 30s} # often
`;
const inProject = async (text: string | null = manifest): Promise<Project> => {
  project = await aProject(text);
  return project;
};
const content = (): Promise<string> => readFile(project.manifest, 'utf8');
const code = async (args: readonly string[]): Promise<string | undefined> => {
  const { json } = await project.call([...args, '--json']);
  return json().error?.code;
};
const jobs = async (): Promise<string[]> => {
  const { json } = await project.call(['list', '--json']);
  return (json().data['jobs'] as { name: string }[]).map(({ name }) => name);
};

describe('add', () => {
  it('means directories and programs as they are seen from where it is typed', async () => {
    await inProject();
    const cwd = join(project.dir, 'tools');
    await mkdir(cwd);
    await writeFile(join(cwd, 'report.sh'), 'pwd');
    const add = async (...words: string[]): Promise<unknown> => {
      const call = ['add', '--every', '1h', '--dry-run', '--json', ...words];
      const { json } = await project.call(call, { cwd });
      return /^\+ +cwd: (.*)$/m.exec(json().data['diff'] as string)?.[1];
    };
    expect(await add('./report.sh --full')).toBe('tools');
    expect(await add('--', './report.sh', '--full')).toBe('tools');
    expect(await add('./report.sh', '--cwd', '.')).toBe('tools');
    expect(await add('true', '--cwd', '..')).toBe('.');
    expect(await add('true', '--cwd', '/srv')).toBe('/srv');
    expect(await add('true')).toBeUndefined();
    expect(await add('./dump.sh')).toBeUndefined();
    const edit = ['edit', 'dump', '--cwd', '.', '--dry-run', '--json'];
    const { json } = await project.call(edit, { cwd });
    expect(json().data['diff']).toMatch(/^\+ +cwd: tools$/m);
  });

  it('takes the name from the fields on standard input, where no option gives one', async () => {
    await inProject();
    const input = '{"name": "today", "command": "date", "schedule": "@daily"}';
    const { json } = await project.call(['add', '-', '--dry-run', '--json'], { input });
    expect(json().data['diff']).toContain('+  today:');
  });

  it('begins from an empty home: start, add, list, run, logs', async () => {
    await inProject(null);
    expect((await project.call(['start'])).stdout).toContain('0 jobs in force');
    const added = await project.call(['add', 'echo hi', '--cron', '0 * * * *', '--yes']);
    expect(added.stdout).toContain('added echo-hi; revision 2 is in force');
    expect(await jobs()).toEqual(['echo-hi']);
    expect((await project.call(['run', 'echo-hi', '--wait'])).code).toBe(0);
    expect((await project.call(['logs', 'echo-hi'])).stdout).toBe('hi\n');
  });

  it('writes every field it is asked for, behind the others, and nothing else', async () => {
    await inProject();
    await project.call([
      'add',
      './report.sh',
      '--every',
      '90s',
      '--tz',
      'UTC',
      '-n',
      'report',
      '-t',
      'web',
      '-t',
      'day',
      '--cwd',
      '/tmp',
      '-e',
      'X=a b',
      '--shell',
      '/bin/bash',
      '--timeout',
      '5m',
      '--retry',
      '2',
      '--owner',
      'ops',
      '--description',
      'A report',
      '--set',
      'kill={grace: 3s}',
      '--suspend',
      '--yes',
    ]);
    expect(await content()).toBe(`${manifest}
  report:
    description: A report
    schedule: {every: 90s, timezone: UTC}
    command: ./report.sh
    cwd: /tmp
    shell: /bin/bash
    timeout: 5m
    owner: ops
    retry: 2
    env:
      X: a b
    kill: {grace: 3s}
    tags: [web, day]
    suspend: true
`);
  });

  it('makes times absolute, in the zone of the manifest', async () => {
    await inProject('version: 1\ntimezone: Asia/Tokyo\njobs: {}\n');
    await project.call(['add', 'a', '--at', '2030-01-02 03:04', '--name', 'one', '-y']);
    await project.call(['add', 'b', '--in', '1h', '--name', 'two', '-y']);
    await project.call(['add', 'c', '--schedule', '@daily', '--name', 'three', '-y']);
    const text = await content();
    expect(text).toContain('schedule: at 2030-01-02T03:04:00\n');
    expect(text).toMatch(/schedule: at 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\n/);
    expect(text).toContain('schedule: "@daily"\n');
  });

  it('takes several words as a program and its arguments, and fields from a file', async () => {
    await inProject('version: 1\njobs: {}\n');
    await project.call(['add', '--yes', '--', 'curl', '-fsS', 'http://localhost']);
    await project.call(['add', '--from', '-', '--name', 'j', '--yes'], {
      input: '{"command": ["date", "-u"], "timeout": "1m"}',
    });
    expect(await content()).toBe(
      'version: 1\njobs:\n  curl-localhost:\n    command: [curl, -fsS, http://localhost]\n\n  j:\n    command: [date, -u]\n    timeout: 1m\n',
    );
  });

  it('shows the difference with --dry-run and asks nobody where nobody is', async () => {
    await inProject();
    const shown = await project.call(['add', 'x', '--name', 'x', '--dry-run']);
    expect(shown.stdout).toMatch(/^\+ {2}x:\n\+ {4}command: x$/m);
    expect(shown.stdout).toContain('Plan: 3 to create');
    expect((await project.call(['add', 'x', '--name', 'x'])).code).toBe(5);
    expect(await content()).toBe(manifest);
  });

  it('numbers a name that is taken only when asked to', async () => {
    await inProject();
    expect(await code(['add', 'x', '--name', 'PING', '-y'])).toBe('JM2-P207');
    const { json } = await project.call([
      'add',
      'x',
      '--name',
      'ping',
      '--auto-suffix',
      '-y',
      '--json',
    ]);
    expect(json().data['changed']).toBe(true);
    expect(await content()).toContain('\n  ping-2:\n');
  });

  it('refuses what cannot be right, each with its exit code, and changes nothing', async () => {
    await inProject();
    const wrong: readonly (readonly [readonly string[], number])[] = [
      [['x', '--cron', '0 25 * * *'], 3],
      [['x', '--cron', '* * * * *', '--at', 'now'], 64],
      [['x', '--at', '2020-01-01'], 64],
      [['x', '--at', 'someday'], 64],
      [['x', '--in', '-5m'], 64],
      [['x', '--every', '0s'], 3],
      [['x', '--cron', '@daily', '--tz', 'Europe/Berln'], 64],
      [['x', '--tz', 'UTC'], 64],
      [['x', '--name', 'Not a name'], 3],
      [['x', '--timeout', '5'], 3],
      [['x', '--retry', '-1'], 64],
      [['x', '-e', 'novalue'], 64],
      [['x', '--set', 'tags=[a'], 64],
      [['x', '--set', 'tmeout=5m'], 3],
      [['--cron', '* * * * *'], 64],
    ];
    const ended = await Promise.all(
      wrong.map(async ([args]) => {
        const { code: exit, stderr } = await project.call(['add', ...args, '--yes']);
        return [args, stderr.includes('error[JM2-') ? exit : 'no error'];
      }),
    );
    expect(ended).toEqual(wrong);
    expect(await content()).toBe(manifest);
  });
});

describe('edit', () => {
  it('changes fields in their lines', async () => {
    await inProject();
    const shown = await project.call(['edit', 'dump', '--owner', 'me', '--dry-run']);
    expect(shown.stdout).toMatch(/^\+ {4}owner: me$/m);
    expect(await content()).toBe(manifest);
    await project.call(['edit', 'dump', '--cron', '0 4 * * *', '--command', 'a\nb', '-y']);
    await project.call(['edit', 'dump', '-e', 'B=3', '--unset', 'env.A', '-y']);
    await project.call(['edit', 'dump', '--tag-add', 'x', '--tag-remove', 'db', '-y']);
    await project.call(['edit', 'ping', '--timeout', '5s', '--tag', 'web', '-y']);
    expect(await content()).toBe(
      manifest
        .replace('0 3 * * *', '0 4 * * *')
        .replace('command: ./dump.sh', 'command: |-\n      a\n      b')
        .replace('{A: "1", B: "2"}', '{B: "3"}')
        .replace('[night, db]', '[night, x]')
        .replace('every 30s}', 'every 30s, timeout: 5s, tags: [web]}'),
    );
  });

  it('keeps what else a schedule says, and reads times in the zone of the job', async () => {
    const before = `version: 1
jobs:
  a:
    schedule: {cron: 0 9 * * *, timezone: Asia/Tokyo, jitter: 5m}
    command: a
  b: {schedule: "0 9 * * *", timezone: Asia/Tokyo, command: b}
`;
    await inProject(before);
    await project.call(['edit', 'a', '--cron', '0 7 * * *', '-y']);
    expect(await content()).toBe(before.replace('cron: 0 9', 'cron: 0 7'));
    await project.call(['edit', 'a', '--tz', 'Europe/Berlin', '-y']);
    expect(await content()).toContain('timezone: Europe/Berlin, jitter: 5m}');
    const { json } = await project.call(['edit', 'b', '--in', '2h', '--dry-run', '--json']);
    expect(JSON.stringify(json().data)).not.toContain('never_fires');
    expect(JSON.stringify(json().data)).toContain('"nextRun"');
  });

  it('has an option for each field, and for any other', async () => {
    await inProject();
    await project.call([
      'edit',
      'dump',
      '--every',
      '1h',
      '--tz',
      'UTC',
      '--cwd',
      '/',
      '--shell',
      '/bin/bash',
      '--retry',
      '1',
      '--description',
      'D',
      '--owner',
      'o',
      '--set',
      'suspend=true',
      '-y',
    ]);
    await project.call(['edit', 'ping', '--at', '2031-01-01', '-y']);
    await project.call(['edit', 'ping', '--in', '2h', '-y']);
    await project.call(['edit', 'ping', '--schedule', '@daily', '-y']);
    await project.call(['edit', 'ping', '--from', '-', '-y'], { input: 'timeout: 9s' });
    const text = await content();
    expect(text).toContain(
      'tags: [night, db]\n    cwd: /\n    shell: /bin/bash\n    description: D\n    owner: o\n    retry: 1\n    suspend: true\n',
    );
    expect(text).toContain('schedule: {every: 1h, timezone: UTC}   # after the till closed');
    expect(text).toContain('ping: {command: "true", schedule: "@daily", timeout: 9s} # often');
  });

  it('changes all jobs of a pattern or a tag alike, each in its lines', async () => {
    await inProject();
    await project.call(['edit', '*', '--tag-add', 'shop', '--yes']);
    await project.call(['edit', '--tagged', 'db', '--tag-add', 'data', '--tag-remove', 'db', '-y']);
    const changed = manifest
      .replace('[night, db]', '[night, shop, data]')
      .replace('every 30s}', 'every 30s, tags: [shop]}');
    expect(await content()).toBe(changed);
    expect(await code(['edit', '*', '--name', 'one'])).toBe('JM2-C102');
    expect(await code(['edit', '--tagged', 'shop'])).toBe('JM2-C102');
    expect(await code(['edit', '--tagged', 'none', '--timeout', '1m'])).toBe('JM2-R101');
    expect(await content()).toBe(changed);
  });

  it('renames with history', async () => {
    await inProject();
    await project.call(['start']);
    await project.call(['run', 'ping', '--wait']);
    await project.call(['edit', 'ping', '--name', 'pong', '--yes']);
    const { json } = await project.call(['history', 'pong', '--json']);
    // Its schedule may have started it meanwhile, too.
    const triggers = (json().data['runs'] as { trigger: string }[]).map((run) => run.trigger);
    expect(triggers).toContain('manual');
    expect(await content()).toContain('pong: {command: "true", schedule: every 30s, renamed_from');
    expect((await project.call(['logs', 'ping'])).stderr).toContain('ping is called pong now.');
    const old = await project.call(['run', 'ping']);
    expect([old.code, old.stderr]).toEqual([1, expect.stringContaining('It is called pong now.')]);
  });

  it('shows the log of the job that had a name before, while the one that has it never ran', async () => {
    await inProject('version: 1\njobs:\n  a: {command: echo first}\n');
    await project.call(['start']);
    await project.call(['run', 'a', '--wait']);
    await project.call(['edit', 'a', '--name', 'b', '--yes']);
    const both = 'version: 1\njobs:\n  a: {command: echo second}\n  b: {command: echo first}\n';
    await project.save(both);
    await project.call(['apply', '--auto-approve', '--no-rename-guard']);
    const before = await project.call(['logs', 'a']);
    expect(before.stdout).toBe('first\n');
    expect(before.stderr).toMatch(
      /^Another job had the name before, a \(.*, now b\): jm2 logs --run/,
    );
    await project.call(['run', 'a', '--wait']);
    expect((await project.call(['logs', 'a'])).stdout).toBe('second\n');
  });

  it('takes what the editor leaves once it is valid, and nothing before', async () => {
    await inProject();
    const edit = (editor: string): Promise<CallResult> =>
      project.call(['edit', 'dump', '--yes'], { env: { EDITOR: editor } });
    expect((await edit('sed -i s/dump.sh/backup.sh/')).stdout).toContain('changed dump');
    const after = manifest.replace('dump.sh', 'backup.sh');
    expect(await content()).toBe(after);
    const broken = await edit('sed -i s/command:/comand:/');
    expect([broken.code, await content()]).toEqual([5, after]);
    expect(broken.stderr).toContain('What the editor left is kept in');
    expect((await edit('false')).code).toBe(5);
    expect((await edit('true')).stdout).toContain('says so already');
    expect((await edit('truncate -s 0')).code).toBe(5);
    expect(await content()).toBe(after);
  });

  it('opens the whole file without a name', async () => {
    await inProject();
    await project.call(['edit', '--yes'], { env: { VISUAL: 'sed -i s/Berlin/Rome/' } });
    expect(await content()).toBe(manifest.replace('Berlin', 'Rome'));
  });

  it('refuses what cannot be right, each with its code, and changes nothing', async () => {
    await inProject();
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['dmp', '--cron', '* * * * *'], 'JM2-R101'],
      [['dump', '--cron', 'x'], 'JM2-S115'],
      [['--cron', '* * * * *'], 'JM2-C102'],
      [['dump'], 'JM2-C102'],
      [['dump', '--unset', 'command'], 'JM2-M202'],
      [['dump', '--dry-run', '--name', 'ping'], 'JM2-M109'],
    ];
    const ended = await Promise.all(
      wrong.map(async ([args]) => [args, await code(['edit', ...args, '--yes'])]),
    );
    expect(ended).toEqual(wrong);
    expect(await content()).toBe(manifest);
  });
});

describe('remove', () => {
  it('takes a job with its comment, and the daemon follows', async () => {
    await inProject();
    await project.call(['start']);
    expect((await project.call(['remove', 'dump', '--dry-run'])).stdout).toMatch(/^- {2}dump:$/m);
    const removed = await project.call(['remove', 'dump', '--yes']);
    expect(removed.stdout).toContain('removed dump; revision 2 is in force');
    expect(await jobs()).toEqual(['ping']);
    expect(await content()).toBe(manifest.replace(/ {2}# Every night\.[^]*?db\]\n\n/, ''));
  });

  it('takes all jobs at once although a guard would stop the watcher', async () => {
    await inProject();
    await project.call(['start']);
    await project.call(['remove', 'dump', 'ping', '--yes']);
    expect(await jobs()).toEqual([]);
    expect(await content()).toContain('\njobs: {}\n');
  });

  it('takes those that a tag, a word, a pattern or a state selects', async () => {
    await inProject();
    await project.call(['start']);
    const selections = [
      ['remove', '--tag', 'db'],
      ['remove', '--grep', 'db', '--state', 'scheduled'],
      ['remove', 'du*'],
    ];
    for (const one of selections) {
      const { stdout } = await project.call([...one, '--dry-run']);
      expect(stdout.match(/^- {2}\w+:$/gm)).toEqual(['-  dump:']);
    }
    const none = await project.call(['remove', '--state', 'failed', '--yes']);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('No job is selected')]);
    expect((await project.call(['remove'])).code).toBe(64);
    expect(await content()).toBe(manifest);
    await project.call(['remove', '--state', 'scheduled', '--yes']);
    expect(await jobs()).toEqual([]);
  });

  it('refuses a job that is not there, with a name that is near', async () => {
    await inProject();
    const { stderr, code: ended } = await project.call(['remove', 'dmup', '--yes']);
    expect([ended, stderr]).toEqual([1, expect.stringContaining('Did you mean dump?')]);
  });
});

describe('any edit', () => {
  it('leaves an invalid file as it is, and says what is wrong with it', async () => {
    const invalid = manifest.replace('every 30s', 'evry 30s');
    await inProject(invalid);
    const result = await project.call(['add', 'x', '--yes']);
    expect([result.code, await content()]).toEqual([3, invalid]);
    expect(result.stderr).toContain('was left as it is');
  });

  it('refuses a file that this account may not write, with the change to make elsewhere', async () => {
    await inProject();
    // Superusers may write anything but a file system that is read-only or an immutable file.
    await chmod(project.manifest, 0o444);
    const asOther = ['--reuid=65534', '--clear-groups', process.execPath];
    const isRoot = process.getuid?.() === 0;
    if (isRoot) {
      execFileSync('chmod', ['-R', 'a+rX', join(project.dir, '..')]);
      await mkdir(join(project.dir, 'home'));
      execFileSync('chown', ['65534', join(project.dir, 'home')]);
    }
    const program = join(import.meta.dirname, '../../dist/jm2.js');
    const args = [program, 'add', 'x', '--name', 'x', '--yes'];
    const env = { ...process.env, JM2_HOME: join(project.dir, 'home'), HOME: project.dir };
    const run = (): string =>
      isRoot
        ? execFileSync('setpriv', [...asOther, ...args], {
            cwd: project.dir,
            env,
            stdio: 'pipe',
          }).toString()
        : execFileSync(process.execPath, args, { cwd: project.dir, env, stdio: 'pipe' }).toString();
    expect(run).toThrow(/may not write it[^]*\+ {2}x:/);
    expect(await content()).toBe(manifest);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'finds the file old or new when the disk is full [platform: needs superuser]',
    async () => {
      await inProject();
      const script = `mount -t tmpfs -o size=64k tmpfs mnt && cp jobs.yaml mnt/ && cd mnt &&
      dd if=/dev/zero of=fill bs=1k count=200 2>/dev/null;
      "$1" "$2" --state-dir ../state add "$(head -c 3000 /dev/zero | tr '\\0' x)" --name big --yes;
      echo "code $?"; cmp jobs.yaml ../jobs.yaml && ls`;
      await mkdir(join(project.dir, 'mnt'));
      const program = join(import.meta.dirname, '../../dist/jm2.js');
      const out = execFileSync(
        'unshare',
        ['-m', 'sh', '-c', script, 'sh', process.execPath, program],
        { cwd: project.dir, stdio: 'pipe', env: { ...process.env, HOME: project.home } },
      ).toString();
      expect(out).toMatch(/code 1\nfill\njobs\.yaml\n$/);
    },
  );
});

describe('fmt', () => {
  it('brings the file into its form, once', async () => {
    await inProject(
      manifest.replace('\n\njobs:\n', '\n\n\n\njobs:\n').replace('    env', '    env'),
    );
    expect((await project.call(['fmt', '--check'])).code).toBe(1);
    expect((await project.call(['fmt', '--dry-run'])).stdout).toContain('@@');
    expect((await project.call(['fmt'])).stdout).toContain('formatted jobs.yaml');
    const formatted = await content();
    expect(formatted).toBe(manifest.replace('"   # after', '" # after'));
    expect((await project.call(['fmt', '--check'])).code).toBe(0);
  });

  it('leaves an invalid file alone', async () => {
    await inProject('jobs: [');
    expect((await project.call(['fmt'])).code).toBe(3);
    await writeFile(join(project.dir, 'other.yaml'), 'version: 1\njobs:   {}\n');
    expect((await project.call(['fmt', 'other.yaml'])).code).toBe(0);
    expect(await readFile(join(project.dir, 'other.yaml'), 'utf8')).toBe('version: 1\njobs: {}\n');
  });
});
