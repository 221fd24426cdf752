// Compiled schedules, once for all jobs that have the same: of ten thousand daily jobs
// only so many differ as a day has minutes. What a schedule yields is the engine's.
import { compileSchedule } from '../core/schedule/compile-schedule.ts';
import type { CompiledSchedule, Schedule } from '../core/schedule/schedule.ts';
import { watchedSchedule } from '../core/schedule/watched-schedule.ts';

export type Compile = (schedules: readonly Schedule[], jobName: string) => CompiledSchedule;

/** How many entries come between two looks for those that no job has any more. */
const sweepEvery = 2_000;

/** A given engine may answer by the job's name, so that nothing of it is shared. */
export function watchedCompile(given: Compile | undefined): Compile {
  const compile: Compile = (schedules, jobName) =>
    watchedSchedule((given ?? compileSchedule)(schedules, jobName), schedules);
  return given === undefined ? shared(compile) : compile;
}

function shared(compile: Compile): Compile {
  /** Weak: the jobs in force hold what they go by. */
  const known = new Map<string, WeakRef<CompiledSchedule>>();
  let untilSweep = sweepEvery;
  return (schedules, jobName) => {
    if (!schedules.every(isForAnyJob)) return compile(schedules, jobName);
    const key = JSON.stringify(schedules);
    const held = known.get(key)?.deref();
    if (held !== undefined) return held;
    const compiled = compile(schedules, jobName);
    known.set(key, new WeakRef(compiled));
    untilSweep -= 1;
    if (untilSweep === 0) {
      untilSweep = sweepEvery;
      for (const [one, ref] of known) if (ref.deref() === undefined) known.delete(one);
    }
    return compiled;
  };
}

/** The name seeds the jitter; a calendar is a long text, and shared by itself. */
function isForAnyJob({ jitterMs, calendar }: Schedule): boolean {
  return jitterMs === 0 && calendar === undefined;
}
