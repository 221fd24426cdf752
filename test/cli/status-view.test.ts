import { describe, expect, it } from 'vitest';
import type { JobView, StatusView } from '../../src/api/service.ts';
import { jobTable } from '../../src/cli/views/job-table.ts';
import { statusText } from '../../src/cli/views/status.ts';
import { aTerminal } from '../support/terminal.ts';

const healthy: StatusView = {
  daemon: {
    running: true,
    pid: 4711,
    startedAt: '2026-03-27T11:05:00.000Z',
    version: '0.1.0',
    socket: '/state/daemon.sock',
    previous: null,
  },
  manifest: { path: '/p/jobs.yaml', stateDir: '/state', timezone: 'UTC', jobs: 2 },
  revision: {
    attempted: 'abc',
    applied: 41,
    appliedAt: '2026-03-27T12:05:00.000Z',
    appliedBy: 'cli (alice)',
    gitCommit: '0123456789abcdef',
  },
  source: { state: 'accepted', since: null, diagnostics: [] },
  sync: {
    mode: 'auto',
    state: 'synced',
    because: null,
    pending: null,
    hold: null,
    confirmation: null,
    orphaned: [],
  },
  health: {
    state: 'healthy',
    problems: [],
    conditions: [],
    running: 1,
    queued: 0,
    concurrencyMax: 64,
    loopDelay: null,
  },
  overrides: [],
};

const full = {
  code: 'JM2-T104',
  text: 'The disk is full.',
  since: '2026-03-27T12:00:00.000Z',
  remedy: 'Free space.',
} as const;

const aJob = (job: Partial<JobView>): JobView => ({
  name: 'backup',
  schedule: '0 3 * * *',
  timezone: 'Europe/Berlin',
  state: 'scheduled',
  nextRun: '2026-03-28T02:00:00.000Z',
  lastRun: null,
  description: null,
  owner: null,
  runbook: null,
  tags: [],
  revision: 1,
  pause: null,
  orphaned: null,
  flushed: false,
  ...job,
});

const failed = aJob({
  name: 'report',
  lastRun: {
    id: '01',
    state: 'failed',
    exitCode: 3,
    startedAt: '2026-03-27T12:00:00.000Z',
    endedAt: '2026-03-27T12:00:01.500Z',
    durationMs: 1_500,
  },
});

const shown = (status: StatusView, jobs: readonly JobView[] = []): string =>
  statusText({ status, jobs, manifestPath: 'jobs.yaml' }, aTerminal());

describe('status', () => {
  it('tells of an event loop that keeps callers waiting, and nothing of one that does not', () => {
    const withDelay = (p99Ms: number): string => {
      const loopDelay = { p50Ms: 1, p99Ms, maxMs: 310.4, since: '2026-03-27T12:00:00.000Z' };
      return shown({ ...healthy, health: { ...healthy.health, loopDelay } }, []);
    };
    expect(withDelay(49)).not.toContain('loop delay');
    expect(withDelay(120)).toContain('1 decision in 100 waited 120ms, the longest 310ms (since');
  });

  it('tells daemon, revision, next run and what fails', () => {
    expect(shown(healthy, [aJob({}), failed])).toBe(
      [
        'daemon    running, pid 4711, version 0.1.0 since Fri 2026-03-27 12:05 +01:00 (2h ago)',
        'health    healthy',
        'manifest  jobs.yaml, 2 jobs',
        'source    accepted',
        'revision  41, applied 1h ago, by cli (alice), commit 0123456789',
        'sync      auto, synced',
        'runs      1 running of at most 64, 0 queued',
        'next run  backup in 12h55m',
        'failing   report',
        'state in  /state',
      ].join('\n'),
    );
  });

  it('says since when the source is invalid and what stays in force', () => {
    const source = {
      state: 'invalid',
      since: '2026-03-27T12:35:00.000Z',
      diagnostics: [],
    } as const;
    expect(shown({ ...healthy, source })).toContain(
      'invalid since Fri 2026-03-27 13:35 +01:00 (30m ago); revision 41 stays in force',
    );
  });

  it('says what waits for an apply, and why', () => {
    const pending = { create: 0, update: 1, rename: 0, delete: 12, unchanged: 3 };
    const sync = {
      mode: 'auto',
      state: 'pending',
      because: 'shrink',
      pending,
      hold: null,
      confirmation: null,
      orphaned: [],
    } as const;
    expect(shown({ ...healthy, sync })).toContain(
      'auto, changes wait for jm2 apply (shrink): 0 to create, 1 to update, 0 to rename, 12 to delete',
    );
  });

  it('says what is held, by whom and why', () => {
    const hold = {
      cause: 'rollback',
      mode: 'until_changed',
      by: 'alice',
      reason: 'wrong hour',
      since: '2026-03-27T12:35:00.000Z',
      until: null,
      revision: 43,
      jobs: ['backup'],
    } as const;
    const pending = { create: 0, update: 1, rename: 0, delete: 0, unchanged: 3 };
    const sync = {
      mode: 'auto',
      state: 'pending',
      because: 'held',
      pending,
      hold,
      confirmation: null,
      orphaned: [],
    } as const;
    expect(shown({ ...healthy, sync })).toContain(
      'revision 43 is kept, rolled back by alice: "wrong hour" (backup)',
    );
  });

  it('says when the daemon is down, and lists problems one below the other', () => {
    const down = {
      ...healthy,
      daemon: { ...healthy.daemon, running: false, pid: null },
      health: { ...healthy.health, state: 'down', problems: ['one', 'two'] },
    } as const;
    const text = shown(down);
    expect(text).toContain('not running; what follows is the last known state');
    expect(text).toContain('health    down\n          ! one\n          ! two');
  });

  it('says since when something is wrong, what to do, and where to read more', () => {
    const health = { state: 'degraded', problems: [full.text], conditions: [full] } as const;
    expect(shown({ ...healthy, health: { ...healthy.health, ...health } })).toContain(
      [
        '! The disk is full. (since Fri 2026-03-27 13:00:00 +01:00, 1h5m ago)',
        '  Free space.',
        '  More: jm2 explain JM2-T104',
      ].join('\n          '),
    );
  });
});

describe('the table of jobs', () => {
  it('shows state, schedule, next run in the zone of the job and the last result', () => {
    expect(jobTable([aJob({}), failed], aTerminal())).toBe(
      [
        'JOB     STATE      SCHEDULE   ZONE           NEXT RUN                     IN         LAST RUN',
        'backup  scheduled  0 3 * * *  Europe/Berlin  Sat 2026-03-28 03:00 +01:00  in 12h55m  -',
        'report  scheduled  0 3 * * *  Europe/Berlin  Sat 2026-03-28 03:00 +01:00  in 12h55m  failed exit 3, 1h4m ago, 1.5s',
      ].join('\n'),
    );
  });

  it('fits an ordinary terminal', () => {
    const text = jobTable([aJob({}), failed], aTerminal({ width: 80 }));
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toContain('in 12h55m');
  });

  it('leaves the next run of a job without one empty', () => {
    const byHand = aJob({ schedule: null, nextRun: null, state: 'manual' });
    expect(jobTable([byHand], aTerminal()).split('\n')[1]).toBe('backup  manual  -   -');
  });

  it('does not let a name or schedule move the cursor', () => {
    const text = jobTable([aJob({ schedule: 'a\u001b[2J\nb' })], aTerminal());
    expect(text.split('\n')).toHaveLength(2);
    expect(text).not.toContain('\u001b');
  });
});
