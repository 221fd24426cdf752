// Into a manifest and out of it by command.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
afterEach(() => project.cleanUp());

const begin = async (manifest: string, files: Readonly<Record<string, string>>): Promise<void> => {
  project = await aProject(manifest);
  for (const [name, text] of Object.entries(files)) await writeFile(join(project.dir, name), text);
};
const content = (): Promise<string> => readFile(project.manifest, 'utf8');
const code = async (args: readonly string[]): Promise<unknown> => {
  const { code: exit, json } = await project.call([...args, '--json']);
  return [exit, json().error?.code];
};
const empty = 'version: 1\ntimezone: Europe/Berlin\njobs: {}\n';
const crontab = 'MAILTO=me\n# Nightly\n0 3 * * * ./dump.sh\n@reboot ./up\n*/5 * * * * ./ping\n';

describe('import', () => {
  it('brings a crontab from standard input into force, with a report and a proof', async () => {
    await begin(empty, {});
    await project.call(['start']);
    const args = [
      'import',
      '-',
      '--from',
      'crontab',
      '--tz',
      'Asia/Tokyo',
      '--home',
      '/tmp',
      '-y',
      '--faithful',
    ];
    const { stdout } = await project.call(args, { input: crontab });
    expect(stdout).toMatch(/dump +standard input:3 +add .* 36[56] starts agree/);
    expect(stdout).toContain('standard input:4: @reboot has no time');
    expect(stdout).toContain('imported 2 jobs; revision 2 is in force');
    expect(await content()).toContain(`  dump:
    description: Nightly
    schedule: {cron: 0 3 * * *, timezone: Asia/Tokyo}
    command: ./dump.sh
    cwd: /tmp
    concurrency: allow
    catch_up: none
`);
    const again = await project.call([...args, '--json'], { input: crontab });
    expect(again.json().data).toMatchObject({
      changed: false,
      imported: [
        { job: 'dump', line: 3, action: 'unchanged', proof: { agrees: true, method: 'times' } },
        { job: 'ping', line: 5, action: 'unchanged' },
      ],
      remarks: [{ line: 1, kind: 'dropped' }, { line: 4 }],
    });
  });

  it('asks what is to be done about a job that exists, and does it', async () => {
    const before = 'version: 1\njobs:\n  a: {command: x, retry: 2}\n  b: {command: b}\n';
    await begin(before, { 'other.json': '{"version": 1, "jobs": {"a": {"command": "yy"}}}' });
    expect(await code(['import', 'other.json', '-y'])).toEqual([4, 'JM2-P207']);
    await project.call(['import', 'other.json', '-s', '--yes']);
    await project.call(['import', 'other.json', '--replace', '--dry-run']);
    expect(await code(['import', 'other.json', '--merge'])).toEqual([5, 'JM2-P208']);
    expect(await content()).toBe(before);
    await project.call(['import', 'other.json', '--merge', '--yes']);
    expect(await content()).toContain('a: {command: yy, retry: 2}');
    await project.call(['import', 'other.json', '--force', '--yes']);
    expect(await content()).toContain('a: {command: yy}\n  b:');
    await project.call(['import', 'other.json', '--replace', '--yes']);
    expect(await content()).toBe('version: 1\njobs:\n  a: {command: yy}\n');
  });

  it('takes a manifest with the calendars that its jobs name, and no days that are in the way', async () => {
    project = await aProject('version: 1\njobs:\n  here: {command: "true"}\n');
    const other = join(project.home, 'other.yaml');
    const days = (day: string): string =>
      `version: 1\ncalendars: {off: {dates: [${day}]}}\njobs:\n  there: {schedule: "@daily", command: "true", calendar: {except: [off]}}\n`;
    await writeFile(other, days('12-25'));
    expect((await project.call(['import', other, '--yes'])).code).toBe(0);
    const text = await readFile(project.manifest, 'utf8');
    expect(text).toContain('calendars:\n  off: {dates: [12-25]}\njobs:\n  here:');
    await writeFile(other, days('12-26'));
    const { code, stderr } = await project.call(['import', other, '--force', '--yes']);
    expect([code, stderr]).toEqual([4, expect.stringContaining('calendar "off" with other days')]);
    expect(await readFile(project.manifest, 'utf8')).toBe(text);
  });

  it('takes CronJobs of Kubernetes, in UTC unless they say else', async () => {
    const cronJob = {
      kind: 'CronJob',
      metadata: { name: 'report' },
      spec: {
        schedule: '0 3 * * *',
        jobTemplate: {
          spec: { template: { spec: { containers: [{ image: 'i', command: ['./report'] }] } } },
        },
      },
    };
    await begin(empty, { 'cronjob.json': JSON.stringify(cronJob, null, 2) });
    const { json } = await project.call(['import', 'cronjob.json', '--yes', '--json']);
    expect(json().data).toMatchObject({
      imported: [{ job: 'report', action: 'add', proof: { agrees: true } }],
      remarks: [{ kind: 'dropped', text: 'report: the image i: its command runs on this host' }],
    });
    expect(await content()).toContain(
      '    schedule: {cron: 0 3 * * *, timezone: UTC}\n    command: [./report]\n',
    );
  });

  it('takes a timer of systemd with the service beside it', async () => {
    await begin(`defaults: {timeout: 10m}\n${empty}`, {
      'backup.timer': '[Timer]\nOnCalendar=Mon..Fri 03:00 UTC\nPersistent=true\n',
      'backup.service': '[Service]\nExecStart=/bin/backup --all\n',
    });
    const { json } = await project.call(['import', 'backup.timer', '--yes', '--json']);
    expect(json().data).toMatchObject({
      imported: [{ job: 'backup', action: 'add', proof: { agrees: true, method: 'times' } }],
      remarks: [
        {
          file: 'jobs.yaml',
          line: 1,
          kind: 'changed',
          text: 'timeout: 10m of its defaults holds for imported jobs, too: backup',
        },
      ],
    });
    expect(await content()).toContain('    command: [/bin/backup, --all]\n    cwd: /\n');
  });

  it('refuses jobs that would start at other times, says which, and takes them by force', async () => {
    // The zone of the job that is there would come to rule the imported times.
    const before =
      'version: 1\njobs:\n  dump: {schedule: "0 4 * * *", timezone: Asia/Tokyo, command: x}\n';
    await begin(before, { crontab: '# jm2 job dump\n0 3 * * * ./dump\n0 5 * * * ./ping\n' });
    const merge = ['import', 'crontab', '--tz', 'UTC', '--merge'];
    const { code: exit, stdout, stderr } = await project.call([...merge, '--yes']);
    expect(exit).toBe(5);
    expect(stdout).toContain('dump starts at other times:');
    expect(stderr).toMatch(/JM2-P209[\s\S]* dump: \S+T03:00:00\S* there, \S+T18:00:00\S* here/);
    expect(stderr).not.toContain('ping:');
    expect(await code(merge)).toEqual([5, 'JM2-P209']);
    expect(await content()).toBe(before);
    const dry = await project.call([...merge, '--dry-run', '--json']);
    expect(dry.json().data).toMatchObject({ imported: [{ proof: { sameTimes: false } }, {}] });
    expect(await code([...merge, '--yes', '--force'])).toEqual([0, undefined]);
    expect(await content()).toContain('timezone: Asia/Tokyo');
  });

  it('refuses what it cannot take, and changes nothing', async () => {
    await begin(empty, { bad: 'version: 1\njobs: {a: {}}\n', prose: 'hello\n' });
    expect(await code(['import', 'nothing', '-y'])).toEqual([1, 'JM2-C107']);
    expect(await code(['import', '.', '-y'])).toEqual([1, 'JM2-C107']);
    expect(await code(['import', 'prose', '-y'])).toEqual([64, 'JM2-C102']);
    expect(await code(['import', 'prose', '--skip', '--merge'])).toEqual([64, 'JM2-C102']);
    expect(await code(['import', 'prose', '--tz', 'Mars'])).toEqual([64, 'JM2-C103']);
    expect(await code(['import', 'prose', '--from', 'fcron'])).toEqual([64, 'JM2-C103']);
    expect(await code(['import', 'bad', '-y'])).toEqual([3, 'JM2-M202']);
    expect(await content()).toBe(empty);
  });
});

