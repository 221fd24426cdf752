import { describe, expect, it } from 'vitest';
import { overviewCame, unfinishedCame } from '../../../src/cli/top/arrivals.ts';
import { aStatus } from '../../support/fake-service.ts';
import { aJob, aModel, emptyQueue, letters, now, pressed } from './a-model.ts';

const jobs = [
  aJob('backup', { tags: ['nightly'], nextRun: '2026-03-27T13:10:00.000Z' }),
  aJob('report', { nextRun: '2026-03-27T13:20:00.000Z' }),
  aJob('web-check', { nextRun: '2026-03-27T13:30:00.000Z' }),
];
const model = aModel(jobs);

describe('the selection', () => {
  it.each([
    [['j'], 'report'],
    [['Down', 'Down', 'Down', 'Down'], 'web-check'],
    [['G'], 'web-check'],
    [['G', 'k'], 'report'],
    [['G', 'g'], 'backup'],
  ])('%s selects %s', (keys, name) => {
    expect(pressed(model, ...keys).model.selected).toBe(name);
  });

  it('stays on its job when the order changes under it', () => {
    const running = jobs.map((job) =>
      job.name === 'web-check' ? { ...job, state: 'running' as const } : job,
    );
    const overview = { jobs: running, queue: emptyQueue, status: aStatus };
    const after = overviewCame(model, overview, { live: true, now });
    expect(after.rows[0]?.job.name).toBe('web-check');
    expect(after.selected).toBe('backup');
  });

  it('goes to another job when its own is removed', () => {
    const overview = { jobs: jobs.slice(1), queue: emptyQueue, status: aStatus };
    expect(overviewCame(model, overview, { live: true, now }).selected).toBe('report');
  });
});

describe('keys that act', () => {
  it.each([
    ['r', { kind: 'run', job: 'backup' }],
    ['c', { kind: 'find_unfinished', job: 'backup' }],
    ['p', { kind: 'pause', job: 'backup' }],
    ['q', { kind: 'quit' }],
  ])('%s', (key, action) => {
    expect(pressed(model, key).action).toEqual(action);
  });

  it.each(['Ctrl-R', 'Ctrl-P', 'Ctrl-Y'])('%s is another key, and does nothing', (key) => {
    expect(pressed(model, key)).toEqual({ model, action: null });
  });

  it('p resumes what is paused', () => {
    const pause = {
      by: 'a@b',
      reason: null,
      since: '2026-03-27T13:00:00.000Z',
      until: null,
      skipped: 0,
      nextSkipped: null,
      old: false,
    };
    const paused = aModel([aJob('backup', { state: 'paused', pause })]);
    expect(pressed(paused, 'p').action).toEqual({ kind: 'resume', job: 'backup' });
  });

  it('end runs only after a yes', () => {
    const runs = [
      { id: 'run-1', state: 'running' as const },
      { id: 'run-2', state: 'queued' as const },
      { id: 'run-0', state: 'succeeded' as const },
    ];
    const asked = unfinishedCame(model, 'backup', runs);
    expect(asked.question?.text).toBe('End the 1 running and 1 waiting runs of backup?');
    expect(pressed(asked, 'y').action).toEqual({
      kind: 'cancel',
      job: 'backup',
      runs: ['run-2', 'run-1'],
    });
    const refused = pressed(asked, 'Enter');
    expect(refused.action).toBeNull();
    expect(refused.model.message?.text).toBe('Nothing was ended.');
  });

  it.each(['r', 'c', 'p'])('%s does nothing while no daemon runs, and says so', (key) => {
    const offline = { ...model, source: { kind: 'store' as const, since: now } };
    const { model: after, action } = pressed(offline, key);
    expect(action).toBeNull();
    expect(after.message?.text).toContain('jm2 start');
  });

  it('do nothing in an empty list', () => {
    expect(pressed(aModel([]), 'r').action).toBeNull();
    expect(pressed(aModel([]), 'j', 'Enter', 'l').model.view).toBe('jobs');
  });

  it('Ctrl-C quits while typing, too', () => {
    expect(pressed(model, '/', 'Ctrl-C').action).toEqual({ kind: 'quit' });
  });
});

describe('the filter', () => {
  const names = (...keys: readonly string[]): string[] =>
    pressed(model, '/', ...keys).model.rows.map(({ job }) => job.name);

  it.each([
    [[...letters('rep')], ['report']],
    [[...letters('NIGHT')], ['backup']],
    [[...letters('web-*')], ['web-check']],
    [['x', 'Backspace', 'b', 'a'], ['backup']],
    [
      ['x', 'Esc'],
      ['backup', 'report', 'web-check'],
    ],
    [[...letters('quit?')], []],
  ])('%s shows %s', (keys, expected) => {
    expect(names(...keys)).toEqual(expected);
  });

  it('takes keys that would act elsewhere as text until Enter', () => {
    expect(pressed(model, '/', 'r')).toMatchObject({ action: null, model: { filter: 'r' } });
    const { action } = pressed(model, '/', 'r', 'e', 'p', 'Enter', 'r');
    expect(action).toEqual({ kind: 'run', job: 'report' });
  });
});

describe('views', () => {
  it.each([
    [['Enter'], 'detail'],
    [['Enter', 'q'], 'jobs'],
    [['l'], 'log'],
    [['l', 'l'], 'jobs'],
    [['Enter', 'l', 'Esc'], 'jobs'],
    [['?'], 'help'],
    [['?', '?'], 'jobs'],
    [['?', 'r', 'Esc'], 'jobs'],
  ])('%s shows %s', (keys, view) => {
    expect(pressed(model, ...keys).model.view).toBe(view);
  });

  it('sorts by state, next, name and last in turn', () => {
    expect(pressed(model, 's').model.sort).toBe('next');
    expect(pressed(model, 's', 's', 's', 's').model.sort).toBe('state');
  });
});
