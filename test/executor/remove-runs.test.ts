import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeRuns } from '../../src/executor/remove-runs.ts';

const id = '01j00000000000000000000001';
let root: string;
let runs: string;
let outside: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jm2-remove-'));
  runs = join(root, 'runs');
  outside = join(root, 'outside');
  mkdirSync(runs);
  mkdirSync(join(outside, '1'), { recursive: true });
  writeFileSync(join(outside, '1', 'log'), 'precious');
});
afterEach(() => rmSync(root, { recursive: true }));

function attempt(number: number): string {
  const directory = join(runs, id, String(number));
  mkdirSync(directory, { recursive: true });
  for (const name of ['started', 'log', 'exit']) writeFileSync(join(directory, name), '');
  return directory;
}

describe('removing runs', () => {
  it('removes all attempts of the given runs and no other', async () => {
    attempt(1);
    attempt(2);
    mkdirSync(join(runs, '01j00000000000000000000002'));
    expect(await removeRuns(runs, [id])).toEqual({ removed: 1, kept: [] });
    expect(existsSync(join(runs, id))).toBe(false);
    expect(existsSync(join(runs, '01j00000000000000000000002'))).toBe(true);
  });

  it('counts a run without a directory as removed', async () => {
    expect(await removeRuns(runs, [id])).toEqual({ removed: 1, kept: [] });
  });

  it('refuses ids that are none', async () => {
    const bad = ['', '.', '..', '../outside', `${id}/..`, '../../../etc', `${id}\0`];
    const result = await removeRuns(runs, bad);
    expect(result.removed).toBe(0);
    expect(result.kept.map((kept) => kept.id)).toEqual(bad);
    expect(existsSync(join(outside, '1', 'log'))).toBe(true);
  });

  it('follows no link, wherever it was laid', async () => {
    symlinkSync(outside, join(runs, id));
    expect((await removeRuns(runs, [id])).removed).toBe(0);
    rmSync(join(runs, id));
    mkdirSync(join(runs, id));
    symlinkSync(join(outside, '1'), join(runs, id, '1'));
    expect((await removeRuns(runs, [id])).removed).toBe(0);
    rmSync(join(runs, id, '1'));
    const directory = attempt(1);
    rmSync(join(directory, 'log'));
    symlinkSync(join(outside, '1', 'log'), join(directory, 'log'));
    expect((await removeRuns(runs, [id])).removed).toBe(1);
    expect(existsSync(join(outside, '1', 'log'))).toBe(true);
  });

  it('leaves foreign files alone and says so', async () => {
    writeFileSync(join(attempt(1), 'notes.txt'), 'mine');
    const result = await removeRuns(runs, [id]);
    expect(result.kept).toHaveLength(1);
    expect(existsSync(join(runs, id, '1', 'notes.txt'))).toBe(true);
  });
});
