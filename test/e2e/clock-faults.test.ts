// The real daemon under a wall clock that is set, runs fast or changes for
// daylight saving: what test/scheduler/clock-faults.test.ts says of the loop.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { systemIds } from '../../src/system/ids.ts';
import { aProject, type LiveCall, type Project } from '../support/cli.ts';
import { aFakeTime, fakeTimeLibrary, type FakeTime } from '../support/fake-time.ts';

interface Night {
  readonly clock: FakeTime;
  readonly project: Project;
  /** Starts the daemon; resolves when its jobs are in force. */
  readonly up: () => Promise<LiveCall>;
  /** What became of the job's occurrences, oldest first: nominal time of day and outcome. */
  readonly ledger: (job: string) => Promise<readonly string[]>;
}

/** Keeps the daemon awake, so that a clock that is set is noticed within a second. */
const heartbeat = '  tick: {schedule: every 1s, command: "true"}';

/** How much earlier a night begins at each try, when a minute that matters comes soon after. */
const earlierMs = [0, 8_000, 16_000] as const;
const minuteMs = 60_000;
const soonMs = 10_000;

/** The end of the minute in which an instant lies. */
const boundaryAfter = (instant: number): number => (Math.floor(instant / minuteMs) + 1) * minuteMs;

/**
 * On a machine so busy that the daemon is not up before the minute that matters,
 * or its timer is over two seconds late (a clock that is set then counts as an
 * absence, rightly), a night is no proof, and is tried again, with more time before
 * the minute. Any other failure is one.
 */
async function inNight(
  time: string,
  jobs: readonly string[],
  body: (night: Night) => Promise<void>,
): Promise<void> {
  for (const [at, earlier] of earlierMs.entries()) {
    let wasTooSlow = false;
    try {
      return await oneNight({ time, earlier }, jobs, body, () => (wasTooSlow = true));
    } catch (error) {
      if (!wasTooSlow || at === earlierMs.length - 1) throw error;
    }
  }
}

async function oneNight(
  { time, earlier }: { readonly time: string; readonly earlier: number },
  jobs: readonly string[],
  body: (night: Night) => Promise<void>,
  tellTooSlow: () => void,
): Promise<void> {
  const clock = await aFakeTime(time);
  const project = await aProject(manifestOf(jobs));
  let isFirst = true;
  try {
    await body({
      clock,
      project,
      async up() {
        // What came before the first start took its time.
        const wanted = isFirst ? Date.parse(time) : clock.now();
        const boundary = boundaryAfter(wanted);
        const isSoon = boundary - wanted < soonMs;
        if (isFirst) clock.set(isSoon ? wanted - earlier : wanted);
        isFirst = false;
        const daemon = project.start(['up'], { env: clock.env, program: clock.program });
        await daemon.until(/^tick .*\n/m);
        if (isSoon && clock.now() > boundary - 200) {
          tellTooSlow();
          throw new Error('the daemon was up too late for what it is to show');
        }
        return daemon;
      },
      async ledger(job) {
        const { data } = (
          await project.call(['history', job, '--all', '--limit', '500', '--json'])
        ).json();
        const { runs, outcomes } = data as {
          runs: { nominalTime: string; trigger: string }[];
          outcomes: { nominalTime: string; reason: string; count: number }[];
        };
        return [
          ...runs.map(({ nominalTime, trigger }) => `${nominalTime} ${trigger}`),
          ...outcomes.map(({ nominalTime, reason, count }) => `${nominalTime} ${reason} ${count}`),
        ]
          .toSorted()
          .map((row) => row.replace(/^.*T([\d:]+)\.\d+Z/, '$1'));
      },
    });
  } finally {
    if ((await logOf(project)).includes('the scheduler was stopped or blocked')) tellTooSlow();
    await project.cleanUp();
    await clock.remove();
  }
}

