// Explanations out of a real store that a real scheduler filled: they must say
// what history says, also of jobs that were renamed, changed or removed.
import { describe, expect, it } from 'vitest';
import { createQueries } from '../../src/daemon/queries.ts';
import { createWhy } from '../../src/daemon/why.ts';
import type { ExplanationView, WhyQuery, WhyView } from '../../src/api/service.ts';
import type { Attendance } from '../../src/core/why/facts.ts';
import {
  aJob,
  aScheduler,
  cron,
  every,
  hour,
  minute,
  second,
  type Harness,
} from '../scheduler/harness.ts';
import { failsAtOnce, runsFor } from '../support/fake-dispatcher.ts';
import { seeded } from '../support/a-schedule.ts';

function ask(h: Harness, query: WhyQuery, attendance: Attendance = { kind: 'admitting' }): WhyView {
  const now = (): number => h.clock.now();
  const why = createWhy({ store: h.store, now, attendance: () => attendance, remarks: () => [] });
  return why(query);
}

const verdicts = (view: WhyView): string[] =>
  view.explanations.map(({ verdict, local, reason }) =>
    [local?.slice(11, 16) ?? '-', verdict, reason].filter((part) => part !== null).join(' '),
  );
const answers = (view: WhyView): string[] => view.explanations.map(({ answer }) => answer);

