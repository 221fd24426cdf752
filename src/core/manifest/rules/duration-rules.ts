// Reads the durations outside of schedules, each text once.
import { parseDuration } from '../../schedule/parse-duration.ts';
import { badDuration } from '../bad-duration.ts';
import type { WrittenDefaults } from '../generated/written-manifest.ts';
import { segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import type { SoundManifest } from './sound-parts.ts';

function durationsOf(
  fields: Partial<WrittenDefaults>,
): readonly (readonly [string, string | undefined])[] {
  const { kill, limits, retry, catch_up: catchUp } = fields;
  return [
    ['/timeout', fields.timeout],
    ['/start_deadline', fields.start_deadline],
    ['/kill/grace', kill?.grace],
    ['/limits/cpu_time', limits?.cpu_time],
    ['/retry/delay', typeof retry === 'object' ? retry.delay : undefined],
    ['/retry/max_delay', typeof retry === 'object' ? retry.max_delay : undefined],
    ['/catch_up/window', typeof catchUp === 'object' ? catchUp.window : undefined],
  ];
}

/** Milliseconds by text. */
export type Durations = ReadonlyMap<string, number>;

export function checkDurations(manifest: SoundManifest, reporter: Reporter): Durations {
  const known = new Map<string, number>();
  const checkOne = (pointer: string, text: string | undefined): void => {
    if (text === undefined || known.has(text)) return;
    const parsed = parseDuration(text);
    if (parsed.ok) known.set(text, parsed.ms);
    else reporter.report(badDuration(pointer, text));
  };
  const check = (fields: Partial<WrittenDefaults>, pointer: string): void => {
    for (const [path, text] of durationsOf(fields)) checkOne(pointer + path, text);
  };
  check(manifest.defaults, '/defaults');
  checkOne('/retention/age', manifest.retention.age);
  for (const { name, job } of manifest.jobs) {
    check(job, `/jobs${segment(name)}`);
    checkOne(`/jobs${segment(name)}/retention/age`, job.retention?.age);
  }
  return known;
}
