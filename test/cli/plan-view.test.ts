import { describe, expect, it } from 'vitest';
import type { ChangeView, PlanView } from '../../src/api/service.ts';
import { planText } from '../../src/cli/views/plan.ts';
import { aTerminal } from '../support/terminal.ts';

const unchanged: ChangeView['impact'] = {
  nextRun: { before: null, after: null, deltaMs: null },
  runs: { before: 0, after: 0 },
  lost: [],
  gained: [],
  moved: [],
  longestGapMs: { before: null, after: null },
  period: null,
  catchUpRuns: 0,
  machineMs: null,
  running: [],
};

const sums: NonNullable<PlanView['impact']> = {
  runs: { before: 7, after: 14 },
  nextRunsMoved: 1,
  windowMs: 7 * 86_400_000,
  peakStartsPerMinute: {
    before: { count: 1, at: '2026-03-28T02:00:00.000Z' },
    after: { count: 2, at: '2026-03-28T03:00:00.000Z' },
  },
  newOverlaps: [],
  queueWaits: [],
  startedByApply: 0,
  clockChanges: [
    {
      zone: 'Europe/Berlin',
      at: '2026-03-29T01:00:00.000Z',
      kind: 'gap',
      lengthMs: 3_600_000,
      jobs: [],
    },
  ],
};

function aChange(change: Partial<ChangeView>): ChangeView {
  return {
    job: 'job',
    action: 'update',
    reason: 'config_changed',
    previousName: null,
    source: null,
    fields: [],
    timezone: 'Europe/Berlin',
    impact: unchanged,
    scheduleInWords: null,
    hazards: [],
    ...change,
  };
}

function aPlan(changes: readonly ChangeView[], plan: Partial<PlanView> = {}): PlanView {
  return {
    basis: { lineage: 'l', revision: 41, appliedDigest: 'c1:a', desiredDigest: 'c1:b' },
    changes,
    impact: null,
    impactDigest: 'i1:0',
    timezoneData: null,
    summary: { create: 1, update: 1, rename: 1, delete: 1, unchanged: 37 },
    guard: null,
    at: '2026-03-27T13:05:00.000Z',
    horizonMs: 7 * 86_400_000,
    diagnostics: [],
    ...plan,
  };
}

