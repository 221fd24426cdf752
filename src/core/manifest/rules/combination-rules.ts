// Rules between the fields of one job: what contradicts, what has no effect,
// what lets runs pile up.
import { formatDuration } from '../../schedule/parse-duration.ts';
import type { Schedule } from '../../schedule/schedule.ts';
import type { WrittenDefaults, WrittenJob } from '../generated/written-manifest.ts';
import { exitCodeRange } from '../exit-codes.ts';
import { parseSize } from '../parse-size.ts';
import { fieldPhrase, segment } from '../pointer.ts';
import type { Reporter } from '../reporter.ts';
import type { Durations } from './duration-rules.ts';
import type { SoundManifest } from './sound-parts.ts';

/** Room for the head, the tail and the mark between them. */
const logBytesMin = 1000;
const logBytesMax = 2 ** 40;
/** Larger ones are no limit on any machine, and do not fit what the system counts with. */
const limitBytesMax = 2 ** 50;

type Fields = Partial<WrittenDefaults>;

function withoutEffect(reporter: Reporter, pointer: string, why: string): void {
  reporter.report({
    code: 'JM2-M311',
    severity: 'warning',
    pointer,
    atKey: true,
    detail: why,
    label: 'no effect',
  });
}

function checkRetry(
  fields: Fields,
  successCodes: readonly number[],
  pointer: string,
  durations: Durations,
  reporter: Reporter,
): void {
  const { retry } = fields;
  if (typeof retry !== 'object') return;
  const delay = durations.get(retry.delay ?? '');
  const longest = durations.get(retry.max_delay ?? '');
  if (delay !== undefined && longest !== undefined && delay > longest) {
    reporter.report({
      code: 'JM2-M310',
      pointer: `${pointer}/retry/max_delay`,
      detail: `The first delay, ${retry.delay ?? ''}, is beyond the longest, ${retry.max_delay ?? ''}.`,
      label: 'below the first delay',
    });
  }
  (retry.on ?? []).forEach((cause, index) => {
    if (typeof cause === 'string') {
      checkExitCodes(cause, `${pointer}/retry/on/${index}`, successCodes, reporter);
    }
    if (typeof cause !== 'number' || !successCodes.includes(cause)) return;
    reporter.report({
      code: 'JM2-M310',
      pointer: `${pointer}/retry/on/${index}`,
      detail: `Exit code ${cause} counts as success, so it is never retried.`,
      label: 'counts as success',
    });
  });
  if (retry.backoff !== 'constant') return;
  for (const field of ['factor', 'max_delay'] as const) {
    if (retry[field] === undefined) continue;
    withoutEffect(reporter, `${pointer}/retry/${field}`, 'A constant delay does not grow.');
  }
}

function checkExitCodes(
  written: string,
  pointer: string,
  successCodes: readonly number[],
  reporter: Reporter,
): void {
  const range = exitCodeRange(written);
  if (range === null) return;
  const { from, to } = range;
  if (from < 1 || to > 255 || from > to) {
    reporter.report({
      code: 'JM2-M206',
      pointer,
      detail: `The exit codes ${written}, given for ${fieldPhrase(pointer)}, must go upwards within 1 to 255.`,
      label: from > to ? 'ends before it begins' : 'beyond 1 to 255',
    });
    return;
  }
  for (let code = from; code <= to; code += 1) {
    if (!successCodes.includes(code)) return;
  }
  reporter.report({
    code: 'JM2-M310',
    pointer,
    detail: `All exit codes of ${written} count as success, so none is ever retried.`,
    label: 'counts as success',
  });
}

function checkCatchUp(fields: Fields, pointer: string, reporter: Reporter): void {
  const { catch_up: catchUp } = fields;
  if (typeof catchUp !== 'object') return;
  const policy = catchUp.policy ?? 'latest';
  if (policy === 'none' && catchUp.window !== undefined) {
    withoutEffect(
      reporter,
      `${pointer}/catch_up/window`,
      'Nothing is caught up under policy none.',
    );
  }
  if (policy !== 'all' && catchUp.limit !== undefined) {
    withoutEffect(
      reporter,
      `${pointer}/catch_up/limit`,
      `A limit counts under policy all; under ${policy} there is ${policy === 'none' ? 'no run' : 'one run'}.`,
    );
  }
}

function checkLog(fields: Fields, pointer: string, reporter: Reporter): void {
  checkLogSize(fields.log?.max_size, `${pointer}/log/max_size`, reporter);
  checkLogSize(fields.log?.keep, `${pointer}/log/keep`, reporter);
}

