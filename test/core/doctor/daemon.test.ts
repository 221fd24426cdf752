import { describe, expect, it } from 'vitest';
import { daemonChecks } from '../../../src/core/doctor/daemon-checks.ts';
import type { DaemonFacts, DoctorFacts, StrayFacts } from '../../../src/core/doctor/facts.ts';

const now = Date.UTC(2026, 2, 2, 12);
const hour = 3_600_000;
const day = 24 * hour;

const sound: DaemonFacts = {
  running: true,
  holder: 7,
  socket: '/s/daemon.sock',
  stale: [],
  version: '0.2.0',
  ownVersion: '0.2.0',
  startedAt: now - day,
  fell: null,
  conditions: [],
  notices: [],
  hasLauncher: true,
  sync: { pending: false },
};

/** Findings that are not `ok`, as `severity code: summary; detail`, with the remedy behind an arrow. */
function found(facts: Partial<DoctorFacts>): string[] {
  const all = { now, daemon: null, strays: null, zones: null, ...facts } as DoctorFacts;
  return daemonChecks
    .flatMap((check) => check.run(all))
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, code, summary, detail, remedy }) =>
      [`${severity} ${code}: ${summary}`, detail, remedy === null ? '' : `→ ${remedy}`]
        .filter((part) => part !== '')
        .join('; '),
    );
}

describe('what the doctor says of a daemon', () => {
  it.each<[string, Partial<DaemonFacts>, string[]]>([
    ['that is in order', {}, []],
    [
      'that does not run',
      { running: false, holder: null, hasLauncher: null },
      ['critical daemon: no daemon runs, so nothing is started; → jm2 start'],
    ],
    [
      'that holds the state and does not listen',
      { running: false },
      [
        'critical daemon: the daemon does not answer; process 7 holds the state directory and does not listen on /s/daemon.sock; → kill -TERM 7; jm2 start',
      ],
    ],
    [
      'that is gone and left its socket',
      { stale: ['/s/daemon.sock', '/my state/daemon.pid'] },
      [
        "minor stale-files: a daemon that is gone left files behind; the next start removes them; /s/daemon.sock\n/my state/daemon.pid; → rm /s/daemon.sock '/my state/daemon.pid'",
      ],
    ],
    [
      'of another version',
      { version: '0.1.0' },
      [
        'minor daemon-version: the daemon is of another version; it is 0.1.0, this command 0.2.0; → jm2 restart',
      ],
    ],
    ['whose version is not known', { version: null }, []],
    [
      'that crashed yesterday',
      { fell: { how: 'crashed', at: now - day } },
      [
        'minor daemon-past: the daemon before this one ended without a word; last seen alive 2026-03-01T12:00:00.000Z; → jm2 status; look into daemon.log',
      ],
    ],
    [
      'that went down with the host and was not started again',
      { running: false, holder: null, fell: { how: 'rebooted', at: now - hour } },
      [
        'critical daemon: no daemon runs, so nothing is started; → jm2 start',
        'minor daemon-past: the last daemon went down with the host; last seen alive 2026-03-02T11:00:00.000Z',
      ],
    ],
    ['that crashed more than a week ago', { fell: { how: 'crashed', at: now - 8 * day } }, []],
    [
      'without its launcher',
      { hasLauncher: false },
      [
        'major launcher: the launcher of commands is gone; the next start brings it back; when it does not, commands cannot start; → jm2 restart',
      ],
    ],
    ['of whose launcher nothing is known', { hasLauncher: null }, []],
    [
      'with changes that wait',
      { sync: { pending: true } },
      ['minor sync: changes of the manifest wait to be applied; → jm2 plan && jm2 apply'],
    ],
    [
      'that reports a problem and remarks something',
      { conditions: [{ text: 'the disk is full', remedy: 'df -h' }], notices: ['zones are old'] },
      [
        'major daemon-health: the daemon reports a problem; the disk is full; → df -h',
        'minor daemon-health: the daemon remarks; zones are old',
      ],
    ],
  ])('%s', (_what, changes, expected) => {
    expect(found({ daemon: { ok: true, value: { ...sound, ...changes } } })).toEqual(expected);
  });

  it('leaves out a remark that it makes about the zones itself', () => {
    const daemon = { ok: true, value: { ...sound, notices: ['zones are old'] } } as const;
    const zones = { ok: true, value: { warnings: ['zones are old'], isWrong: false } } as const;
    expect(found({ daemon, zones })).toEqual([]);
    expect(found({ daemon, zones: { ok: false, problem: 'EIO' } })).toEqual([
      'minor daemon-health: the daemon remarks; zones are old',
    ]);
  });
});

describe('commands that nobody looks after', () => {
  it.each<[string, StrayFacts, string[]]>([
    ['there are none', { unknown: [], unattended: 0 }, []],
    [
      'the store does not know one',
      { unknown: [{ text: 'pid 9 of run r1', remedy: 'kill 9' }], unattended: 0 },
      [
        'major stray-commands: a command runs that the store does not know; pid 9 of run r1; → kill 9',
      ],
    ],
    [
      'no daemon runs',
      { unknown: [], unattended: 2 },
      [
        'major stray-commands: 2 runs may go on without a daemon: no timeout, no retry; → jm2 start',
      ],
    ],
  ])('%s', (_what, value, expected) => {
    expect(found({ strays: { ok: true, value } })).toEqual(expected);
  });
});
