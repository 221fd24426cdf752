// Words for how late a run is and why. The number itself is `lateMs` of the run.
import { describeInterruption, type Interruption } from './interruption.ts';

/** What is known of a run that should have started at `dueAt`; instants are epoch ms. */
export interface Lateness {
  readonly dueAt: number;
  /** Admitted. */
  readonly queuedAt: number;
  /** Starts. */
  readonly now: number;
  /** What kept it from being admitted when it was due; null when nothing is known. */
  readonly before: Interruption | null;
  /** The last interruption there was; it counts when it ended after the admission. */
  readonly last: Interruption | null;
  /** False for a run that was given its turn and whose command could not begin then. */
  readonly hasWaited: boolean;
}

/** Said when no interruption was seen, or the daemon that saw it is gone. */
const behind = 'the scheduler came to it late';
const waited = 'it waited for its turn';

/** Below this nobody asks why. */
const noticeableMs = 1_000;

/** Such as "2h 5m late: it waited for its turn"; null when not noticeably late. */
export function describeLateness(lateness: Lateness): string | null {
  const { dueAt, queuedAt, now, before, last, hasWaited } = lateness;
  const lateMs = now - dueAt;
  if (lateMs < noticeableMs) return null;
  const causes: string[] = [];
  const admittedLateMs = queuedAt - dueAt;
  const waitedMs = now - queuedAt;
  if (admittedLateMs >= noticeableMs) causes.push(describeCause(before));
  if (waitedMs >= noticeableMs) {
    if (hasWaited) causes.push(waited);
    if (last !== null && last.until > queuedAt) causes.push(describeInterruption(last));
  }
  if (causes.length === 0) {
    causes.push(hasWaited && waitedMs > admittedLateMs ? waited : describeCause(before));
  }
  return `${inWords(lateMs)} late: ${causes.join(', and ')}`;
}

/** Why occurrences came due and were not admitted at once. */
export function describeCause(interrupted: Interruption | null): string {
  return interrupted === null ? behind : describeInterruption(interrupted);
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