async function logOf(project: Project): Promise<string> {
  const folder = join(project.home, '.jm2', 'projects');
  const logs = (await readdir(folder)).map((name) => join(folder, name, 'daemon.log'));
  return (await Promise.all(logs.map((path) => readFile(path, 'utf8')))).join('');
}

function manifestOf(jobs: readonly string[]): string {
  return ['version: 1', 'jobs:', heartbeat, ...jobs.map((job) => `  ${job}`), ''].join('\n');
}

async function stop(daemon: LiveCall): Promise<void> {
  daemon.process.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
}

const needs = '[platform: needs libfaketime]';
const noon = 'noon: {schedule: "0 12 * * *", command: "true"}';
/** What it did can be counted. */
const once = 'once: {schedule: "0 12 * * *", command: "printf x >> ran"}';

/** Rows of `tick`: each second in exactly one of them, from the first to the last. */
function expectWhole(rows: readonly string[]): void {
  const seconds = rows.flatMap((row) => {
    const [time = '', , count = '1'] = row.split(' ');
    const from = Date.parse(`2026-03-01T${time}Z`);
    return Array.from({ length: Number(count) }, (_, index) => from + index * 1_000);
  });
  expect(seconds).toEqual(seconds.map((_, index) => (seconds[0] ?? 0) + index * 1_000));
}
const minutes = 'minutes: {schedule: "* * * * *", command: "true", concurrency: allow}';