describe('why', () => {
  it('agrees with history about every occurrence of a busy week', async () => {
    const random = seeded(20260301);
    const jobs = [
      aJob('steady', every(10 * minute), { concurrency: 'forbid' }),
      aJob('queued', every(7 * minute), { concurrency: 'queue' }),
      aJob('swapped', every(20 * minute), { concurrency: 'replace' }),
      aJob('daily', cron('30 2 * * *', 'Europe/Berlin'), {
        catchUp: { policy: 'all', windowMs: 6 * hour, limit: 3 },
      }),
    ];
    const h = await aScheduler('2026-03-27T12:00:10Z', jobs, { max: 3 });
    h.dispatcher.behave = () =>
      random() < 0.2 ? failsAtOnce() : runsFor(Math.floor(random() * 40) * minute);
    for (let step = 0; step < 35; step += 1) {
      const roll = random();
      if (roll < 0.6) h.clock.advance(Math.floor(random() * 3 * hour));
      else if (roll < 0.7) h.clock.freeze(Math.floor(random() * 5 * hour));
      else if (roll < 0.8) await h.restart({ downSince: h.clock.now() });
      else if (roll < 0.9) h.reload(jobs.map((job) => ({ ...job, suspend: random() < 0.4 })));
      else h.reload(random() < 0.5 ? jobs.slice(0, 3) : jobs);
    }
    h.clock.advance(minute);
    const rows = h.store.outcomes({ limit: 10_000 });
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) {
      const time = new Date(row.nominalTime).toISOString();
      const found = ask(h, { job: row.job, time }).explanations;
      const one = found.find(({ nominalTime }) => nominalTime === time);
      const run = row.runId === null ? null : h.store.run(row.runId);
      expect([row.job, time, one?.verdict, one?.reason, one?.count]).toEqual([
        row.job,
        time,
        run === null ? row.disposition : run.state,
        row.reason,
        row.count,
      ]);
      expect(found).toHaveLength(1);
    }
  });

  it('explains a row that stands for many by one of them, and the run that stood for all', async () => {
    const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(minute))]);
    const downSince = h.clock.now();
    await h.scheduler.detach();
    h.clock.advance(4 * hour);
    await h.restart({ downSince });
    const [one] = ask(h, { job: 'a', time: '2026-03-01T10:00Z' }).explanations;
    expect(one).toMatchObject({ verdict: 'missed', reason: 'catch_up_latest', count: 239 });
    expect(one?.answer).toMatch(
      /^Missed, one of 239 from 2026-03-01 08:01 UTC to 2026-03-01 11:59 UTC: the scheduler was not running from 2026-03-01 08:00:10 UTC to 2026-03-01 12:00:10 UTC, .* only the newest, run \w+\.$/,
    );
    expect(verdicts(ask(h, { job: 'a', time: '2026-03-01T10:00:30Z' }))).toEqual([
      '10:00 never_due',
    ]);
  });

  it('knows a job by its former name, and another one that had the name before', async () => {
    const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(hour))]);
    h.clock.advance(hour);
    h.reload([]);
    h.clock.advance(hour);
    h.reload([aJob('a', every(hour))]);
    h.clock.advance(2 * hour);
    expect(verdicts(ask(h, { job: 'a', time: '2026-03-01T09:00Z' }))).toEqual(['09:00 succeeded']);
    expect(verdicts(ask(h, { job: 'a', time: '2026-03-01T10:00Z' }))).toEqual([
      '10:00 before_the_job',
    ]);
    expect(verdicts(ask(h, { job: 'a', time: '2026-03-01T12:00Z' }))).toEqual(['12:00 succeeded']);
  });

  it('speaks of whichever job had the name then, and of both when the time covers both', async () => {
    const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(hour))]);
    h.clock.advance(hour);
    h.reload([]);
    h.clock.advance(hour);
    h.reload([aJob('a', cron('30 * * * *'))]);
    h.clock.advance(hour);
    const view = ask(h, { job: 'a', time: '2026-03-01' });
    expect(verdicts(view)).toEqual([
      '09:00 succeeded',
      '10:30 succeeded',
      '11:30 will_run',
      '12:30 will_run',
    ]);
    expect(view.explanations.map(({ namesake }) => namesake)).toEqual([
      { name: 'a', since: 1, until: 2, current: false },
      ...Array.from({ length: 3 }, () => ({ name: 'a', since: 3, until: null, current: true })),
    ]);
    expect([view.more, view.toCome]).toEqual([0, 11]);
    expect(verdicts(ask(h, { job: 'a', time: '2026-03-01T09:00Z' }))).toEqual(['09:00 succeeded']);
  });

  it('judges a time by the schedule that was in force then', async () => {
    const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', cron('0 9 * * *'))]);
    h.clock.advance(2 * hour);
    h.reload([aJob('a', cron('30 11 * * *'))]);
    h.clock.advance(2 * hour);
    expect(verdicts(ask(h, { job: 'a', time: '2026-03-01T09:00Z' }))).toEqual(['09:00 succeeded']);
    const [past] = ask(h, { job: 'a', time: '2026-03-01T09:30Z' }).explanations;
    expect(past?.answer).toContain('not in the schedule "0 9 * * *"');
    expect(verdicts(ask(h, { job: 'a', time: '2026-03-01' }))).toEqual([
      '09:00 succeeded',
      '11:30 succeeded',
    ]);
  });

  it('explains both passes of a time that came twice, and the stand-in for one that never came', async () => {
    const zone = 'Europe/Berlin';
    const h = await aScheduler('2026-10-24T22:00:10Z', [
      aJob('often', cron('*/30 * * * *', zone)),
      aJob('once', cron('30 2 * * *', zone)),
    ]);
    h.clock.advance(6 * hour);
    const twice = ask(h, { job: 'often', time: '2026-10-25T02:30' });
    expect([verdicts(twice), twice.remark]).toEqual([
      ['02:30 succeeded', '02:30 succeeded'],
      expect.stringContaining('came twice'),
    ]);
    expect(verdicts(ask(h, { job: 'once', time: '2026-10-25T02:30' }))).toEqual([
      '02:30 succeeded',
      '02:30 never_due',
    ]);
    const gap = ask(h, { job: 'once', time: '2027-03-28T02:30' });
    expect([verdicts(gap), gap.remark]).toEqual([
      ['03:00 will_run'],
      expect.stringContaining('did not exist'),
    ]);
    expect(gap.explanations[0]?.evidence[0]?.text).toContain('stands for local times');
    expect(answers(ask(h, { job: 'often', time: '2027-03-28T02:10' }))[0]).toMatch(
      /^Never due: 2027-03-28 02:10 is not in .* nearest are .* 03:00 \+02:00 and/,
    );
  });

  it('says what was replaced by what, and what waits behind what', async () => {
    const h = await aScheduler('2026-03-01T08:00:10Z', [
      aJob('swap', every(hour), { concurrency: 'replace' }),
      aJob('wait', every(hour), { concurrency: 'queue' }),
    ]);
    h.dispatcher.behave = () => runsFor(90 * minute);
    h.clock.advance(2 * hour + minute);
    const [replaced] = ask(h, { job: 'swap', time: '2026-03-01T09:00Z' }).explanations;
    const newer = h.runsOf('swap')[1]?.id ?? '';
    expect(replaced?.answer).toContain(`was replaced by run ${newer}`);
    const first = h.runsOf('wait')[0]?.id ?? '';
    expect(answers(ask(h, { job: 'wait' }))[0]).toContain(
      `waits for run ${first} of the job to end`,
    );
    h.clock.advance(2 * hour);
    const [late] = ask(h, { job: 'wait', time: '2026-03-01T10:00Z' }).explanations;
    expect(late?.answer).toContain(
      `30m late because it waited for run ${first} of the job, which ended at`,
    );
  });

  it('without a time: the last settled one, what runs by hand, and the next one', async () => {
    const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(hour))]);
    h.clock.advance(hour);
    h.dispatcher.behave = () => runsFor(hour);
    h.scheduler.runNow({ job: 'a', requestedBy: 'cli (bob)', force: false });
    h.clock.advance(second);
    expect(verdicts(ask(h, { job: 'a' }))).toEqual([
      '09:00 succeeded',
      '- running',
      '10:00 will_run',
    ]);
    const dead: Attendance = { kind: 'down', since: h.clock.now() };
    expect(verdicts(ask(h, { job: 'a' }, dead)).at(-1)).toBe('10:00 will_not_run');
  });

  it('says that a record was pruned instead of guessing', async () => {
    const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(hour))]);
    h.clock.advance(30 * hour);
    h.store.prune({ perJob: 10, olderThan: 0, keepLast: 1, limit: 100 });
    expect(verdicts(ask(h, { job: 'a', time: '2026-03-01T09:00Z' }))).toEqual(['09:00 pruned']);
    expect(verdicts(ask(h, { job: 'a', time: '2026-03-02T13:00Z' }))).toEqual(['13:00 succeeded']);
  });

  it('explains one run by its id, with the person who canceled it', async () => {
    const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', null)]);
    h.dispatcher.behave = () => runsFor(hour);
    const { id } = h.scheduler.runNow({ job: 'a', requestedBy: 'cli (bob)', force: false });
    h.clock.advance(second);
    h.scheduler.cancel(id, 'cli (eve)');
    h.store.audit({
      at: h.clock.now(),
      actor: 'cli (eve)',
      action: 'run.canceled',
      target: id,
      detail: null,
    });
    h.clock.advance(minute);
    const view = ask(h, { run: id });
    expect([view.job, verdicts(view)]).toEqual(['a', ['- canceled']]);
    expect(answers(view)[0]).toContain('was started by hand by cli (bob)');
    expect(answers(view)[0]).toContain('was canceled by cli (eve)');
  });

  it('shows few of many and counts the others', async () => {
    const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(minute))]);
    h.clock.advance(hour);
    const view = ask(h, { job: 'a', time: '2026-03-01' });
    expect([view.explanations.length, view.more, view.toCome]).toEqual([3, 57, 899]);
  });

  it.each([
    [{ job: 'nobody' }, 'JM2-R101'],
    [{ job: 'nobody', time: 'today' }, 'JM2-R101'],
    [{ job: 'a', time: 'soon' }, 'JM2-D107'],
    [{ run: 'no-such-run' }, 'JM2-R102'],
    [{}, 'JM2-D107'],
  ])('refuses %j with %s', async (query, code) => {
    const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(minute))]);
    expect(() => ask(h, query)).toThrowError(expect.objectContaining({ code }));
  });
});

