import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { aProject, eventually } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
afterEach(() => project.cleanUp());

const password = 'correct-horse/battery 7';
const token = 'tok-9f8e7d6c5b4a';

/** A project whose daemon has a token in its environment and a password in a file. */
async function withSecrets(jobs: string): Promise<void> {
  project = await aProject(`version: 1\njobs:\n${jobs}`);
  await mkdir(join(project.dir, 'secrets'));
  await secretFile('db', `${password}\n`);
  const started = await project.call(['start'], { env: { SHOP_TOKEN: token } });
  expect(started.code).toBe(0);
}

async function secretFile(name: string, content: string, mode = 0o600): Promise<void> {
  const path = join(project.dir, 'secrets', name);
  await writeFile(path, content);
  await chmod(path, mode);
}

const run = async (job: string) => {
  const { code, stdout } = await project.call(['run', job, '--wait']);
  const history = (await project.call(['history', job, '--json'])).json();
  return { code, stdout, last: (history.data['runs'] as Record<string, unknown>[])[0] };
};

const printer = `
  printer:
    command: echo "$DB_PASSWORD|$TOKEN|$LEVEL|$REGION"; printf %s "u:$DB_PASSWORD" | base64; exit 3
    env:
      DB_PASSWORD: {from: file, path: secrets/db}
      TOKEN: {from: env, key: SHOP_TOKEN}
    env_file: common.env
`;