describe.skipIf(fakeTimeLibrary === null).concurrent(`the clock is set ${needs}`, () => {
  it('T1: forward by four minutes, each due occurrence once, in order', () =>
    inNight('2026-03-01T11:58:56Z', [minutes, noon], async ({ clock, up, ledger }) => {
      const daemon = await up();
      await daemon.until(/11:59:0\d +started +minutes/);
      clock.set(clock.now() + 4 * 60_000);
      await daemon.until(/12:03:\d\d +started +noon/);
      await stop(daemon);
      expect(await ledger('minutes')).toEqual(
        ['11:59', '12:00', '12:01', '12:02', '12:03'].map((time) => `${time}:00 schedule`),
      );
      expect(await ledger('noon')).toEqual(['12:00:00 schedule']);
    }));

  it('T2: forward by two hours, fixed-time jobs once, wildcard jobs only if due now', () =>
    inNight('2026-03-01T10:58:30Z', [minutes, noon], async ({ clock, up, ledger }) => {
      const daemon = await up();
      clock.set('2026-03-01T12:58:30Z');
      await daemon.until(/12:58:3\d +started +noon/);
      await stop(daemon);
      expect(await ledger('noon')).toEqual(['12:00:00 catch-up']);
      expect(await ledger('minutes')).toEqual(['10:59:00 clock_step 119', '12:58:00 catch-up']);
    }));

  it('T3: forward by a day, nothing is caught up and the next ones come by the new time', () =>
    inNight('2026-03-01T10:58:30Z', [minutes, noon], async ({ clock, up, ledger }) => {
      const daemon = await up();
      clock.set('2026-03-02T12:58:57.500Z');
      await daemon.until(/12:59:0\d +started +minutes/);
      await stop(daemon);
      expect(daemon.output()).toMatch(/clock/);
      expect(await ledger('noon')).toEqual(['12:00:00 clock_step 2']);
      expect(await ledger('minutes')).toEqual(['10:59:00 clock_step 1560', '12:59:00 schedule']);
    }));

  it('T4: back by less than three hours, fixed-time jobs do not repeat, others go on at once', () =>
    inNight('2026-03-01T11:59:56Z', [minutes, noon], async ({ clock, up, ledger }) => {
      const daemon = await up();
      await daemon.until(/12:00:0\d +succeeded +noon/);
      // Far enough from noon that a busy machine notices the step before it.
      clock.set('2026-03-01T11:59:50Z');
      await daemon.until(/12:00:0[\s\S]*clock[\s\S]*12:00:0\d +succeeded +minutes/);
      await stop(daemon);
      expect(await ledger('noon')).toEqual(['12:00:00 schedule']);
      expect(await ledger('minutes')).toEqual(['12:00:00 schedule', '12:00:00 schedule']);
    }));

  it('T5: back by a day, every job follows the new time', () =>
    inNight('2026-03-02T11:59:56Z', [noon], async ({ clock, up, ledger }) => {
      const daemon = await up();
      await daemon.until(/12:00:0\d +succeeded +noon/);
      clock.set('2026-03-01T11:57:00Z');
      // Noon is near only once the step back is noticed, however late that is.
      await daemon.until(/clock was set by -1d[\s\S]*11:57:\d\d +started +tick/);
      clock.set('2026-03-01T11:59:58Z');
      await daemon.until(/clock was set by -1d[\s\S]*12:00:\d\d +succeeded +noon/);
      await stop(daemon);
      expect(await ledger('noon')).toEqual(['12:00:00 schedule', '12:00:00 schedule']);
    }));

  it('T6: corrected after a start in 2098, no job is stuck', () =>
    inNight('2098-03-02T11:59:56Z', [noon], async ({ clock, up, ledger }) => {
      const before = await up();
      await before.until(/12:00:0\d +succeeded +noon/);
      await stop(before);
      clock.set('2026-03-01T11:59:56Z');
      const daemon = await up();
      await daemon.until(/12:00:0\d +succeeded +noon/);
      await stop(daemon);
      expect(await ledger('noon')).toEqual(['12:00:00 schedule', '12:00:00 schedule']);
    }));

  it('T7: a clock that runs half a percent fast gives each second its run', () =>
    inNight('2026-03-01T11:00:00Z', [], async ({ clock, up, ledger }) => {
      clock.rate(1.005);
      const daemon = await up();
      await daemon.until(/(started +tick[\s\S]*){4}/);
      await stop(daemon);
      // Those of the start itself may be settled as misfires; none is lost or run twice.
      const times = (await ledger('tick')).map((row) =>
        Date.parse(`2026-03-01T${row.slice(0, 8)}Z`),
      );
      expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * 1000));
    }));

  it('T18: back by the one second of a leap second, a job at midnight runs once', () =>
    inNight('2026-12-31T23:59:56Z', [minutes], async ({ clock, up, ledger }) => {
      const daemon = await up();
      await daemon.until(/00:00:0\d +succeeded +minutes/);
      clock.set(clock.now() - 1_000);
      await daemon.until(/(started +tick[\s\S]*){6}/);
      await stop(daemon);
      expect(await ledger('minutes')).toEqual(['00:00:00 schedule']);
    }));
});