const historyOf = (h: Harness) =>
  createQueries({
    store: h.store,
    runsDir: '/nowhere',
    redactionOf: () => Promise.resolve({ redaction: null, unreadable: [], replaced: [] }),
    now: () => h.clock.now(),
    nextStart: () => null,
    pauseOutlook: () => null,
  }).history;

/** Two jobs that swap their names, as an apply of `renamed_from` records it. */
function swapNames(h: Harness, one: string, other: string): void {
  const latest = h.store.latestRevision();
  const records = h.store.jobs().filter(({ name }) => name === one || name === other);
  h.store.applyRevision({
    ...(latest as NonNullable<typeof latest>),
    expectedRevision: latest?.number ?? 0,
    appliedAt: h.clock.now(),
    limits: { concurrencyMax: 64, queueLimit: 200, groups: {} },
    writes: records.map(({ uid, job, digest, name }) => ({
      kind: 'update',
      uid,
      job: { ...job, name: name === one ? other : one },
      digest: `${digest}+${name}`,
      watermark: null,
      aliases: [name],
    })),
  });
  h.scheduler.load(h.store.jobs(), { concurrencyMax: 64, queueLimit: 200, groups: {} });
}

it('after a swap of names, why and history of a name are of both jobs, each in its time', async () => {
  const jobs = [aJob('a', every(hour)), aJob('b', cron('30 * * * *'))];
  const h = await aScheduler('2026-03-01T08:00:10Z', jobs);
  h.clock.advance(2 * hour);
  swapNames(h, 'a', 'b');
  h.clock.advance(hour);
  const times = (time: string): string[] => verdicts(ask(h, { job: 'a', time }));
  expect(times('2026-03-01T10:00Z')).toEqual(['10:00 succeeded']);
  expect(times('2026-03-01T10:30Z')).toEqual(['10:30 succeeded']);
  expect(times('2026-03-01T11:00Z')).toEqual(['11:00 never_due']);
  const { runs } = await historyOf(h)({ job: 'a', namesakes: true, limit: 20 });
  expect(
    runs.map(({ job, nominalTime, namesake }) =>
      [nominalTime?.slice(11, 16), job, namesake?.name, namesake?.since, namesake?.until].join(' '),
    ),
  ).toEqual(['10:30 a a 2 ', '10:00 a b 1 2', '09:30 b a 2 ', '09:00 a b 1 2', '08:30 b a 2 ']);
});

