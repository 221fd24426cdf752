// Runs one small helper program of the system and gives its output. Never a
// job: those have the run protocol.
import { execFile } from 'node:child_process';

export interface ToolRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** After this the program is killed. */
  readonly timeoutMs: number;
  /** More than this of standard output is a failure; 64 KiB when absent. */
  readonly outputMaxBytes?: number;
}

/** Standard output; null when the program failed in any way. */
export type RunTool = (request: ToolRequest) => Promise<string | null>;

const outputBytesMax = 64 * 1024;

export const runTool: RunTool = ({ file, args, cwd, env, timeoutMs, outputMaxBytes }) =>
  new Promise((resolve) => {
    const child = execFile(
      file,
      [...args],
      {
        cwd,
        env: { ...env },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: outputMaxBytes ?? outputBytesMax,
        windowsHide: true,
      },
      (error, output) => resolve(error === null ? output : null),
    );
    // A program that waits for input must see its end at once.
    child.stdin?.end();
  });