describe.skipIf(fakeTimeLibrary === null).concurrent(`nobody is there ${needs}`, () => {
  const hourly = (name: string, catchUp: string): string =>
    `${name}: {schedule: "0 * * * *", command: "true", catch_up: ${catchUp}}`;

  it('T8: asleep over five hours, one coalesced run', () =>
    inNight('2026-03-01T00:30:00Z', [hourly('hourly', 'latest')], async (n) => {
      const daemon = await n.up();
      daemon.process.kill('SIGSTOP');
      n.clock.set('2026-03-01T05:30:00Z');
      // An absence is one when a timer, set for a second at most, is over two seconds late.
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      daemon.process.kill('SIGCONT');
      await daemon.until(/05:30:\d\d +succeeded +hourly/);
      await stop(daemon);
      expect(await n.ledger('hourly')).toEqual(['01:00:00 catch_up_latest 4', '05:00:00 catch-up']);
    }));

  it('blocked for eight seconds: what was due then starts late, once, and is told as late', () =>
    inNight('2026-03-01T11:59:54Z', [once], async (n) => {
      const daemon = await n.up();
      const leftMs = Date.parse('2026-03-01T11:59:54Z') - n.clock.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, leftMs)));
      daemon.process.kill('SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, 8_000));
      daemon.process.kill('SIGCONT');
      await daemon.until(/succeeded +once[\s\S]*(started +tick[\s\S]*){3}/);
      await stop(daemon);
      expect(await n.ledger('once')).toEqual(['12:00:00 catch-up']);
      expect(await readFile(join(n.project.dir, 'ran'), 'utf8')).toBe('x');
      expectWhole(await n.ledger('tick'));
      const { stdout } = await n.project.call(['why', 'once', '2026-03-01T12:00Z']);
      expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
        /caught up and began [\d.]+s late because the scheduler was stopped or blocked from/,
      );
    }));

  it('due in the very second in which the daemon stops: once, by this one or the next', () =>
    inNight('2026-03-01T11:59:55Z', [once], async (n) => {
      const first = await n.up();
      const leftMs = Date.parse('2026-03-01T11:59:59.980Z') - n.clock.now();
      await new Promise((resolve) => setTimeout(resolve, leftMs));
      await stop(first);
      const second = await n.up();
      await second.until(/(started +tick[\s\S]*){3}/);
      await stop(second);
      expect(await n.ledger('once')).toEqual([
        expect.stringMatching(/^12:00:00 (schedule|catch-up)$/),
      ]);
      expect(await readFile(join(n.project.dir, 'ran'), 'utf8')).toBe('x');
      expectWhole(await n.ledger('tick'));
    }));

  it('T10, T11: down for five hours and then for three years, by the policy, and up at once', () => {
    const jobs = [
      hourly('latest', 'latest'),
      hourly('none', 'none'),
      hourly('all', '{policy: all, limit: 2}'),
    ];
    return inNight('2026-03-01T00:30:00Z', [...jobs, minutes], async ({ clock, up, ledger }) => {
      const timed = async (): Promise<{ daemon: LiveCall; ms: number }> => {
        const began = performance.now();
        const daemon = await up();
        return { daemon, ms: performance.now() - began };
      };
      const first = await timed();
      await stop(first.daemon);
      clock.set('2026-03-01T05:30:00Z');
      const second = await timed();
      await second.daemon.until(/(succeeded +(all|latest)[\s\S]*){3}/);
      await stop(second.daemon);
      expect(await ledger('latest')).toEqual(['01:00:00 catch_up_latest 4', '05:00:00 catch-up']);
      expect(await ledger('none')).toEqual(['01:00:00 catch_up_none 5']);
      expect(await ledger('all')).toEqual([
        '01:00:00 catch-up',
        '02:00:00 catch-up',
        '03:00:00 catch_up_limit 3',
      ]);
      clock.set('2029-03-01T05:30:00Z');
      const third = await timed();
      await third.daemon.until(/succeeded +minutes/);
      await stop(third.daemon);
      // More than 1.5 million minutes: one by one they would take minutes. How few questions
      // the engine is asked is held by the test under the fake clock.
      expect(third.ms - first.ms).toBeLessThan(10_000);
      expect((await ledger('minutes')).filter((row) => row.includes('catch_up'))).toEqual([
        '00:31:00 catch_up_latest 299',
        '05:31:00 catch_up_window 100000',
        '05:31:00 catch_up_latest 1439',
      ]);
    });
  });
});

