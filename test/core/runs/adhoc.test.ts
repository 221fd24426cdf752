import { describe, expect, it } from 'vitest';
import {
  adhocJob,
  adhocName,
  adhocProblem,
  type AdhocWanted,
  isAdhoc,
} from '../../../src/core/runs/adhoc.ts';
import { aJob } from '../../support/store-records.ts';

const wanted: AdhocWanted = { command: './x', cwd: null, shell: null, timeoutMs: null };

describe('the name of a run that no manifest declares', () => {
  it.each([
    ['backup', 'adhoc/backup'],
    ['adhoc/backup', 'adhoc/backup'],
    ['adhoc/adhoc/backup', null],
    ['No Name', null],
    ['', null],
    ['a'.repeat(64), null],
  ])('of %j is %j', (given, name) => {
    expect(adhocName(given)).toBe(name);
  });

  it('is told from the name of a job', () => {
    expect(isAdhoc('adhoc/backup')).toBe(true);
    expect(isAdhoc('backup')).toBe(false);
  });
});

describe('a command that no manifest declares', () => {
  it.each<[string, Partial<AdhocWanted>, string | null]>([
    ['may have nothing but its text', {}, null],
    ['may have all there is', { cwd: '/srv', shell: '/bin/bash', timeoutMs: 1 }, null],
    ['is not empty', { command: ' \n' }, 'the command is empty'],
    [
      'is no longer than in a manifest',
      { command: 'x'.repeat(131_073) },
      'the command is longer than 128 KiB',
    ],
    ['holds no NUL', { command: 'a\0b' }, 'the command holds a NUL character'],
    ['has a directory with a name', { cwd: ' ' }, 'the directory is empty'],
    ['has a directory without NUL', { cwd: '/a\0' }, 'the directory is no path'],
    ['has a shell that can be a path', { shell: `/${'x'.repeat(4096)}` }, 'the shell is no path'],
    ['has a timeout that ends', { timeoutMs: 0 }, 'the timeout is not between 1ms and 366 days'],
    [
      'has a timeout somebody may wait for',
      { timeoutMs: 367 * 86_400_000 },
      'the timeout is not between 1ms and 366 days',
    ],
  ])('%s', (_what, changes, problem) => {
    expect(adhocProblem({ ...wanted, ...changes })).toBe(problem);
  });

  it('runs by all defaults, in the zone given, and never by a schedule', () => {
    const job = adhocJob('adhoc/x', wanted, { template: null, timezone: 'Europe/Berlin' });
    expect(job).toMatchObject({
      name: 'adhoc/x',
      timezone: 'Europe/Berlin',
      schedules: [],
      concurrency: 'allow',
      command: { kind: 'shell', text: './x', shell: '/bin/sh' },
      cwd: null,
      timeoutMs: null,
    });
  });

  it('takes the context of a template, and nothing that keeps others from running', () => {
    const template = aJob('backup', {
      command: { kind: 'shell', text: 'dump', shell: '/bin/bash' },
      cwd: '/srv',
      env: { A: '1' },
      timeoutMs: 5000,
      suspend: true,
      concurrency: 'forbid',
    });
    const byTemplate = (more: Partial<AdhocWanted>) =>
      adhocJob('adhoc/x', { ...wanted, ...more }, { template, timezone: 'UTC' });
    expect(byTemplate({})).toMatchObject({
      command: { kind: 'shell', text: './x', shell: '/bin/bash' },
      cwd: '/srv',
      env: { A: '1' },
      timeoutMs: 5000,
      suspend: false,
      concurrency: 'allow',
      schedules: [],
    });
    expect(byTemplate({ cwd: '/tmp', shell: '/bin/dash', timeoutMs: 1 })).toMatchObject({
      command: { shell: '/bin/dash' },
      cwd: '/tmp',
      timeoutMs: 1,
    });
  });

  it('runs by the usual shell where its template has none', () => {
    const template = aJob('backup', { command: { kind: 'argv', argv: ['dump'] } });
    expect(adhocJob('adhoc/x', wanted, { template, timezone: 'UTC' }).command).toEqual({
      kind: 'shell',
      text: './x',
      shell: '/bin/sh',
    });
  });
});
