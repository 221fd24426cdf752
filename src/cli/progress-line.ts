// What the line of a longer piece of work says, and who may write it. Shared by the
// command, which works, and by the thread that shows the line while it does.

/** Work that is over sooner shows nothing. */
export const quietMs = 1_000;
/** Often enough to be seen moving. */
export const shownEveryMs = 250;

/** Places in the memory that both sides see. */
export const slot = { done: 0, total: 1, writer: 2, shown: 3 } as const;
export const slots = 4;

/** Who writes to the terminal; `ended` is for good. */
export const writer = { nobody: 0, thread: 1, ended: 2 } as const;

export interface ProgressFacts {
  readonly title: string;
  readonly elapsedMs: number;
  readonly done: number;
  /** 0 when it is not known how much there is. */
  readonly total: number;
}

/** At most `width` columns: a line that wraps could not be taken back. */
export function progressLine(facts: ProgressFacts, width: number): string {
  const { title, elapsedMs, done, total } = facts;
  const amount =
    total > 0
      ? `${Math.floor((Math.min(done, total) / total) * 100)} %`
      : `${Math.floor(elapsedMs / 1000)}s`;
  const room = Math.max(0, width - amount.length - 4);
  const words = title.length <= room ? title : title.slice(0, room);
  return `${words} … ${amount}`.slice(0, Math.max(0, width - 1));
}