it('history of a name is that of all jobs that had it, what was skipped included', async () => {
  const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(hour))]);
  h.dispatcher.behave = () => runsFor(90 * minute);
  h.clock.advance(3 * hour);
  h.reload([]);
  h.clock.advance(hour);
  h.reload([aJob('a', cron('30 * * * *'))]);
  h.clock.advance(2 * hour);
  const { runs, outcomes } = await historyOf(h)({
    job: 'a',
    namesakes: true,
    all: true,
    limit: 20,
  });
  const told = [...runs, ...outcomes].map(({ nominalTime, namesake }) =>
    [nominalTime?.slice(11, 16), namesake?.since, namesake?.until].join(' '),
  );
  expect(told).toEqual(['12:30 3 ', '11:00 1 2', '09:00 1 2', '13:30 3 ', '10:00 1 2']);
  const alone = await historyOf(h)({ job: 'a', all: true, limit: 20 });
  expect(alone.runs.map(({ namesake }) => namesake)).toEqual([undefined]);
});

it('history --all tells the very outcomes that why explains', async () => {
  const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(minute))]);
  h.dispatcher.behave = () => runsFor(150 * second);
  h.clock.advance(10 * minute);
  const { outcomes } = await historyOf(h)({ job: 'a', all: true, limit: 100 });
  expect(outcomes.length).toBeGreaterThan(4);
  for (const outcome of outcomes) {
    const found: readonly ExplanationView[] = ask(h, {
      job: 'a',
      time: outcome.nominalTime,
    }).explanations;
    expect(found).toMatchObject([
      { verdict: outcome.disposition, reason: outcome.reason, count: outcome.count },
    ]);
  }
});
