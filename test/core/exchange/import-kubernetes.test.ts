import { describe, expect, it } from 'vitest';
import { importKubernetes } from '../../../src/core/exchange/import-kubernetes.ts';
import type { Imported } from '../../../src/core/exchange/imported.ts';
import { readersByZone } from '../../../src/core/exchange/local-minute.ts';
import { proveTimes } from '../../../src/core/exchange/prove-times.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { parseSchedules } from '../../../src/core/schedule/parse-schedule.ts';

const options = { zone: 'UTC', manifestZone: 'UTC' };
const read = (text: string): Imported => importKubernetes(text, options);
const cronJob = (schedule: string, more = '', container = ''): string => `apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: ${JSON.stringify(schedule)}
${more}
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: main
              image: shop:1
              command: [./report]
${container}
`;
const fieldsOf = (text: string): unknown => read(text).jobs[0]?.fields;
const remarksOf = (text: string): string[] => read(text).remarks.map((remark) => remark.text);

const schedules = [
  '0 3 * * *',
  '*/5 * * * *',
  '0 */2 * * *',
  '15,45 * * * *',
  '0 9-17 * * 1-5',
  '*/10 8-18/2 * * MON-FRI',
  '30 4 1 * *',
  '30 4 1,15 * *',
  '0 0 1 1 *',
  '5 4 * * sun',
  '0 0 29 2 *',
  '0 0 31 * *',
  '0 22 * * 1-5',
  '23 0-20/2 * * *',
  '0 0 1 * 1',
  '0 0 */2 * 1',
  '0 0 1 * */2',
  '0 0 1-7 * 6',
  '1 0 1-31 jan,jul *',
  '0 0 1-7,15-21 3 *',
  '5/15 * * * *',
  '0 6/6 * * *',
  '0 0 10/10 * *',
  '0 0 ? * 1',
  '0 0 1 * ?',
  '? ? * * *',
  '*/1 * * * *',
  '0 0 */1 * 1',
  '0 0 1 */3 *',
  '0 0 * feb-apr wed',
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
  '0-10/5,30 1 * * *',
  '59 23 31 12 *',
  '0 12 * * 0-6/3',
  '30 2 * * *',
  '0 0 *,5 * 1',
  '0 0 5,*/10 * 2',
];

describe('the schedule of a CronJob', () => {
  it(`is the same for a year, for ${schedules.length} of them`, () => {
    const after = Date.parse('2027-01-01T00:00:00Z');
    const readerOf = readersByZone();
    for (const [at, schedule] of schedules.entries()) {
      const zone = at % 2 === 0 ? 'UTC' : 'America/New_York';
      const [job] = read(cronJob(schedule, `  timeZone: ${zone}`)).jobs;
      const parsed = parseSchedules(job?.fields['schedule'], {
        timezone: 'UTC',
        named: {},
        seed: 'job',
      });
      expect(parsed.problems).toEqual([]);
      if (typeof job?.fits !== 'function') throw new Error(`${schedule}: not told`);
      const proof = proveTimes({
        fits: job.fits,
        read: readerOf(zone),
        compiled: compileSchedule(parsed.schedules, 'report'),
        after,
        until: after + 366 * 86_400_000,
        startsMax: 2_000,
      });
      expect(proof, schedule).toMatchObject({ agrees: true });
    }
  });

  it.each([
    ['5/15 * * * *', '5-59/15 * * * *'],
    // A star with a step is a list: one of both day fields is enough.
    ['0 0 */2 * 1', '0 0 1-31/2 * 1'],
    ['0 0 ? * 1', '0 0 * * 1'],
    ['@daily', '0 0 * * *'],
    ['@every 90m', 'every 90m'],
  ])('%s becomes %s', (schedule, written) => {
    expect(fieldsOf(cronJob(schedule))).toMatchObject({ schedule: written });
  });

  it.each([
    ['0 0 * * 7', 'report: the day of week "7" has a 7'],
    ['0 0 * *', 'report: "0 0 * *" is not a schedule of five fields'],
    ['61 * * * *', 'report: the minute "61" is not one that cron takes'],
  ])('%s is left out', (schedule, remark) => {
    expect(read(cronJob(schedule))).toEqual({
      jobs: [],
      remarks: [{ kind: 'dropped', line: 1, text: remark }],
    });
  });
});

