// After a time in which the loop could not run, the ends of commands wait in a
// pipe while its timers are overdue. Decided at once, runs that ended long ago
// would stand in the way of occurrences, or be stopped as too slow; so the loop
// listens first. Says for how long; holds no timer.

/** A wake-up this late may have overtaken news; a quiet machine is never that late. */
const lateNoticedMs = 50;
/** After an absence the launcher may need several turns to hand over what it holds. */
const quietMs = 50;
/** Bounds the listening to a second, however much there is to hear. */
const turnsMax = 20;

export class Listening {
  #turnsLeft = 0;
  #turnMs = 0;
  #hasHeard = false;

  /** Length of a turn of listening; null when decisions may be made. */
  get turnMs(): number | null {
    return this.#turnsLeft > 0 ? this.#turnMs : null;
  }

  /** The loop comes `lateMs` late; `wasAbsent` when a busy machine does not explain it. */
  begin(lateMs: number, wasAbsent: boolean): void {
    if (wasAbsent) {
      // A second absence within the listening prolongs it, and never for ever.
      if (this.#turnMs === quietMs && this.#turnsLeft > 0) this.#hasHeard = true;
      else this.#turnsLeft = turnsMax;
      this.#turnMs = quietMs;
    } else if (lateMs >= lateNoticedMs && this.#turnsLeft === 0) {
      // One turn of the event loop reads what the pipe holds.
      this.#turnsLeft = 1;
      this.#turnMs = 0;
    }
  }

  hear(): void {
    this.#hasHeard = true;
  }

  /** A turn is over: true when another one is to follow, because this one brought news. */
  goesOn(): boolean {
    this.#turnsLeft = this.#hasHeard ? Math.max(0, this.#turnsLeft - 1) : 0;
    this.#hasHeard = false;
    return this.#turnsLeft > 0;
  }
}
