import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveHashes } from '../../../src/core/schedule/hashed-fields.ts';
import { parseCron } from '../../../src/core/schedule/parse-cron.ts';
import { loadManifest } from '../../../src/core/manifest/load-manifest.ts';
import type { CronSchedule } from '../../../src/core/schedule/schedule.ts';
import { sha256 } from '../../../src/system/digest.ts';

const jobsOf = (text: string): Map<string, string[]> => {
  const { manifest, diagnostics } = loadManifest(text, { file: 'jobs.yaml', digest: sha256 });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return new Map(
    manifest?.jobs.map(({ name, schedules }) => [
      name,
      schedules.map((schedule) => (schedule as CronSchedule).expression),
    ]),
  );
};

describe('H', () => {
  it('is a number of its field, the same for the same name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (name) => {
        const text = resolveHashes('H H H H H', name);
        const [minute, hour, day, month, weekday] = text.split(' ').map(Number);
        expect(minute).toBeLessThan(60);
        expect(hour).toBeLessThan(24);
        // A day that every month has.
        expect(day).toBeGreaterThan(0);
        expect(day).toBeLessThan(29);
        expect(month).toBeGreaterThan(0);
        expect(month).toBeLessThan(13);
        expect(weekday).toBeLessThan(7);
        expect(resolveHashes('H H H H H', name)).toBe(text);
        expect(parseCron(text).ok || text).toBe(true);
      }),
      { seed: 7 },
    );
  });

  it.each([
    ['H(10-20) * * * *', /^(1\d|20) \* \* \* \*$/],
    ['H/15 * * * *', /^(\d|1[0-4])-59\/15 \* \* \* \*$/],
    ['H(8-18)/5 * * * *', /^(8|9|1[0-2])-18\/5 \* \* \* \*$/],
    ['5,H 3 * * *', /^5,\d+ 3 \* \* \*$/],
    ['H 3 * * * *', /^\d+ 3 \* \* \* \*$/],
  ])('%s stands for numbers within its bounds', (expression, pattern) => {
    for (const name of ['a', 'backup', 'x-9']) {
      const text = resolveHashes(expression, name);
      expect(text).toMatch(pattern);
      expect(parseCron(text).ok || text).toBe(true);
    }
  });

  it('spreads many jobs evenly', () => {
    const perMinute = new Map<string, number>();
    for (let job = 0; job < 6_000; job += 1) {
      const [minute = ''] = resolveHashes('H * * * *', `job-${job}`).split(' ');
      perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
    }
    expect(perMinute.size).toBe(60);
    expect(Math.max(...perMinute.values())).toBeLessThan(140);
    expect(Math.min(...perMinute.values())).toBeGreaterThan(65);
  });

  it.each(['H(20-10) * * * *', 'H(0-70) * * * *', 'H/0 * * * *', 'H- * * * *', 'h * * * *'])(
    '%s is refused',
    (expression) => {
      expect(parseCron(resolveHashes(expression, 'a')).ok).toBe(false);
    },
  );

  it('in a named schedule is made from the job that uses it', () => {
    const jobs = jobsOf(`version: 1
schedules: {somewhen: "H H * * *"}
jobs:
  a: {schedule: "@somewhen", command: x}
  b: {schedule: "@somewhen", command: x}
  c: {schedule: "H H * * *", command: x}
  d: {schedule: {cron: "H H * * *"}, command: x}
`);
    for (const [name, [expression]] of jobs) {
      expect(expression).toBe(resolveHashes('H H * * *', name));
    }
    expect(new Set([...jobs.values()].map(([expression]) => expression)).size).toBe(4);
  });
});
