import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noteStart } from '../../src/daemon/crash-loop.ts';
import { openDaemonLog } from '../../src/daemon/daemon-log.ts';
import { createLogLinks } from '../../src/daemon/log-links.ts';
import { createMaintenance } from '../../src/daemon/maintenance.ts';
import { timeZoneDataProblem } from '../../src/core/schedule/zone-data.ts';
import type { JobRecord } from '../../src/store/store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { aJob } from '../support/store-records.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jm2-keep-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const quiet = { info: () => undefined, warn: () => undefined };

describe('a crash loop', () => {
  const start = Date.parse('2026-03-01T00:00:00Z');

  test('of five within a minute leads to safe mode', () => {
    for (let n = 0; n < 5; n += 1) {
      expect(noteStart(directory, start + n * 1_000).isSafeMode).toBe(false);
    }
    expect(noteStart(directory, start + 6_000).isSafeMode).toBe(true);
  });

  test('ends with an orderly end', () => {
    for (let n = 0; n < 5; n += 1) noteStart(directory, start + n * 1_000);
    const sixth = noteStart(directory, start + 6_000);
    sixth.endedInOrder();
    expect(noteStart(directory, start + 7_000).isSafeMode).toBe(false);
  });

  test('is none when the crashes lie further apart, or in the future of a clock set back', () => {
    for (let n = 0; n < 10; n += 1) {
      expect(noteStart(directory, start + n * 20_000).isSafeMode).toBe(false);
    }
    for (let n = 0; n < 5; n += 1) noteStart(directory, start + n * 1_000);
    expect(noteStart(directory, start - 3_600_000).isSafeMode).toBe(false);
  });

  test('is none when its file holds nonsense', () => {
    writeFileSync(join(directory, 'starts'), 'a\n-\n\0\n');
    expect(noteStart(directory, start).isSafeMode).toBe(false);
  });
});

