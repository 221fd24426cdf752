import { describe, expect, it } from 'vitest';
import { eventLine } from '../../src/cli/views/events.ts';
import { aTerminal } from '../support/terminal.ts';

const now = Date.parse('2026-03-27T13:05:00Z');
const at = '2026-03-27T13:05:00.000Z';
const run = {
  id: '01jq',
  job: 'backup',
  state: 'succeeded',
  trigger: 'schedule',
  exitCode: 0,
  signal: null,
  durationMs: 1_240,
  lateMs: 3,
  attempts: 1,
  reason: null,
};
const line = (event: Record<string, unknown> & { kind: string }): string | null =>
  eventLine({ at, ...event }, aTerminal({ zone: 'UTC' }), now);

describe('a line per fact', () => {
  it.each([
    [{ kind: 'run.started', attempt: 1, run }, '13:05:00  started    backup'],
    [
      { kind: 'run.started', attempt: 2, run: { ...run, trigger: 'manual' } },
      '13:05:00  started    backup  manual, attempt 2',
    ],
    [
      { kind: 'run.started', attempt: 1, run: { ...run, lateMs: 65_000 } },
      '13:05:00  started    backup  1m5s late',
    ],
    [{ kind: 'run.ended', run }, '13:05:00  succeeded  backup  in 1.2s'],
    [
      { kind: 'run.noted', run, note: { code: 'leftovers', text: '1 process was left over' } },
      '13:05:00  note       backup  1 process was left over',
    ],
    [
      { kind: 'run.ended', run: { ...run, state: 'failed', exitCode: 3, attempts: 4 } },
      '13:05:00  failed     backup  exit 3, in 1.2s, after 4 attempts',
    ],
    [
      {
        kind: 'run.retried',
        attempt: 1,
        retryAt: '2026-03-27T13:05:30.000Z',
        run: { ...run, state: 'queued', exitCode: 3 },
      },
      '13:05:00  retry      backup  exit 3, next attempt in 30s',
    ],
    [
      {
        kind: 'occurrence.skipped',
        job: 'backup',
        reason: 'forbid',
        count: 1,
        detail: 'run 01 goes on',
      },
      '13:05:00  skipped    backup  forbid, run 01 goes on',
    ],
    [
      {
        kind: 'occurrence.missed',
        job: 'backup',
        reason: 'catch_up_window',
        count: 12,
        detail: null,
      },
      '13:05:00  missed     backup  catch up window, 12 times',
    ],
    [
      {
        kind: 'manifest.applied',
        revision: 7,
        by: 'watcher',
        summary: { create: 1, update: 2, rename: 0, delete: 0 },
      },
      '13:05:00  applied    revision 7  1 created, 2 updated, by watcher',
    ],
    [
      {
        kind: 'manifest.pending',
        because: 'shrink',
        summary: { create: 0, update: 0, rename: 0, delete: 9 },
      },
      '13:05:00  pending    changes wait for jm2 apply  shrink, 9 deleted',
    ],
  ])('%o', (event, expected) => {
    expect(line(event)).toBe(expected);
  });

  it('names the first problem and how many more there are when a manifest was rejected', () => {
    const at = (number: number) => ({
      start: { line: number, column: 5 },
      end: { line: number, column: 9 },
    });
    const problem = (severity: string, range: unknown) => ({
      code: 'JM2-M201',
      severity,
      summary: 'unknown key',
      file: '/srv/jobs.yaml',
      range,
    });
    const diagnostics = [
      problem('warning', at(1)),
      problem('error', at(9)),
      problem('error', at(3)),
    ];
    expect(line({ kind: 'manifest.rejected', count: 120, diagnostics })).toBe(
      '13:05:00  rejected   the manifest was not accepted; what was in force stays. /srv/jobs.yaml:3:5: unknown key (JM2-M201), and 119 more',
    );
  });

  it('says nothing of kinds it does not know', () => {
    expect(line({ kind: 'moon.full' })).toBeNull();
  });
});