describe('a CronJob', () => {
  it('keeps its policies, deadlines and retries', () => {
    const more = `  timeZone: Asia/Tokyo
  suspend: true
  startingDeadlineSeconds: 600
  successfulJobsHistoryLimit: 20
  failedJobsHistoryLimit: 5`;
    const text = cronJob('0 3 * * *', more).replace(
      'backoffLimit: 0',
      'backoffLimit: 2\n      activeDeadlineSeconds: 90',
    );
    expect(fieldsOf(text)).toEqual({
      schedule: { cron: '0 3 * * *', timezone: 'Asia/Tokyo' },
      command: ['./report'],
      concurrency: 'allow',
      catch_up: { policy: 'latest', window: '600s' },
      retry: { limit: 2, delay: '10s', backoff: 'exponential', max_delay: '6m' },
      timeout: '90s',
      retention: { runs: 25 },
      suspend: true,
    });
  });

  it('with fewer kept runs than there can be here keeps the least, and says so', () => {
    const imported = read(cronJob('0 3 * * *', '  successfulJobsHistoryLimit: 3'));
    expect(imported.jobs[0]?.fields['retention']).toEqual({ runs: 10 });
    const text =
      'report: the last 10 runs are kept, however they ended, which is the least here (3 there)';
    expect(imported.remarks).toContainEqual({ kind: 'changed', line: 1, text });
  });

  it.each([
    ['Forbid', undefined],
    ['Replace', 'replace'],
    ['Allow', 'allow'],
  ])('with the policy %s has concurrency %s', (policy, concurrency) => {
    const fields = fieldsOf(cronJob('0 3 * * *', `  concurrencyPolicy: ${policy}`));
    expect((fields as Record<string, unknown>)['concurrency']).toBe(concurrency);
  });

  it('keeps command, arguments and variables, and says where secrets were', () => {
    const container = `              args: ["--day", "$(DAY)", "$$(DAY)", "$(KEY)"]
              workingDir: /srv
              env:
                - {name: DAY, value: "5"}
                - {name: KEY, valueFrom: {secretKeyRef: {name: shop, key: api}}}
                - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
              resources: {limits: {cpu: 1}}`;
    const text = cronJob('0 3 * * *', '', container);
    expect(fieldsOf(text)).toMatchObject({
      command: ['./report', '--day', '5', '$(DAY)', '$(KEY)'],
      cwd: '/srv',
      env: { DAY: '5', KEY: { from: 'env', key: 'KEY' } },
    });
    expect(remarksOf(text)).toEqual([
      "report: `env.KEY` came from the secret shop, key api; now the daemon's variable KEY gives it",
      'report: `env.POD` comes from fieldRef, which only a cluster has',
      'report: the image shop:1: its command runs on this host',
      'report: $(KEY) stays in the command; a shell would write "$KEY"',
      'report: resources: nothing here stands for it',
    ]);
  });

  it('with a shell has a line for it', () => {
    const text = cronJob('0 3 * * *').replace('[./report]', '[/bin/sh, -c, "a | b"]');
    expect(fieldsOf(text)).toMatchObject({ command: 'a | b' });
  });

  it('without a command is left out, as its image alone knows it', () => {
    const text = cronJob('0 3 * * *').replace('command: [./report]', 'args: [x]');
    expect(read(text)).toMatchObject({
      jobs: [],
      remarks: [{ text: 'report: what it runs stands in its image (shop:1) and not here' }],
    });
  });
});

it('takes several documents, lists and JSON, and only CronJobs', () => {
  const item = JSON.stringify({
    kind: 'CronJob',
    metadata: { name: 'b' },
    spec: {
      schedule: '@daily',
      jobTemplate: { spec: { template: { spec: { containers: [{ command: ['b'] }] } } } },
    },
  });
  const text = `${cronJob('0 3 * * *')}---\nkind: Service\nmetadata: {name: web}\n---\n{"kind": "List", "items": [${item}]}\n---\n{ [\n`;
  const { jobs, remarks } = read(text);
  expect(jobs.map(({ name, line }) => [name, line])).toEqual([
    ['report', 1],
    ['b', 22],
  ]);
  expect(remarks.map(({ text: remark }) => remark)).toEqual(
    expect.arrayContaining([
      'web: only CronJobs have times, this is a Service',
      expect.stringContaining('this is no YAML') as string,
    ]),
  );
});

describe('a CronJob that is written in an unusual way', () => {
  it('has a name though it gives none, and loses what it has of more', () => {
    const text = cronJob('@every 90m', '  timeZone: Asia/Tokyo')
      .replace('{name: report}', '{generateName: Nightly-}')
      .replace(
        '              command: [./report]',
        `              command: [./report, 5, {a: 1}, null]
            - {name: side, command: [x]}`,
      );
    expect(read(text).jobs).toMatchObject([
      {
        name: 'nightly-',
        fields: { schedule: 'every 90m', command: ['./report', '5', '{"a":1}', ''] },
      },
    ]);
    expect(remarksOf(text)).toContain('Nightly-: only its first container is carried over');
    expect(read(cronJob('@daily').replace('{name: report}', '{}')).jobs[0]?.name).toBe('job');
  });

  it('takes variables from a config map as from a secret, and keeps what is none', () => {
    const container = `              args: ["$(KEY)", "$(NONE)"]
              env:
                - {name: KEY, valueFrom: {configMapKeyRef: {name: shop, key: api}}}`;
    const text = cronJob('@daily', '', container);
    expect(fieldsOf(text)).toMatchObject({ command: ['./report', '$(KEY)', '$(NONE)'] });
    expect(remarksOf(text)).toContain(
      "report: `env.KEY` came from the config map shop, key api; now the daemon's variable KEY gives it",
    );
    expect(remarksOf(text)).not.toContain(
      'report: $(NONE) stays in the command; a shell would write "$NONE"',
    );
  });

  it.each([
    ['no container at all', 'kind: CronJob\nmetadata: {name: a}\nspec: {schedule: "@daily"}'],
    [
      'a container that says nothing',
      cronJob('@daily')
        .replace(/containers:[\s\S]*/, 'containers: [{}]')
        .replace('report}', 'a}'),
    ],
  ])('with %s is left out', (_, text) => {
    expect(read(text)).toMatchObject({
      jobs: [],
      remarks: [{ text: 'a: what it runs stands in its image (none) and not here' }],
    });
  });

  it('in a text with nothing else is nothing', () => {
    expect([read(''), read('# only this\n'), read('---\n---\n')]).toEqual(
      Array.from({ length: 3 }, () => ({ jobs: [], remarks: [] })),
    );
  });
});
