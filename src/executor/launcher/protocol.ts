// What daemon and launcher say to each other over the launcher's stdin and
// stdout, one JSON object per line. Both come from the same build, so there is
// no version here; what must outlive a build are the files of the run directory.
import type { AttemptExit } from '../../core/runs/run.ts';
import type { CommandAttributes } from './wrap-command.ts';

export interface StartRequest extends CommandAttributes {
  readonly kind: 'start';
  readonly runId: string;
  readonly attempt: number;
  /** Absolute; created by the launcher. */
  readonly directory: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | null;
  readonly logMaxBytes: number;
}

export type LauncherEvent =
  /** First line: the launcher takes requests. */
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'started';
      readonly runId: string;
      readonly attempt: number;
      readonly pid: number;
      readonly processStart: string | null;
      readonly at: number;
    }
  | {
      readonly kind: 'ended';
      readonly runId: string;
      readonly attempt: number;
      readonly exit: AttemptExit;
    }
  /** Something about a start that is not as declared, and stops nothing. */
  | { readonly kind: 'remark'; readonly text: string }
  /** Somebody else has the start token; the run directory tells what became of the attempt. */
  | { readonly kind: 'declined'; readonly runId: string; readonly attempt: number };

/** A request is one manifest entry with its environment; nothing legitimate comes near this. */
const longestLineBytes = 16 * 1024 * 1024;

/**
 * Cuts a byte stream into lines. Keeps bytes, not text, so that a character
 * split between two chunks stays whole.
 */
export class LineSplitter {
  #held: Buffer[] = [];
  #heldBytes = 0;

  /** Complete lines without their newline. Throws when one is beyond all reason. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      this.#held.push(chunk.subarray(from, end));
      lines.push(Buffer.concat(this.#held).toString('utf8'));
      this.#held = [];
      this.#heldBytes = 0;
      from = end + 1;
    }
    if (from < chunk.length) {
      this.#held.push(chunk.subarray(from));
      this.#heldBytes += chunk.length - from;
      if (this.#heldBytes > longestLineBytes) throw new Error('line too long');
    }
    return lines;
  }
}
