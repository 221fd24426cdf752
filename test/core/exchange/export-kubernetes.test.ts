// Jobs as CronJobs, and back again.
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { exportKubernetes } from '../../../src/core/exchange/export-kubernetes.ts';
import type { Exported } from '../../../src/core/exchange/exported.ts';
import { importKubernetes } from '../../../src/core/exchange/import-kubernetes.ts';
import type { Job } from '../../../src/core/manifest/job.ts';
import { loadManifest } from '../../../src/core/manifest/load-manifest.ts';
import { sha256 } from '../../../src/system/digest.ts';

const now = Date.parse('2027-01-01T00:00:00Z');

function jobOf(job: string, name = 'a'): Job {
  const text = `version: 1\njobs:\n  ${name}: ${job}\n`;
  const { manifest, diagnostics } = loadManifest(text, { file: '', digest: sha256 });
  const [found] = manifest?.jobs ?? [];
  if (found === undefined) throw new Error(JSON.stringify(diagnostics));
  return found;
}
const exported = (job: string, name?: string): Exported =>
  exportKubernetes([jobOf(job, name)], { image: 'jobs:1', namespace: null, now });
const schedulesOf = (schedule: string): unknown[] =>
  parseAllDocuments(exported(`{schedule: ${schedule}, command: x, cwd: /}`).text).flatMap(
    (document) => {
      const value = document.toJS() as { spec: Record<string, unknown> } | null;
      return value === null
        ? []
        : [`${String(value.spec['schedule'])} ${String(value.spec['timeZone'])}`];
    },
  );
const remarksOf = (job: string, name?: string): string[] =>
  exported(job, name).remarks.map(({ text }) => text);

describe('a schedule of a CronJob', () => {
  it.each([
    ['"30 9 * * 1-5"', ['30 9 * * 1-5 UTC']],
    ['{cron: "0 3 * * *", timezone: Europe/Berlin}', ['0 3 * * * Europe/Berlin']],
    ['every 15m', ['*/15 * * * * UTC']],
    // Both take a day that fits either of the fields.
    ['"0 0 */2 * 1"', ['0 0 */2 * 1 UTC']],
    ['["0 3 * * *", "0 4 * * 7"]', ['0 3 * * * UTC', '0 4 * * 0 UTC']],
    ['"0 0 13 * +5"', []],
    ['"*/20 * * * * *"', []],
    ['"0 0 L * *"', []],
    ['every 90m', []],
    ['at 2030-01-01T00:00', []],
  ])('%s is %j', (schedule, expected) => {
    expect(schedulesOf(schedule)).toEqual(expected);
  });
});

describe('a job as a CronJob', () => {
  it('comes back from an import with its times, policies, command and variables', () => {
    const job = `{schedule: {cron: "0 3 * * *", timezone: Asia/Tokyo}, command: "echo $(date) $A",
      cwd: /srv, env: {A: "x $(B)", K: {from: env, key: K}}, concurrency: replace, timeout: 90s,
      retry: {limit: 2, delay: 10s, backoff: exponential, max_delay: 6m}, kill: {grace: 20s},
      catch_up: {policy: latest, window: 2h}, suspend: true}`;
    const { jobs } = importKubernetes(exported(job).text, { zone: 'UTC', manifestZone: 'UTC' });
    const again = jobOf(JSON.stringify(jobs[0]?.fields));
    const without = (found: Job): unknown => ({ ...found, schedules: [] });
    expect(without(again)).toEqual(without(jobOf(job)));
    expect(jobs[0]?.fields['schedule']).toEqual({ cron: '0 3 * * *', timezone: 'Asia/Tokyo' });
  });

  it('says what is lost, and what is not the same', () => {
    const job =
      '{schedule: ["@daily", every 7m], command: x, concurrency: queue, retry: 1, timeout: 5m, nice: 5, env: {F: {from: file, path: f}, K: {from: env, key: K}}}';
    expect(remarksOf(job, 'a_b')).toEqual([
      'no CronJob has the times of `every 7m`',
      "it begins in the image's directory and not in that of the manifest",
      'its timeout bounds all attempts together',
      '`env.F` comes from the file f',
      '`env.K` comes from the key K of a secret "a-b"',
      'a CronJob has no `nice`',
      'a cluster does not take its name; it is "a-b"',
      'a start that would wait in the queue is skipped',
      expect.stringContaining('everything runs in the image jobs:1') as string,
    ]);
    expect(remarksOf('{command: x}')).toEqual(['it has no schedule, and a CronJob needs one']);
  });
});

it('has namespace, description, argument vector and deadlines of its job', () => {
  const job = jobOf('{schedule: "@daily", command: [a, b], description: At night, catch_up: none}');
  const { text } = exportKubernetes([job], { image: 'i', namespace: 'shop', now });
  const [document] = parseAllDocuments(text);
  expect(document?.toJS()).toMatchObject({
    metadata: {
      name: 'a',
      namespace: 'shop',
      annotations: { 'kubernetes.io/description': 'At night' },
    },
    spec: {
      startingDeadlineSeconds: 60,
      jobTemplate: { spec: { template: { spec: { containers: [{ command: ['a', 'b'] }] } } } },
    },
  });
});

it('makes up for one of several missed starts, and is left out within bounds', () => {
  expect(remarksOf('{schedule: "@daily", command: x, cwd: /, catch_up: all}')[0]).toBe(
    'of several missed starts, one is made up for',
  );
  expect(exported('{schedule: {cron: "0 3 * * *", from: "2030-01-01"}, command: x}').text).toBe('');
});