describe('secrets', () => {
  it('reach the command, are masked wherever they are shown, and are nowhere on disk but in the log', async () => {
    await withSecrets(printer);
    await writeFile(
      join(project.dir, 'common.env'),
      '# for all\nexport LEVEL="debug"\nREGION=north-7\n',
    );
    const { code, stdout, last } = await run('printer');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^\*\*\*\|\*\*\*\|debug\|\*\*\*\n.*\*\*\*/);
    const shown: string[] = [JSON.stringify(last)];
    for (const args of [
      ['logs', 'printer'],
      ['logs', 'printer', '--raw'],
      ['logs', 'printer', '--json'],
      ['show', 'printer'],
      ['show', 'printer', '--json'],
      ['history', 'printer', '--all'],
      ['status', '--json'],
      ['plan', '--json'],
      ['logs', 'printer', '--grep', 'debug'],
      ['logs', '--run', String(last?.['id'])],
    ]) {
      shown.push((await project.call(args)).stdout);
    }
    expect(shown[1]).toContain('***|***|debug|***');
    expect(shown.slice(-2).join('')).toMatch(
      /^\*\*\*\|\*\*\*\|debug\|\*\*\*\n\*\*\*\|\*\*\*\|debug\|\*\*\*\n/,
    );
    expect(shown.join('\n')).not.toMatch(leak);
    expect(shown[4]).toContain('secrets/db');
    const kept = await filesWith(join(project.home, '.jm2'), leak);
    expect(kept.filter((path) => !path.endsWith('/1/log'))).toEqual([]);
    expect(kept).toHaveLength(1);
  });

  it('are masked by a daemon, and without one, that did not hand them out', async () => {
    await withSecrets(printer);
    await writeFile(join(project.dir, 'common.env'), 'LEVEL=debug\nREGION=north-7\n');
    await run('printer');
    expect((await project.call(['stop'])).code).toBe(0);
    const offline = await project.call(['logs', 'printer'], { env: { SHOP_TOKEN: token } });
    expect(offline.stdout).toContain('***|***|debug|***');
    await project.call(['start'], { env: { SHOP_TOKEN: token } });
    expect((await project.call(['logs', 'printer'])).stdout).toContain('***|***|debug|***');
  });

  it('that cannot be read here keep the log back, until it is asked for unmasked', async () => {
    await withSecrets(`
  prints:
    command: echo "$DB_PASSWORD|$TOKEN"
    env: {DB_PASSWORD: {from: file, path: secrets/db}, TOKEN: {from: env, key: SHOP_TOKEN}}
`);
    const { last } = await run('prints');
    const id = String(last?.['id']);
    expect((await project.call(['stop'])).code).toBe(0);
    const withheld = async (): Promise<void> => {
      for (const args of [['prints'], ['prints', '--raw'], ['--run', id], ['prints', '-f']]) {
        const { code, stdout, stderr } = await project.call(['logs', ...args]);
        expect([code, stdout]).toEqual([5, '']);
        expect(stderr).toContain(`JM2-R110`);
        expect(stderr).toContain('the value of TOKEN, which');
      }
      const answer = (await project.call(['logs', 'prints', '--json'])).json();
      expect(answer).toMatchObject({ success: false, error: { code: 'JM2-R110' } });
    };
    await withheld();
    const shown = await project.call(['logs', '--run', id, '--unmasked']);
    expect(shown.stdout).toBe(`***|${token}\n`);
    await secretFile('db', 'another-password');
    const replaced = await project.call(['logs', 'prints', '--unmasked']);
    expect(replaced.stdout).toBe(`${password}|${token}\n`);
    expect(replaced.stderr).toBe(
      `DB_PASSWORD was changed after run ${id}; its former value is not hidden.\n`,
    );
    await secretFile('db', password);
    // A daemon without the variable knows no more than this shell.
    expect((await project.call(['start'])).code).toBe(0);
    await withheld();
    expect((await project.call(['logs', 'prints', '--unmasked'])).stdout).toBe(`***|${token}\n`);
  });

  it('are masked while a log is followed', async () => {
    await withSecrets(`
  slow:
    command: echo first "$PW"; sleep 0.3; echo second "$PW"
    env: {PW: {from: file, path: secrets/db}}
`);
    await project.call(['run', 'slow']);
    const following = project.start(['logs', 'slow', '-f']);
    await following.until(/first \*\*\*\n[^]*second \*\*\*/);
    expect(following.output()).not.toMatch(leak);
    following.process.kill('SIGINT');
    await following.ended;
  });

  it('that are missing fail that run alone, are retried as a failed start, and work once they are there', async () => {
    await withSecrets(`
  needs:
    command: echo got "$PW"
    env: {PW: {from: file, path: secrets/late}}
    retry: {limit: 2, delay: 100ms, on: [start]}
  other: {command: echo fine}
`);
    const failed = await run('needs');
    expect(failed.last).toMatchObject({ state: 'failed', attempts: 3, exitCode: null });
    expect(failed.last?.['reason']).toBe(
      `variable PW: the file ${JSON.stringify(join(project.dir, 'secrets/late'))} does not exist`,
    );
    expect((await run('other')).last).toMatchObject({ state: 'succeeded' });
    await secretFile('late', '');
    expect((await run('needs')).last?.['reason']).toContain('secrets/late" is empty');
    await secretFile('late', password);
    expect(await run('needs')).toMatchObject({ code: 0, stdout: 'got ***\n' });
  });

  it('that others can read fail the run with the remedy; an open env_file is a notice of the daemon', async () => {
    await withSecrets(`
  open: {command: "true", env: {PW: {from: file, path: secrets/open}}}
  env: {command: "true", env_file: shop.env}
`);
    await secretFile('open', password, 0o640);
    expect((await run('open')).last?.['reason']).toContain('mode 640; `chmod 600` takes that away');
    await writeFile(join(project.dir, 'shop.env'), `API_TOKEN=${token}\n`, { mode: 0o644 });
    expect((await run('env')).code).toBe(0);
    const status = (await project.call(['status', '--json'])).json();
    expect(JSON.stringify(status.data['health'])).toContain('shop.env');
    expect(JSON.stringify(status.data['health'])).not.toMatch(leak);
  });

  it('that the daemon has are inherited by name alone', async () => {
    await withSecrets(`
  takes: {command: 'echo "$SHOP_TOKEN,$NOT_SET"', inherit_env: [SHOP_TOKEN, NOT_SET]}
  takes-not: {command: 'echo "[$SHOP_TOKEN]"'}
`);
    expect((await run('takes')).stdout).toBe('***,\n');
    expect((await run('takes-not')).stdout).toBe('[]\n');
  });

  it('are never in the arguments of a process', async () => {
    await withSecrets(`
  waits:
    command: [sleep, "30"]
    env: {PW: {from: file, path: secrets/db}}
`);
    await project.call(['run', 'waits']);
    await eventually(async () => {
      const list = (await project.call(['list', '--json'])).json();
      return (list.data['jobs'] as { state: string }[])[0]?.state === 'running';
    }, 'the run');
    const lines: string[] = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      lines.push(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
    }
    expect(lines.some((line) => line.includes('sleep'))).toBe(true);
    expect(lines.filter((line) => leak.test(line))).toEqual([]);
  });
});

const leak = new RegExp(
  [password, encodeURIComponent(password), Buffer.from(password).toString('base64').slice(4, 20)]
    .concat(token)
    .map((text) => text.replaceAll(/[/+?.*]/g, '\\$&'))
    .join('|'),
);

async function filesWith(directory: string, pattern: RegExp): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name);
    // A socket cannot be read, and a link is looked at where it leads.
    const status = await stat(path);
    if (!status.isFile()) continue;
    const content = await readFile(path, 'latin1');
    if (pattern.test(content) && !name.startsWith('logs/') && !name.includes('/logs/')) {
      found.push(path);
    }
  }
  return found;
}
