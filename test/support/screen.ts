// A real terminal for what is typed: tmux holds it, types into it and tells what it shows.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './cli.ts';
import type { Project } from './cli.ts';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0 && existsSync('/proc/self/task');

/** A terminal of its own server, so that nobody else's sessions are touched. */
export class Screen {
  readonly #name: string;
  /** The server gives programs the PATH of whoever opens the session, not the one of `-e`. */
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(
    name: string,
    shell: string,
    project: Project,
    more: Readonly<Record<string, string>> = {},
  ) {
    this.#name = name;
    this.#env = { ...process.env, ...more };
    const env = [
      `HOME=${project.home}`,
      `JM2_HOME=${join(project.home, '.jm2')}`,
      'TZ=UTC',
      'LANG=C.UTF-8',
      ...Object.entries(more).map(([key, value]) => `${key}=${value}`),
    ];
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      '80',
      '-y',
      '24',
      ...env.flatMap((one) => ['-e', one]),
      '-c',
      project.dir,
      'sh',
      '-c',
      shell,
    );
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-u', '-L', this.#name, ...args], {
      encoding: 'utf8',
      env: this.#env,
    });
  }

  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  /** Letters as they are, whatever keys are called so. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', '--', text);
  }

  text(): string {
    return this.#tmux('capture-pane', '-p');
  }

  /** Whether the alternate screen is shown and whether there is a cursor. */
  modes(): string {
    return this.#tmux(
      'display-message',
      '-p',
      '#{alternate_on} #{cursor_flag} #{wrap_flag}',
    ).trim();
  }

  until(pattern: RegExp): Promise<string> {
    return eventually(async () => {
      const text = this.text();
      return pattern.test(text) && text;
    }, `${pattern} on the screen`).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.text()}`);
    });
  }

  /** Asks the program on the screen to end. */
  terminate(): void {
    const shell = this.#tmux('display-message', '-p', '#{pane_pid}').trim();
    const [child = ''] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').split(' ');
    process.kill(Number(child), 'SIGTERM');
  }

  end(): void {
    spawnSync('tmux', ['-L', this.#name, 'kill-server']);
  }
}