describe.skipIf(fakeTimeLibrary === null).concurrent(`a night with a change ${needs}`, () => {
  const night = (name: string, cron: string): string =>
    `${name}: {schedule: "${cron}", timezone: Europe/Berlin, command: "true"}`;

  it('the hour that is left out: the skipped 02:30 runs once, right after the jump', () =>
    inNight(
      // 01:59:56 in Berlin.
      '2026-03-29T00:59:56Z',
      [
        night('fixed', '30 2 * * *'),
        night('quarters', '*/15 * * * *'),
        night('two', '0 2,3 * * *'),
      ],
      async ({ up, ledger }) => {
        const daemon = await up();
        await daemon.until(/succeeded +quarters/);
        await daemon.until(/succeeded +two/);
        await daemon.until(/succeeded +fixed/);
        await stop(daemon);
        for (const job of ['fixed', 'quarters', 'two']) {
          expect([job, await ledger(job)]).toEqual([job, ['01:00:00 schedule']]);
        }
      },
    ));

  it.each([
    [
      'goes forward',
      ['2026-03-29T00:20:00Z', '2026-03-29T01:40:00Z'],
      ['01:00:00 catch-up'],
      // 02:00 to 02:45 do not exist: 01:30 and 01:45 before them, 03:00 to 03:30 after.
      ['00:30:00 catch_up_latest 4', '01:30:00 catch-up'],
    ],
    [
      'goes back',
      ['2026-10-25T00:20:00Z', '2026-10-25T01:40:00Z'],
      ['00:30:00 catch-up'],
      ['00:30:00 catch_up_latest 4', '01:30:00 catch-up'],
    ],
  ] as const)(
    'nobody is there while the clock %s: 02:30 is caught up once',
    (_, [before, after], fixed, quarters) =>
      inNight(
        before,
        [night('fixed', '30 2 * * *'), night('quarters', '*/15 * * * *')],
        async ({ clock, up, ledger }) => {
          await stop(await up());
          clock.set(after);
          const second = await up();
          await second.until(/(succeeded +(fixed|quarters)[\s\S]*){2}/);
          await stop(second);
          expect([await ledger('fixed'), await ledger('quarters')]).toEqual([fixed, quarters]);
        },
      ),
  );

  it('the hour that comes twice: 02:30 runs in its first pass only, also after a restart', () =>
    inNight(
      // 02:29:56 in Berlin, for the first time.
      '2026-10-25T00:29:56Z',
      [night('fixed', '30 2 * * *'), night('quarters', '*/15 * * * *')],
      async ({ clock, up, ledger }) => {
        const first = await up();
        await first.until(/succeeded +fixed/);
        await stop(first);
        clock.set('2026-10-25T01:29:56Z');
        const second = await up();
        await second.until(/01:30:0\d +succeeded +quarters/);
        await stop(second);
        expect(await ledger('fixed')).toEqual(['00:30:00 schedule']);
        expect(await ledger('quarters')).toEqual([
          '00:30:00 schedule',
          '00:45:00 catch_up_latest 2',
          '01:15:00 catch-up',
          '01:30:00 schedule',
        ]);
      },
    ));
});

describe.skipIf(fakeTimeLibrary === null).concurrent(`the manifest changes ${needs}`, () => {
  it('T15, T16: a time of today that has passed is not made up for, edited or added', () =>
    inNight('2026-03-01T10:05:00Z', [noon], async ({ project, up, ledger }) => {
      const daemon = await up();
      await project.save(
        manifestOf([
          noon.replace('0 12', '0 10'),
          noon.replace('noon', 'added').replace('12', '10'),
        ]),
      );
      await daemon.until(/(started +tick[\s\S]*){4}/);
      await daemon.until(/revision 2[\s\S]*(started +tick[\s\S]*){2}/);
      await stop(daemon);
      expect([await ledger('noon'), await ledger('added')]).toEqual([[], []]);
    }));

  it('T12: what waits beyond its start deadline is missed, and does not start later', () =>
    inNight('2026-03-01T11:59:56Z', [], async ({ project, up, ledger }) => {
      const noonInGroup = 'schedule: "0 12 * * *", group: one';
      await project.save(
        `${manifestOf([
          `long: {${noonInGroup}, priority: 10, command: "sleep 3"}`,
          `waits: {${noonInGroup}, start_deadline: 1s, command: "true"}`,
        ])}groups: {one: {max: 1}}\n`,
      );
      const daemon = await up();
      await daemon.until(/succeeded +long[\s\S]*(started +tick[\s\S]*){2}/);
      await stop(daemon);
      expect(await ledger('waits')).toContain('12:00:00 deadline 1');
      expect(daemon.output()).not.toMatch(/started +waits/);
    }));

  it('T17: a delayed start keeps its time across a restart', () =>
    inNight(
      '2026-03-01T11:59:50Z',
      ['spread: {schedule: {cron: "0 12 * * *", jitter: 1h}, command: "true"}'],
      async ({ clock, project, up, ledger }) => {
        const preview = await project.call([
          'preview',
          'spread',
          '--from',
          '2026-03-01T11:59Z',
          '--count',
          '1',
          '--json',
        ]);
        const { occurrences } = preview.json().data as { occurrences: { startTime: string }[] };
        const startTime = Date.parse(occurrences[0]?.startTime ?? '');
        await stop(await up());
        clock.set(startTime - 4_000);
        const daemon = await up();
        await daemon.until(/succeeded +spread/);
        expect(clock.now()).toBeGreaterThanOrEqual(startTime);
        await stop(daemon);
        expect(await ledger('spread')).toEqual(['12:00:00 schedule']);
      },
    ));
});

