// Commands are the first to go when memory runs out, not the daemon and not the
// launcher. A child is born with the score of its parent, so the launcher takes
// the higher one for the moment of a start: raising it needs no rights, and
// neither does taking that back.
import { constants, openSync, readFileSync, writeSync } from 'node:fs';

const commandScore = 500;
const scoreFile = '/proc/self/oom_score_adj';

export interface OomScore {
  /** Calls `start` while children are born with the score of commands. */
  during<T>(start: () => T): T;
}

/** Linux only; elsewhere nothing is changed. */
export function openOomScore(): OomScore {
  const none: OomScore = { during: (start) => start() };
  let own: number;
  let file: number;
  try {
    own = Number(readFileSync(scoreFile, 'latin1'));
    if (own >= commandScore) return none;
    file = openSync(scoreFile, constants.O_WRONLY);
  } catch {
    return none;
  }
  return {
    during(start) {
      try {
        writeSync(file, String(commandScore), 0);
      } catch {
        // A sandbox that forbids it: commands then share the score of the launcher.
        return start();
      }
      try {
        return start();
      } finally {
        try {
          writeSync(file, String(own), 0);
        } catch {
          // The next start tries again; until then the launcher itself has the higher score.
        }
      }
    },
  };
}