describe('the daemon log', () => {
  test('is owner-only and has each line on disk at once', () => {
    const path = join(directory, 'daemon.log');
    const { logger, close } = openDaemonLog(path, 'info', (line) => line);
    logger.info({ job: 'a\nb' }, 'hello');
    logger.debug({}, 'not told');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 30, job: 'a\nb', msg: 'hello' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    close();
  });

  test('starts anew beyond 10 MB and keeps five old files', () => {
    const path = join(directory, 'daemon.log');
    const { logger, rotateWhenLarge, close } = openDaemonLog(path, 'info', (line) => line);
    for (let round = 1; round <= 7; round += 1) {
      logger.info({ round }, 'round');
      truncateSync(path, 10 * 1024 * 1024);
      rotateWhenLarge();
    }
    logger.info({}, 'after');
    close();
    expect(readFileSync(path, 'utf8')).toContain('after');
    const rounds = [1, 2, 3, 4, 5].map(
      (age) => /"round":(\d)/.exec(readFileSync(`${path}.${age}`, 'utf8'))?.[1],
    );
    expect(rounds).toEqual(['7', '6', '5', '4', '3']);
    expect(existsSync(`${path}.6`)).toBe(false);
  });

  test('a line that comes when it is closed harms nobody', () => {
    const path = join(directory, 'closed.log');
    const { logger, close } = openDaemonLog(path, 'info', (line) => line);
    logger.info({}, 'in time');
    close();
    expect(() => logger.warn({}, 'too late')).not.toThrow();
    expect(readFileSync(path, 'utf8')).toMatch(/in time"\}\n$/);
  });

  test.runIf(existsSync('/dev/full'))('a full disk does not end the daemon', async () => {
    const { logger, close } = openDaemonLog('/dev/full', 'info', (line) => line);
    for (let n = 0; n < 100; n += 1) logger.info({ n }, 'nowhere to go');
    await new Promise((resolve) => setImmediate(resolve));
    close();
  });
});

describe('links to the newest run log', () => {
  test('follow the newest start of each job, several starts in one pass', () => {
    const runsDir = join(directory, 'runs');
    const logsDir = join(directory, 'logs');
    mkdirSync(logsDir);
    const clock = new FakeClock('2026-03-01T00:00:00Z');
    const links = createLogLinks({ runsDir, logsDir, clock, log: quiet });
    links.started('a', 'run1', 1);
    links.started('a', 'run1', 2);
    links.started('b', 'run2', 1);
    expect(clock.timerCount).toBe(1);
    clock.advance(400);
    expect(readlinkSync(join(logsDir, 'a.log'))).toBe('../runs/run1/2/log');
    expect(readlinkSync(join(logsDir, 'b.log'))).toBe('../runs/run2/1/log');
    const later = createLogLinks({ runsDir, logsDir, clock, log: quiet });
    later.started('a', 'run3', 1);
    later.close();
    expect(readlinkSync(join(logsDir, 'a.log'))).toBe('../runs/run3/1/log');
    expect(lstatSync(join(logsDir, 'a.log')).isSymbolicLink()).toBe(true);
  });

  test('stand back while starts keep coming, for two seconds at most', () => {
    const runsDir = join(directory, 'runs');
    const logsDir = join(directory, 'logs');
    mkdirSync(logsDir);
    const clock = new FakeClock('2026-03-01T00:00:00Z');
    const links = createLogLinks({ runsDir, logsDir, clock, log: quiet });
    const set: number[] = [];
    for (let ms = 0; ms <= 2_500; ms += 100) {
      links.started(`job-${ms}`, 'run1', 1);
      clock.advance(100);
      set.push(readdirSync(logsDir).length);
    }
    expect(set[18]).toBe(0);
    expect(set[20]).toBeGreaterThan(10);
  });

  test('are set although a crash left a half-made one', () => {
    const logsDir = join(directory, 'logs');
    mkdirSync(logsDir);
    writeFileSync(join(logsDir, '.a.link'), '');
    const clock = new FakeClock(0);
    const links = createLogLinks({ runsDir: join(directory, 'runs'), logsDir, clock, log: quiet });
    links.started('a', 'run1', 1);
    clock.advance(200);
    expect(readlinkSync(join(logsDir, 'a.log'))).toBe('../runs/run1/1/log');
  });

  test('that cannot be set are reported, nothing more', () => {
    const warned: object[] = [];
    const links = createLogLinks({
      runsDir: directory,
      logsDir: join(directory, 'missing'),
      clock: new FakeClock(0),
      log: { warn: (fields) => warned.push(fields) },
    });
    links.started('a', 'run1', 1);
    links.close();
    expect(warned).toMatchObject([{ job: 'a' }]);
  });
});

describe('maintenance', () => {
  const id = (n: number): string => `01j0000000000000000000000${n}`;

  function runDirectory(runId: string): string {
    const path = join(directory, runId, '1');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'log'), 'x');
    return join(directory, runId);
  }

  function setUp(pruned: string[][], known: readonly string[] = [], isBusy = false) {
    const asked: object[] = [];
    const clock = new FakeClock(Date.now());
    const maintenance = createMaintenance({
      store: {
        prune: (bounds) => {
          asked.push(bounds);
          return pruned.shift() ?? [];
        },
        pruneAudit: () => 0,
        pruneRevisions: () => 0,
        run: (runId) => (known.includes(runId) ? ({} as never) : null),
        jobs: () =>
          Object.entries({
            u1: { runs: 50, ageMs: null, logBytes: null },
            u2: { runs: null, ageMs: null, logBytes: 9 },
            u3: null,
          }).map(([uid, retention]) => ({ uid, job: aJob(uid, { retention }) }) as JobRecord),
      },
      logs: {
        noteEnded: () => undefined,
        measureEnded: async () => undefined,
        pass: async (bounds) => {
          asked.push(Object.fromEntries(bounds));
          return 0;
        },
      },
      clock,
      runsDir: directory,
      keep: { runs: 7, ageMs: 1_000 },
      isBusy: () => isBusy,
      rotateLog: () => undefined,
      log: quiet,
    });
    return { maintenance, asked, clock };
  }

  test('prunes in slices by count and age, and removes the directories', async () => {
    const paths = [1, 2, 3].map((n) => runDirectory(id(n)));
    const { maintenance, asked, clock } = setUp([[id(1)], [id(2)]], [id(3)]);
    expect(await maintenance.runNow()).toBe(2);
    expect(asked).toHaveLength(4);
    const olderThan = clock.now() - 1_000;
    expect(asked[0]).toEqual({
      perJob: 7,
      olderThan,
      keepLast: 10,
      limit: 200,
      ofJob: new Map([['u1', { perJob: 50, olderThan }]]),
    });
    expect(asked[3]).toEqual({ u2: 9 });
    expect(paths.map((path) => existsSync(path))).toEqual([false, false, true]);
  });

  test('removes what a crash left without a row, but nothing that is new', async () => {
    const [old, fresh] = [runDirectory(id(1)), runDirectory(id(2))];
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(old, longAgo, longAgo);
    await setUp([]).maintenance.runNow();
    expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
  });

  test('goes on after a failure of the store', async () => {
    const { maintenance } = setUp([]);
    rmSync(directory, { recursive: true });
    expect(await maintenance.runNow()).toBe(0);
    mkdirSync(directory);
    expect(await maintenance.runNow()).toBe(0);
  });

  test('waits while runs wait for slots, but not for ever', async () => {
    const { maintenance, asked, clock } = setUp([], [], true);
    maintenance.start();
    clock.advance(9 * 60_000);
    expect(asked).toHaveLength(0);
    clock.advance(2 * 60_000);
    await maintenance.stop();
    expect(asked).not.toHaveLength(0);
  });

  test('waits for its time and can be stopped', async () => {
    const { maintenance, asked, clock } = setUp([]);
    maintenance.start();
    clock.advance(19_000);
    expect(asked).toHaveLength(0);
    clock.advance(2_000);
    await maintenance.stop();
    expect(clock.timerCount).toBe(0);
  });
});

describe('time-zone data', () => {
  const now = Date.parse('2026-11-21T00:00:00Z');

  test.each([
    ['2024a', true],
    ['2025a', true],
    ['2025c', false],
    ['2026b', false],
    ['unknown', false],
    [undefined, false],
  ])('of release %s counts as old: %s', (release, isOld) => {
    expect(timeZoneDataProblem(release, now) !== null).toBe(isOld);
  });
});
