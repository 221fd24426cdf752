import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discoverManifest } from '../../src/settings/discover-manifest.ts';
import type { Settings } from '../../src/settings/settings.ts';

let homeDir: string;
let repo: string;
let cwd: string;

beforeEach(async () => {
  homeDir = await realpath(await mkdtemp(join(tmpdir(), 'jm2-discover-')));
  repo = join(homeDir, 'repo');
  cwd = join(repo, 'a', 'b');
  await mkdir(cwd, { recursive: true });
  await mkdir(join(repo, '.git'));
  await mkdir(join(homeDir, '.jm2'));
});

afterEach(() => rm(homeDir, { recursive: true, force: true }));

function discover(part: { manifest?: string; cwd?: string } = {}) {
  const settings: Settings = {
    home: join(homeDir, '.jm2'),
    manifest: part.manifest ?? null,
    stateDir: null,
    sync: 'auto',
    worktree: 'files',
    graceMs: 0,
    logLevel: 'info',
    keepRuns: 10,
    keepAgeMs: 1,
    keepLogBytes: 1,
    cgroups: 'off',
    networkDisk: 'refuse',
  };
  return discoverManifest({ settings, cwd: part.cwd ?? cwd, homeDir });
}

describe('discovering the manifest', () => {
  it.each(['jobs.yaml', 'jobs.yml', '.jm2/jobs.yaml'])(
    'finds %s up to the git root',
    async (name) => {
      await mkdir(join(repo, '.jm2'));
      await writeFile(join(repo, name), '');
      expect(discover()).toMatchObject({ found: join(repo, name), isUserManifest: false });
    },
  );

  it('takes the nearest directory first, and jobs.yaml before jobs.yml within it', async () => {
    await writeFile(join(repo, 'jobs.yaml'), 'version: 1');
    await writeFile(join(repo, 'a', 'jobs.yml'), 'version: 1');
    await writeFile(join(repo, 'a', 'jobs.yaml'), 'version: 1');
    expect(discover().found).toBe(join(repo, 'a', 'jobs.yaml'));
  });

  it('does not leave the git work tree', async () => {
    await writeFile(join(homeDir, 'jobs.yaml'), 'version: 1');
    const result = discover();
    expect(result.found).toBeNull();
    expect(result.lookedAt).toContain(join(repo, 'jobs.yaml'));
    expect(result.lookedAt).not.toContain(join(homeDir, 'jobs.yaml'));
  });

  it('falls back to the user manifest', async () => {
    const path = join(homeDir, '.jm2', 'jobs.yaml');
    await writeFile(path, '');
    expect(discover()).toMatchObject({ found: path, isUserManifest: true });
  });

  it('knows the user manifest when it is found as .jm2/jobs.yaml of the home', async () => {
    await writeFile(join(homeDir, '.jm2', 'jobs.yaml'), '');
    expect(discover({ cwd: homeDir }).isUserManifest).toBe(true);
  });

  it('tells everywhere it looked, nearest first and the user manifest last', async () => {
    const { lookedAt } = discover({ cwd: repo });
    expect(lookedAt).toEqual([
      join(repo, 'jobs.yaml'),
      join(repo, 'jobs.yml'),
      join(repo, '.jm2/jobs.yaml'),
      join(homeDir, '.jm2/jobs.yaml'),
    ]);
  });

  it('takes an explicit manifest as it is, even when it is missing', async () => {
    await writeFile(join(repo, 'jobs.yaml'), '');
    const path = join(homeDir, 'other.yaml');
    expect(discover({ manifest: path })).toEqual({
      found: path,
      lookedAt: [path],
      isUserManifest: false,
    });
  });

  it('names a FIFO or a dangling link instead of passing by or waiting', async () => {
    await writeFile(join(repo, 'jobs.yaml'), 'version: 1');
    execFileSync('mkfifo', [join(repo, 'a', 'jobs.yaml')]);
    expect(discover().found).toBe(join(repo, 'a', 'jobs.yaml'));
    await symlink('gone.yaml', join(cwd, 'jobs.yaml'));
    expect(discover().found).toBe(join(cwd, 'jobs.yaml'));
  });

  it('passes by a directory of that name', async () => {
    await mkdir(join(cwd, 'jobs.yaml'));
    await writeFile(join(repo, 'jobs.yaml'), 'version: 1');
    expect(discover().found).toBe(join(repo, 'jobs.yaml'));
  });
});