describe('what the daemon before left in the store', () => {
  /** A daemon that was there and is gone; `edit` changes what it left. */
  const afterDaemon = async (
    jobs: readonly string[],
    body: (project: Project, edit: (change: (store: Store) => void) => void) => Promise<void>,
  ): Promise<void> => {
    const project = await aProject(manifestOf(jobs));
    try {
      const started = (await project.call(['start', '--json'])).json();
      await project.call(['stop']);
      const file = join(dirname(String(started.data['socket'])), 'jm2.db');
      await body(project, (change) => {
        const store = openStore(file, { clock: systemClock, ids: systemIds });
        change(store);
        store.close();
      });
    } finally {
      await project.cleanUp();
    }
  };

  it('T13: other zone data than before, status names the job that runs at another time', () =>
    afterDaemon(
      ['nine: {schedule: "0 9 * * *", timezone: Asia/Tokyo, command: "true"}'],
      async (project, edit) => {
        edit((store) => {
          const tokyo = [[0, 8 * 3_600_000]];
          const rules = { release: '2020a', takenAt: Date.now(), zones: { 'Asia/Tokyo': tokyo } };
          store.setFact('zone_rules', JSON.stringify(rules));
        });
        await project.call(['start']);
        const { stdout } = await project.call(['status']);
        expect(stdout).toMatch(/zone data of Node\.js changed from 2020a to \w+ .*by it nine run/);
        const { jobs } = (await project.call(['list', '--json'])).json().data as {
          jobs: { name: string; nextRun: string }[];
        };
        expect(jobs.find(({ name }) => name === 'nine')?.nextRun).toMatch(/T00:00:00\.000Z$/);
      },
    ));

  it('T19: a job whose engine failed is invalid, visibly, until another engine tries it', () =>
    afterDaemon(['bad: {schedule: "0 9 * * *", command: "true"}'], async (project, edit) => {
      const stateOf = async (job: string): Promise<string | undefined> => {
        const { data } = (await project.call(['list', '--json'])).json();
        const { jobs } = data as { jobs: { name: string; state: string }[] };
        return jobs.find(({ name }) => name === job)?.state;
      };
      edit((store) => store.setFault(store.findJob('bad')?.uid ?? '', 'the engine went back'));
      await project.call(['start']);
      expect(await stateOf('bad')).toBe('invalid');
      expect(['scheduled', 'running']).toContain(await stateOf('tick'));
      expect((await project.call(['status'])).stdout).toMatch(
        /degraded[\s\S]*not scheduled: bad\./,
      );
      expect((await project.call(['show', 'bad'])).stdout).toContain('the engine went back');
      await project.call(['stop']);
      edit((store) => store.setFact('engine', 'jm2 of before'));
      await project.call(['start']);
      expect(await stateOf('bad')).toBe('scheduled');
    }));
});
