import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/core/manifest/job.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import { findLookalikes } from '../../../src/core/plan/lookalikes.ts';
import { aJob } from '../../support/store-records.ts';
import { recorded, states } from './plan-states.ts';

const running = (name: string, text: string, more: Partial<Job> = {}) =>
  aJob(name, { command: { kind: 'shell', text, shell: '/bin/sh' }, ...more });
const told = (created: readonly Job[], removed: readonly Job[]) =>
  [
    ...findLookalikes(
      created,
      removed.map((job) => recorded(job)),
    ),
  ].map(
    ([name, { record, isSameCommand }]) =>
      `${name} ${isSameCommand ? '=' : '~'} ${record.job.name}`,
  );

describe('a new job looks like a removed one', () => {
  it.each([
    ['by the same command', './dump.sh shop', ['new = old']],
    ['by nearly the same command, all else being equal', './dump.sh shop --fast', ['new ~ old']],
    ['but not by another command', './report.sh books', []],
  ])('%s', (_how, command, expected) => {
    expect(told([running('new', command)], [running('old', './dump.sh shop')])).toEqual(expected);
  });

  it('and each removed one is taken once, the same command first', () => {
    const created = [running('a', './dump.sh shop --now'), running('b', './dump.sh shop')];
    expect(told(created, [running('old', './dump.sh shop')])).toEqual(['b = old']);
  });

  it('which weighs more when the removed one has run', () => {
    const old = recorded(running('old', './dump.sh shop'));
    const durations = new Map([[old.uid, { runs: 9, p50Ms: 1, p95Ms: 1, maxMs: 1 }]]);
    const severity = (more: object) =>
      computePlan(states([old], [running('new', './dump.sh shop')], more)).changes[0]?.hazards[0];
    expect(severity({})).toMatchObject({ code: 'looks_like_rename', severity: 'low' });
    expect(severity({ durations })).toMatchObject({ severity: 'medium' });
  });
});
