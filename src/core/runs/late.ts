// Words for how late a run is and why. The number itself is `lateMs` of the run.

export type LateCause =
  /** Nobody could admit it: the scheduler was down, asleep or could not write. */
  | 'absent'
  /** The wall clock jumped over it. */
  | 'clock_step'
  /** It waited for a slot or for an earlier run of the job. */
  | 'waited';

const causeWords: Readonly<Record<LateCause, string>> = {
  absent: 'the scheduler was down, asleep or unable to record',
  clock_step: 'the clock was set forward',
  waited: 'it waited for its turn',
};

/** Below this nobody asks why. */
const noticeableMs = 1_000;

/** Such as "2h 5m late: the clock was set forward"; null when not noticeably late. */
export function describeLateness(lateMs: number, cause: LateCause): string | null {
  return lateMs < noticeableMs ? null : `${inWords(lateMs)} late: ${causeWords[cause]}`;
}

function inWords(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const units: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  // The two largest units say enough.
  const first = units.findIndex(([amount]) => amount > 0);
  return units
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}