describe('export', () => {
  const manifest =
    'version: 1 # one\njobs:\n  a: {schedule: "0 3 * * *", command: x, cwd: /, tags: [web]}\n  b: {command: y}\n';

  it('gives all jobs, those named, or those of a tag, in each format', async () => {
    await begin(manifest, {});
    expect((await project.call(['export'])).stdout).toBe(manifest);
    const one = await project.call(['export', 'b', '--format', 'json']);
    expect(JSON.parse(one.stdout)).toEqual({ version: 1, jobs: { b: { command: 'y' } } });
    const tagged = await project.call(['export', '--tag', 'web', '--format', 'crontab']);
    expect(tagged.stdout).toBe('# jm2 job a\n0 3 * * * cd / || exit; x\n');
    expect(tagged.stderr).toContain('cron starts a job although it still runs');
    const found = await project.call(['export', 'a*', '--grep', 'WEB', '--json']);
    expect(found.json().data['jobs']).toEqual(['a']);
    const far = await project.call(['export', 'a', '--format', 'crontab', '--tz', 'Asia/Tokyo']);
    expect(far.stdout).toContain('CRON_TZ=UTC\n# jm2 job a\n0 3 * * *');
    const { json } = await project.call(['export', '--format', 'crontab-system', '--json']);
    expect(json().data).toMatchObject({ jobs: ['a', 'b'], file: null });
  });

  it('gives timers with their services, into files or to an import', async () => {
    await begin(manifest, {});
    const made = await project.call(['export', 'a', '--format', 'systemd', '-o', 'units']);
    expect(made.stdout).toBe('wrote 1 timer with its service to units\n');
    const timer = await readFile(join(project.dir, 'units', 'a.timer'), 'utf8');
    expect(timer).toContain('OnCalendar=*-*-* 03:00:00 UTC\n');
    expect(await code(['export', '--format', 'systemd', '-o', 'units'])).toEqual([5, 'JM2-C106']);
    const { stdout, stderr } = await project.call(['export', '--format', 'systemd']);
    expect(stderr).toContain('b: it has no schedule');
    const back = ['import', '-', '--tz', 'UTC', '--force', '--dry-run', '--json'];
    const { json } = await project.call(back, { input: stdout });
    expect(json().data).toMatchObject({ imported: [{ job: 'a', proof: { agrees: true } }] });
    await project.call(['import', 'units/a.timer', '--merge', '--yes']);
    expect(await content()).toContain('tags: [web], kill: {grace: 10s}}');
  });

  it('gives CronJobs of an image, and says what makes no sense', async () => {
    await begin(manifest, {});
    const kubernetes = ['export', '--format', 'kubernetes'];
    const { stdout } = await project.call([...kubernetes, '--image', 'jobs:1', '--namespace', 'x']);
    expect(stdout).toMatch(
      /name: a\n +namespace: x\n[\s\S]*schedule: 0 3 \* \* \*\n +timeZone: UTC/,
    );
    const { json } = await project.call(['import', '-', '--dry-run', '--skip', '--json'], {
      input: stdout,
    });
    expect(json().data).toMatchObject({ imported: [{ job: 'a', action: 'skip' }] });
    expect(await code(kubernetes)).toEqual([64, 'JM2-C102']);
    expect(await code(['export', '--image', 'jobs:1'])).toEqual([64, 'JM2-C102']);
    expect(await code([...kubernetes, '--image', 'a b'])).toEqual([64, 'JM2-C103']);
    const bad = ['export', '--format', 'kubernetes', '--image', 'i', '--namespace', 'A_b'];
    expect(await code(bad)).toEqual([64, 'JM2-C103']);
  });

  it('writes a file, and over one only when it is told to', async () => {
    await begin(manifest, { taken: 'mine' });
    expect(await code(['export', '-o', 'taken'])).toEqual([5, 'JM2-C106']);
    expect(await code(['export', '-o', 'no/such/dir'])).toEqual([1, 'JM2-C107']);
    expect(await code(['export', 'c'])).toEqual([1, 'JM2-R101']);
    expect(await code(['export', '--tag', 'none'])).toEqual([1, 'JM2-R101']);
    expect(await readFile(join(project.dir, 'taken'), 'utf8')).toBe('mine');
    const { stdout } = await project.call(['export', '--output', 'taken', '--force']);
    expect(stdout).toBe('wrote 2 jobs to taken\n');
    expect(await readFile(join(project.dir, 'taken'), 'utf8')).toBe(manifest);
  });
});
