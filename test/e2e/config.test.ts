// jm2's own settings, read and changed without a daemon: in a file of the project
// or of the user, one of which counts.
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aProject } from '../support/cli.ts';
import type { Project } from '../support/cli.ts';

let project: Project;
let own: string;
let users: string;
beforeAll(async () => {
  project = await aProject(null);
  own = join(project.dir, '.jm2rc');
  users = join(project.home, '.jm2rc');
});
afterEach(async () => {
  for (const file of [own, users]) await rm(file, { force: true });
});
afterAll(() => project.cleanUp());

describe('config', () => {
  it('get prints one value as a settings file would have it', async () => {
    await writeFile(own, 'grace: 90s\n');
    expect((await project.call(['config', 'get', 'grace'])).stdout).toBe('1m30s\n');
    const { json } = await project.call(['config', 'get', 'JM2_GRACE', '--json']);
    expect(json().data).toEqual({
      setting: { key: 'graceMs', value: 90_000, origin: 'file', source: `${own}:1` },
    });
  });

  it('set changes the file that counts here, and keeps its comments', async () => {
    await writeFile(own, '# ours\nsync: auto # for now\n');
    const { json } = await project.call(['config', 'set', 'sync', 'manual', '--json']);
    expect(json().data).toMatchObject({ changed: true, file: own, setting: { value: 'manual' } });
    expect(await readFile(own, 'utf8')).toBe('# ours\nsync: manual # for now\n');
  });

  it("set --user changes the user's file, and says where it does not count", async () => {
    await project.call(['config', 'set', 'keepRuns', '50', '--project']);
    const { stderr } = await project.call(['config', 'set', 'keep-runs', '70', '--user']);
    expect(stderr).toContain('Here .jm2rc counts');
    expect(await readFile(users, 'utf8')).toBe('keep_runs: 70\n');
    expect((await project.call(['config', 'get', 'keep_runs'])).stdout).toBe('50\n');
  });

  it('set says when the environment wins over what was written', async () => {
    const env = { JM2_SYNC: 'auto' };
    const { stderr } = await project.call(['config', 'set', 'sync', 'manual'], { env });
    expect(stderr).toContain('JM2_SYNC gives sync here and wins over any file');
  });

  it('set mends a value that keeps every other command from working', async () => {
    await writeFile(own, 'sync: always\n');
    expect((await project.call(['list'])).code).toBe(64);
    expect((await project.call(['config', 'set', 'sync', 'auto'])).code).toBe(0);
    expect((await project.call(['list'])).code).not.toBe(64);
  });

  it('takes the forms that other job managers have', async () => {
    expect((await project.call(['config', '--level', 'debug', '--project'])).code).toBe(0);
    expect(await readFile(own, 'utf8')).toBe('log_level: debug\n');
    expect((await project.call(['config', '--show', '--origin'])).stdout).toMatch(
      /log_level +debug +file/,
    );
    expect((await project.call(['config', '--reset', '--yes'])).code).toBe(0);
    expect((await project.call(['config', 'get', 'log_level'])).stdout).toBe('info\n');
  });

  it('unset gives back the default, and reset empties the file when that is confirmed', async () => {
    await writeFile(own, '# ours\nsync: manual\ngrace: 5s\nsnyc: x\n');
    const { json } = await project.call(['config', 'unset', 'grace', '--json']);
    expect(json().data['setting']).toMatchObject({ value: 30_000, origin: 'default' });
    expect(await project.call(['config', 'reset'])).toMatchObject({ code: 5 });
    const { stdout } = await project.call(['config', 'reset', '--yes']);
    expect(stdout).toBe('sync, snyc taken out of .jm2rc\n');
    expect(await readFile(own, 'utf8')).toBe('# ours\n');
  });

  it.each([
    [['config', 'frob'], 64, 'config cannot "frob"'],
    [['config', 'set', 'sync'], 64, 'takes a setting and a value'],
    [['config', 'get'], 64, 'takes a setting'],
    [['config', '--level', 'loud'], 64, 'trace, debug, info'],
    [['config', '--reset', '--show'], 64, 'one thing at a time'],
    [['config', 'get', '--level', 'debug'], 64, 'one thing at a time'],
    [['config', '--max-concurrent', '3'], 64, 'concurrency: {max: 64}'],
    [['config', 'get', 'snyc'], 64, 'Did you mean sync?'],
    [['config', 'set', 'sync', 'Manual'], 64, 'did you mean "manual"?'],
    [['config', 'set', 'grace', '30'], 64, 'the unit is missing'],
    [['config', 'set', 'keep_runs', '-5'], 64, 'is not a whole number'],
    [['config', 'set', 'keep_logs', '2'], 64, 'no size such as'],
    [['config', 'set', 'home', ''], 64, 'must be a path'],
    [['config', 'get', 'sync', '--user'], 64, 'changes no file'],
    [['config', 'set', 'sync', 'auto', '--user', '--project'], 64, 'name two files'],
  ])('answers %j with exit code %i', async (args, code, words) => {
    const refused = await project.call(args as string[]);
    expect(refused.code).toBe(code);
    expect(refused.stderr).toContain(words);
  });

  it('changes no file that cannot be read as settings', async () => {
    await writeFile(own, 'sync: {{\n');
    const { code, stderr } = await project.call(['config', 'set', 'grace', '5s']);
    expect([code, stderr]).toMatchObject([64, expect.stringContaining('.jm2rc:2')]);
    expect((await project.call(['config', 'get', 'grace'])).code).toBe(64);
    expect(await readFile(own, 'utf8')).toBe('sync: {{\n');
  });

  it.skipIf(process.getuid?.() === 0)(
    'leaves a read-only file alone [platform: needs an account that is not root]',
    async () => {
      await writeFile(own, 'sync: auto\n');
      await chmod(own, 0o400);
      expect((await project.call(['config', 'set', 'grace', '5s'])).stderr).toContain('JM2-C107');
    },
  );
});