function checkLogSize(text: string | undefined, pointer: string, reporter: Reporter): void {
  if (text === undefined) return;
  const bytes = parseSize(text);
  if (bytes >= logBytesMin && bytes <= logBytesMax) return;
  reporter.report({
    code: 'JM2-M206',
    pointer,
    detail: `The size given for ${fieldPhrase(pointer)} must be from 1kB to 1024GiB.`,
    label: bytes < logBytesMin ? 'too small' : 'too large',
    hint: 'Write for example 512KiB, 10MB or 1GB.',
  });
}

/** Of address space: with less, the loader of a program cannot map its libraries. */
const memoryBytesMin = 4 * 2 ** 20;

function checkLimits(fields: Fields, pointer: string, reporter: Reporter): void {
  for (const [field, least] of [
    ['file_size', 1],
    ['memory', memoryBytesMin],
    ['core_size', 0],
  ] as const) {
    const text = fields.limits?.[field];
    if (text === undefined) continue;
    const bytes = parseSize(text);
    if (bytes >= least && bytes <= limitBytesMax) continue;
    const place = `${pointer}/limits/${field}`;
    const from = least === memoryBytesMin ? '4MiB' : `${least}B`;
    reporter.report({
      code: 'JM2-M206',
      pointer: place,
      detail: `The size given for ${fieldPhrase(place)} must be from ${from} to 1048576GiB.`,
      label: bytes < least ? 'too small' : 'too large',
      hint: 'Write for example 512MiB or 2GiB.',
    });
  }
}

function checkSchedule(
  job: Partial<WrittenJob>,
  pointer: string,
  hasSchedule: boolean,
  reporter: Reporter,
): void {
  if (hasSchedule) return;
  for (const field of ['catch_up', 'timezone', 'start_deadline'] as const) {
    if (job[field] === undefined) continue;
    withoutEffect(
      reporter,
      `${pointer}/${field}`,
      'A job without a schedule runs only by hand, so there are no occurrences.',
    );
  }
}

function checkPileUp(
  job: Fields,
  schedules: readonly Schedule[],
  pointer: string,
  durations: Durations,
  reporter: Reporter,
): void {
  const timeout = durations.get(job.timeout ?? '');
  if (job.concurrency !== 'allow' || timeout === undefined) return;
  for (const schedule of schedules) {
    if (schedule.kind !== 'every' || timeout <= schedule.intervalMs) continue;
    const running = Math.ceil(timeout / schedule.intervalMs);
    reporter.report({
      code: 'JM2-M306',
      severity: 'warning',
      pointer: `${pointer}/concurrency`,
      detail: `A run may take ${job.timeout ?? ''} and a new one starts ${schedule.written}, so up to ${running} can run at once.`,
      label: `up to ${running} runs at once`,
    });
    return;
  }
}

/** A deadline counts from the nominal time, so jitter must leave room for a start. */
function checkDeadline(
  job: Fields,
  schedules: readonly Schedule[],
  pointer: string,
  durations: Durations,
  reporter: Reporter,
): void {
  const deadline = durations.get(job.start_deadline ?? '');
  if (deadline === undefined) return;
  const late = schedules.find((schedule) => schedule.jitterMs >= deadline);
  if (late === undefined) return;
  reporter.report({
    code: 'JM2-M310',
    pointer,
    detail: `Jitter may move a start up to ${formatDuration(late.jitterMs)} behind its time, and a start later than ${job.start_deadline ?? ''} is missed.`,
    label: 'not beyond the jitter',
  });
}

export function checkCombinations(
  manifest: SoundManifest,
  schedules: ReadonlyMap<string, readonly Schedule[]>,
  durations: Durations,
  reporter: Reporter,
): void {
  const check = (fields: Fields, successCodes: readonly number[], pointer: string): void => {
    checkRetry(fields, successCodes, pointer, durations, reporter);
    checkCatchUp(fields, pointer, reporter);
    checkLog(fields, pointer, reporter);
    checkLimits(fields, pointer, reporter);
  };
  const { defaults } = manifest;
  const defaultCodes = defaults.success_codes ?? [0];
  check(defaults, defaultCodes, '/defaults');
  checkLogSize(manifest.retention.log_bytes, '/retention/log_bytes', reporter);
  for (const { name, job } of manifest.jobs) {
    const pointer = `/jobs${segment(name)}`;
    check(job, job.success_codes ?? defaultCodes, pointer);
    checkSchedule(job, pointer, job.schedule !== undefined, reporter);
    const whole = { ...defaults, ...job };
    const times = schedules.get(name) ?? [];
    checkPileUp(whole, times, pointer, durations, reporter);
    const field = job.start_deadline === undefined ? 'schedule' : 'start_deadline';
    checkDeadline(whole, times, `${pointer}/${field}`, durations, reporter);
  }
}
