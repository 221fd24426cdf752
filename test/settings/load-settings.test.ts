import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Jm2Error } from '../../src/core/diagnostics/jm2-error.ts';
import { loadSettings } from '../../src/settings/load-settings.ts';
import type { SettingsInput } from '../../src/settings/load-settings.ts';

let root: string;
let homeDir: string;
let cwd: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'jm2-settings-')));
  homeDir = join(root, 'home');
  cwd = join(homeDir, 'shop', 'deep');
  await mkdir(cwd, { recursive: true });
});

afterEach(() => rm(root, { recursive: true, force: true }));

function load(part: Partial<SettingsInput> = {}) {
  return loadSettings({ flags: {}, env: {}, cwd, homeDir, ...part });
}

async function refusal(part: Partial<SettingsInput> = {}): Promise<string> {
  const error = await load(part).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Jm2Error)) throw new Error('the settings were accepted');
  expect(error.code).toBe('JM2-C104');
  return error.detail;
}

describe('settings', () => {
  it('need nothing: every one has a default', async () => {
    const { settings, values } = await load();
    expect(settings).toEqual({
      home: join(homeDir, '.jm2'),
      manifest: null,
      stateDir: null,
      sync: 'auto',
      worktree: 'files',
      graceMs: 30_000,
      logLevel: 'info',
      keepRuns: 1000,
      keepAgeMs: 90 * 86_400_000,
      keepLogBytes: 2 ** 31,
      cgroups: 'off',
      networkDisk: 'refuse',
    });
    expect(new Set(values.map((value) => value.origin))).toEqual(new Set(['default']));
  });

  it('are taken from the flag before the variable before the file', async () => {
    await writeFile(join(homeDir, '.jm2rc'), 'sync: manual\nlog_level: warn\nkeep_runs: 50\n');
    const { settings, values } = await load({
      flags: { logLevel: 'fatal' },
      env: { JM2_LOG_LEVEL: 'error', JM2_SYNC: 'auto' },
    });
    expect([settings.logLevel, settings.sync, settings.keepRuns]).toEqual(['fatal', 'auto', 50]);
    const origin = (key: string) => values.find((value) => value.key === key);
    expect(origin('logLevel')).toMatchObject({ origin: 'flag', source: '--log-level' });
    expect(origin('sync')).toMatchObject({ origin: 'environment', source: 'JM2_SYNC' });
    expect(origin('keepRuns')).toMatchObject({
      origin: 'file',
      source: `${join(homeDir, '.jm2rc')}:3`,
    });
  });

  it.each([
    ['.jm2rc', 'grace: 5s'],
    ['.jm2rc.yaml', 'grace: 5s'],
    ['.jm2rc.json', '{"grace": "5s"}'],
    ['jm2.config.yaml', 'grace: 5s'],
    ['jm2.config.json', '{"grace": "5s"}'],
  ])('are found in %s of a directory above', async (name, text) => {
    await writeFile(join(homeDir, 'shop', name), text);
    expect((await load()).settings.graceMs).toBe(5000);
  });

  it('of the nearest directory alone count', async () => {
    await writeFile(join(homeDir, '.jm2rc'), 'sync: manual');
    await writeFile(join(cwd, 'jm2.config.yaml'), 'keep_runs: 20');
    const { settings } = await load();
    expect([settings.sync, settings.keepRuns]).toEqual(['auto', 20]);
  });

  it("fall back to the file in the user's home for a project elsewhere", async () => {
    await writeFile(join(homeDir, '.jm2rc'), 'sync: manual');
    const elsewhere = join(root, 'srv');
    await mkdir(elsewhere);
    expect((await load({ cwd: elsewhere })).settings.sync).toBe('manual');
  });

  it('take paths relative to the file that holds them, else to the working directory', async () => {
    await writeFile(join(homeDir, 'shop', '.jm2rc'), 'manifest: ops/jobs.yaml\nhome: ~/state\n');
    const { settings } = await load({ env: { JM2_STATE_DIR: 'here' } });
    expect(settings.manifest).toBe(join(homeDir, 'shop', 'ops', 'jobs.yaml'));
    expect(settings.home).toBe(join(homeDir, 'state'));
    expect(settings.stateDir).toBe(join(cwd, 'here'));
  });

  it('tell everything wrong at once, with its place', async () => {
    const path = join(homeDir, '.jm2rc');
    await writeFile(path, 'snyc: manual\ngrace: 30\nkeep_runs: many\nlogLevel: info\n');
    const detail = await refusal({ flags: { sync: 'never' }, env: { JM2_KEEP_AGE: '5x' } });
    expect(detail).toContain(`${path}:1: snyc: unknown key; did you mean "sync"?`);
    expect(detail).toContain(`${path}:2: grace: 30 needs a unit, as in 30s`);
    expect(detail).toContain(`${path}:3: keep_runs: "many" is not a whole number`);
    expect(detail).toContain(`${path}:4: logLevel: unknown key; did you mean "log_level"?`);
    expect(detail).toContain('--sync: sync: "never" is not one of auto, manual');
    expect(detail).toContain('JM2_KEEP_AGE: keep_age: "5x" is no duration');
  });

  it('name the line of a file that is not YAML', async () => {
    await writeFile(join(cwd, '.jm2rc'), 'sync: auto\ngrace: [5s\n');
    expect(await refusal()).toMatch(/\.jm2rc:\d+: /);
  });

  it('accept an empty file and an empty variable as nothing', async () => {
    await writeFile(join(cwd, '.jm2rc'), '');
    expect((await load({ env: { JM2_SYNC: '' } })).settings.sync).toBe('auto');
  });

  it('keep their bounds', async () => {
    expect(await refusal({ flags: { keepRuns: '9' } })).toContain(
      '9 is not between 10 and 1000000',
    );
    expect(await refusal({ flags: { graceMs: '2d' } })).toContain('"2d" is above 1d');
    expect((await load({ flags: { graceMs: '0s' } })).settings.graceMs).toBe(0);
  });

  it('are refused, not waited for, when the file is a FIFO', async () => {
    execFileSync('mkfifo', [join(cwd, '.jm2rc')]);
    expect(await refusal()).toContain('cannot be read as a file');
  });

  it('never run code or follow imports found on the way', async () => {
    const mark = join(root, 'ran');
    const code = `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '')`;
    await writeFile(join(cwd, 'jm2.config.js'), code);
    await writeFile(join(cwd, '.jm2rc.js'), code);
    await mkdir(join(cwd, '.config'));
    await writeFile(join(cwd, '.config', 'config.cjs'), code);
    await writeFile(join(cwd, 'package.json'), '{"cosmiconfig": {"searchPlaces": ["x.js"]}');
    const before = process.cwd();
    process.chdir(cwd);
    try {
      expect((await load()).settings.sync).toBe('auto');
      await writeFile(join(cwd, '.jm2rc'), '$import: other.yaml\n');
      expect(await refusal()).toContain('$import: unknown key');
    } finally {
      process.chdir(before);
    }
    await expect(realpath(mark)).rejects.toThrow('ENOENT');
  });
});