describe('a plan', () => {
  it('shows a change that concerns all jobs even when no job changes', () => {
    const plan = aPlan([], {
      manifestFields: [{ path: '/concurrency/max', before: 64, after: 8, effect: 'capacity' }],
    });
    expect(planText(plan, { source: 'jobs.yaml' }, aTerminal())).toContain(
      '~ concurrency.max  64 → 8  (for all jobs)',
    );
  });

  it('tells each change with symbol, word, fields and times', () => {
    const plan = aPlan(
      [
        aChange({
          job: 'vat-export',
          action: 'create',
          reason: 'new_in_config',
          scheduleInWords: { before: null, after: 'daily at 04:10' },
          impact: {
            ...unchanged,
            nextRun: { before: null, after: '2026-03-28T03:10:00.000Z', deltaMs: null },
            runs: { before: 0, after: 7 },
            lost: [],
            gained: [],
          },
        }),
        aChange({
          job: 'invoice-run',
          fields: [
            { path: '/schedule', before: '0 3 * * *', after: '0 4 * * *', effect: 'schedule' },
            { path: '/description', before: null, after: 'Invoices', effect: 'cosmetic' },
          ],
          scheduleInWords: { before: 'daily at 03:00', after: 'daily at 04:00' },
          impact: {
            ...unchanged,
            nextRun: {
              before: '2026-03-28T02:00:00.000Z',
              after: '2026-03-28T03:00:00.000Z',
              deltaMs: 3_600_000,
            },
            runs: { before: 7, after: 7 },
            lost: [],
            gained: [],
          },
          hazards: [
            {
              code: 'period_lost',
              severity: 'high',
              detail: 'Friday has no run.',
              at: null,
              remedies: [],
            },
          ],
        }),
        aChange({ job: 'cleanup', action: 'rename', previousName: 'tmp-clean' }),
        aChange({ job: 'old-report', action: 'delete', reason: 'not_in_config' }),
      ],
      { impact: sums },
    );
    expect(planText(plan, { source: 'jobs.yaml' }, aTerminal())).toBe(
      [
        'jobs.yaml against revision 41',
        'as of Fri 2026-03-27 14:05 +01:00 Europe/Berlin, looking 7d ahead',
        '',
        '  + vat-export           create  daily at 04:10',
        '      first run  Sat 2026-03-28 04:10 +01:00 (in 14h5m)',
        '      runs/7d    0 → 7',
        '  ~ invoice-run          update',
        '      schedule     "0 3 * * *" → "0 4 * * *"',
        '      description  not set → "Invoices"  (no effect on runs)',
        '      in words     daily at 03:00 → daily at 04:00',
        '      next run     Sat 2026-03-28 03:00 +01:00 (in 12h55m) → Sat 2026-03-28 04:00 +01:00 (in 13h55m), +1h',
        '      ! period_lost (high)  Friday has no run.',
        '  > cleanup ← tmp-clean  rename  its history goes with it',
        '  - old-report           delete  no longer in the manifest; its history stays',
        '',
        'Plan: 1 to create, 1 to update, 1 to rename, 1 to delete, 37 unchanged.',
        'Time: 1 next run moves · runs/7d of all jobs 7 → 14 · peak starts/min 1 → 2 (Sat 2026-03-28 04:00 +01:00) · started by apply: 0',
        'DST: Sun 2026-03-29 the clocks of Europe/Berlin go forward by 1h to 03:00; no job is due in that time.',
        'Hazards: 1 period_lost',
        'Legend: + create  ~ update  > rename  - delete  ! hazard',
      ].join('\n'),
    );
  });

  it('without changes says so', () => {
    const summary = { create: 0, update: 0, rename: 0, delete: 0, unchanged: 3 };
    expect(planText(aPlan([], { summary }), { source: 'jobs.yaml' }, aTerminal())).toContain(
      'No changes: what is in force equals the manifest.',
    );
  });

  it('names the guard that stops the watcher', () => {
    const guard = { code: 'shrink', detail: '12 of 40 jobs would go.' };
    const plan = aPlan([aChange({ action: 'delete' })], { guard });
    expect(planText(plan, { source: 'jobs.yaml' }, aTerminal())).toContain(
      '! guard shrink  12 of 40 jobs would go.',
    );
  });

  it('shows control characters of a manifest instead of obeying them', () => {
    const plan = aPlan([
      aChange({
        fields: [{ path: '/command', before: 'a', after: '\u001b[2Jx\u202ey', effect: 'next_run' }],
      }),
    ]);
    const text = planText(plan, { source: 'jobs\u001b]0;x\u0007.yaml' }, aTerminal());
    expect(text).not.toMatch(/\p{Cc}(?<!\n)|\u202e/u);
  });

  it('of more than fifty changes tells those with hazards, worst first, and counts the rest', () => {
    const hazard = { code: 'silenced', detail: 'It is suspended.', at: null, remedies: [] };
    const quiet = Array.from({ length: 58 }, (_, n) => aChange({ job: `quiet-${n}` }));
    const plan = aPlan([
      ...quiet,
      aChange({ job: 'mild', hazards: [{ ...hazard, severity: 'low' }] }),
      aChange({ job: 'bad', hazards: [{ ...hazard, severity: 'high' }] }),
    ]);
    const text = planText(plan, { source: 'jobs.yaml' }, aTerminal());
    expect(text.indexOf('~ bad')).toBeLessThan(text.indexOf('~ mild'));
    expect(text).toContain('58 more changes without hazards: 58 to update; --verbose shows each');
    expect(text).not.toContain('quiet-7');
    const all = planText(plan, { source: 'jobs.yaml', isVerbose: true }, aTerminal());
    expect(all).toContain('~ quiet-57');
  });

  it('names the place of a job in the file, and on standard input its line', () => {
    const plan = aPlan([aChange({ source: { file: 'jobs.yaml', line: 14 } })]);
    expect(planText(plan, { source: 'jobs.yaml' }, aTerminal())).toContain('update  jobs.yaml:14');
    expect(planText(plan, { source: 'standard input' }, aTerminal())).toContain('update  line 14');
  });

  it('lists every run that goes where it is asked to', () => {
    const lost = Array.from({ length: 5 }, (_, n) => `2026-03-28T0${n}:00:00.000Z`);
    const impact = { ...unchanged, lost, runs: { before: 5, after: 0 } };
    const plan = aPlan([aChange({ impact })], { unchangedJobs: ['still', 'there'] });
    const brief = planText(plan, { source: 'jobs.yaml' }, aTerminal());
    expect(brief).toMatch(/lost .*03:00 \+01:00, …$/m);
    const all = planText(plan, { source: 'jobs.yaml', isVerbose: true }, aTerminal());
    expect(all).toMatch(/lost .*05:00 \+01:00$/m);
    expect(all).toContain('= unchanged  still, there');
  });
});

describe('a plan of a branch', () => {
  const change = aChange({ job: 'a', action: 'create' });
  const told = (plan: Partial<PlanView>): string =>
    planText(
      aPlan([change], plan),
      { source: 'jobs.yaml', against: 'git:origin/main' },
      aTerminal({ width: 200 }),
    );

  it('says when its base has gone on, and what that does to it', () => {
    const commit = 'a'.repeat(40);
    expect(told({ baseCommit: { commit, missing: 1 } })).toContain(
      '! outdated  origin/main has a commit on the manifest that this branch lacks, so that the plan takes back what it does. Merge or rebase, then plan again.',
    );
    expect(told({ baseCommit: { commit, missing: 0 } })).not.toContain('outdated');
  });

  it('says when only the newest commits were looked at', () => {
    const from = 'b'.repeat(40);
    expect(told({ commits: { from, isCut: true } })).toContain(
      'Commits: only the newest since bbbbbbbbbb were looked at; what older ones changed is told without its commit.',
    );
    expect(told({ commits: { from, isCut: false } })).not.toContain('Commits:');
  });
});
