// Runs the built command line on a real terminal, held by script(1), and presses keys there.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { program } from './cli.ts';
import type { Project } from './cli.ts';

/** Tests that need this are skipped elsewhere: `[platform: needs script]`. */
export const hasScript = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

export const ctrlC = '\u0003';
export const ctrlD = '\u0004';
export const enter = '\r';

/** Keys to be pressed once this stands on the terminal. */
export type Press = readonly [seen: string, keys: string];

const withinMs = 40_000;

/** Exit code, and all that the terminal, 60 columns wide, got. */
export async function onTerminal(
  project: Project,
  args: readonly string[],
  options: { readonly presses?: readonly Press[]; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<{ readonly code: number | null; readonly shown: string }> {
  const words = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols 60; ${words}`, '/dev/null'], {
    cwd: project.dir,
    env: { ...process.env, TERM: 'xterm', JM2_HOME: join(project.home, '.jm2'), ...options.env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting = [...(options.presses ?? [])];
  let shown = '';
  let looked = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const [next] = waiting;
    const at = next === undefined ? -1 : shown.indexOf(next[0], looked);
    if (next === undefined || at === -1) return;
    waiting.shift();
    looked = at + next[0].length;
    child.stdin.write(next[1]);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, shown };
}
