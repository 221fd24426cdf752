// The order of an end: first what brings in new work, then the drain, then
// everything that was opened, newest first. A failure in one step does not keep
// the others from closing.

type Action = () => void | Promise<void>;

export interface Stopper {
  readonly isStopping: boolean;
  /** Resolves when everything is closed. */
  readonly closed: Promise<void>;
  /** To be done before the drain, in the order of registration. */
  onStop(action: Action): void;
  /** To be done after the drain, in reverse order of registration. */
  onClose(action: Action): void;
  /**
   * Stops, drains, closes. A repeated call only starts its own drain, which
   * may end the first one sooner. Resolves when everything is closed.
   */
  stop(drain: () => Promise<void>): Promise<void>;
  /** Closes without a drain: for a start that failed. */
  closeAll(): Promise<void>;
}

export function createStopper(): Stopper {
  const stops: Action[] = [];
  const closes: Action[] = [];
  let isStopping = false;
  let resolveClosed: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    resolveClosed = resolve;
  });

  const attempt = async (action: Action): Promise<void> => {
    try {
      await action();
    } catch {
      // Its owner has logged what matters; the rest must still be closed.
    }
  };
  const closeAll = async (): Promise<void> => {
    for (const action of closes.splice(0).toReversed()) await attempt(action);
  };

  return {
    get isStopping() {
      return isStopping;
    },
    closed,
    onStop: (action) => stops.push(action),
    onClose: (action) => closes.push(action),
    closeAll,
    stop: async (drain) => {
      if (isStopping) {
        await attempt(drain);
        return closed;
      }
      isStopping = true;
      for (const action of stops) await attempt(action);
      await attempt(drain);
      await closeAll();
      resolveClosed();
    },
  };
}
