// What the daemon does at each signal of its process, and says of it in its log.
// Which signal means what is in signals.ts.
import { crash } from './crash.ts';
import type { DaemonLog } from './daemon-log.ts';
import { handleSignals } from './signals.ts';

/** Until the returned function is called. */
export function answerSignals(parts: {
  readonly stop: (mode: 'drain' | 'detach') => void;
  readonly kill: () => void;
  readonly reconcile: (why: string) => void;
  readonly log: DaemonLog['logger'];
  /** It was started in a terminal that it can lose. */
  readonly onTerminal: boolean;
}): () => void {
  const { log } = parts;
  return handleSignals(
    process,
    {
      drain: (why) => {
        log.info({ why }, 'asked to stop');
        parts.stop('drain');
      },
      kill: (why) => {
        log.warn({ why }, 'asked to stop at once');
        parts.kill();
      },
      detach: (why) => {
        log.info({ why }, 'asked to leave');
        parts.stop('detach');
      },
      reconcile: parts.reconcile,
      crash: (error) => crash(error, log),
    },
    { onTerminal: parts.onTerminal },
  );
}
