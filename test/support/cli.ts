// Runs the built command line in a project of its own: a temporary directory
// with its own home, so that tests neither see the person's settings nor each other.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, inject } from 'vitest';
import { sha256 } from '../../src/system/digest.ts';
import { answerProblem } from './answer-schemas.ts';
import { stopDaemons } from './stop-daemons.ts';

const measured = inject('measured');
/** The built program; another build can be named, such as an unpacked package. */
export const program = resolve(
  process.env['JM2_TEST_PROGRAM'] ??
    measured?.program ??
    join(import.meta.dirname, '../../dist/jm2.js'),
);
/** What makes each jm2 process write the lines it executed; code from a cache is counted less exactly. */
const measuring: Readonly<Record<string, string>> =
  measured === null ? {} : { NODE_V8_COVERAGE: measured.folder, NODE_DISABLE_COMPILE_CACHE: '1' };
/**
 * Measuring costs a process a third of its time, and a further call of one form executes
 * little that the first did not: the first of each form is measured, of what may become
 * a daemon the first in every second file of tests.
 */
function isMeasured(args: readonly string[]): boolean {
  if (measured === null) return false;
  const [command = ''] = args;
  const form = [command, ...args.filter((word) => word.startsWith('-')).toSorted()].join(' ');
  const file = sha256(expect.getState().testPath ?? '');
  const isDaemon = ['start', 'up', 'restart'].includes(command) && /[02468ace]$/.test(file);
  return isFirst(join(measured.forms, sha256(`${isDaemon ? file : ''} ${form}`)));
}

/** True for one of all that ask with this path. */
function isFirst(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx'));
    return true;
  } catch {
    return false;
  }
}

const callWithinMs = 40_000;

export interface CallResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON object of a `--json` call; throws when stdout holds anything else. */
  readonly json: () => JsonAnswer;
}

export interface JsonAnswer {
  readonly success: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly error?: { code: string; summary: string; detail: string; hint: string | null };
}

export interface CallOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Another copy of the built program. */
  readonly program?: string;
}

/** A command that goes on; its output so far can be awaited. */
export interface LiveCall {
  readonly process: ChildProcess;
  output(): string;
  errors(): string;
  /** Resolves when stdout holds the pattern; throws after the deadline with what it holds. */
  until(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  readonly ended: Promise<number | null>;
}

export interface Project {
  readonly dir: string;
  readonly home: string;
  readonly manifest: string;
  call(args: readonly string[], options?: CallOptions): Promise<CallResult>;
  start(args: readonly string[], options?: CallOptions): LiveCall;
  /** Replaces the manifest by rename, as editors do. */
  save(manifest: string): Promise<void>;
  /** Stops the daemon, ends what is left of the calls, removes everything. */
  cleanUp(): Promise<void>;
}

export interface ProjectOptions {
  /** Words before the program, such as those that enter another mount namespace. */
  readonly through?: (cwd: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function aProject(
  manifest: string | null,
  { through = () => [], env: projectEnv = {} }: ProjectOptions = {},
): Promise<Project> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'jm2-e2e-')));
  const dir = join(root, 'project');
  const home = join(root, 'home');
  await mkdir(dir);
  await mkdir(home);
  const path = join(dir, 'jobs.yaml');
  if (manifest !== null) await writeFile(path, manifest);
  const live = new Set<ChildProcess>();
  const environment = (
    args: readonly string[],
    options: CallOptions | undefined,
  ): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    HOME: home,
    JM2_HOME: join(home, '.jm2'),
    ...(isMeasured(args) ? measuring : {}),
    ...projectEnv,
    ...options?.env,
  });
  const launch = (args: readonly string[], options?: CallOptions): ChildProcess => {
    const cwd = options?.cwd ?? dir;
    const main = options?.program ?? program;
    const [command = '', ...words] = [...through(cwd), process.execPath, main, ...args];
    const child = spawn(command, words, {
      cwd,
      env: environment(args, options),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    live.add(child);
    child.once('exit', () => live.delete(child));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options?.input ?? '');
    return child;
  };
  const start = (args: readonly string[], options?: CallOptions): LiveCall =>
    liveCall(launch(args, options));
  const call: Project['call'] = async (args, options) => {
    const running = start(args, options);
    const timer = setTimeout(() => running.process.kill('SIGKILL'), callWithinMs);
    const code = await running.ended;
    clearTimeout(timer);
    const stdout = running.output();
    const problem = answerProblem(args, stdout);
    if (problem !== null) {
      throw new Error(`jm2 ${args.join(' ')} printed what its schema does not know: ${problem}`);
    }
    return {
      code,
      stdout,
      stderr: running.errors(),
      json: () => JSON.parse(stdout) as JsonAnswer,
    };
  };
  return {
    dir,
    home,
    manifest: path,
    call,
    start,
    async save(text) {
      await writeFile(`${path}.tmp`, text);
      await rename(`${path}.tmp`, path);
    },
    async cleanUp() {
      // What lies in a namespace of its own, or elsewhere, is not seen from here.
      const isElsewhere = projectEnv['JM2_STATE_DIR'] !== undefined || through(dir).length > 0;
      if (isElsewhere || !(await stopDaemons(join(home, '.jm2')))) await call(['stop', '--now']);
      for (const child of live) child.kill('SIGKILL');
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function liveCall(child: ChildProcess): LiveCall {
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    wake();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolvePromise, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolvePromise(code);
      wake();
    });
  });
  return {
    process: child,
    output: () => stdout,
    errors: () => stderr,
    ended,
    until: (pattern, withinMs = 30_000) =>
      new Promise((resolvePromise, reject) => {
        const look = (): void => {
          const found = pattern.exec(stdout);
          if (found !== null) finish(() => resolvePromise(found));
          else if (child.exitCode !== null && child.stdout?.readableEnded === true)
            fail('it ended');
        };
        const finish = (act: () => void): void => {
          clearTimeout(timer);
          waiting.delete(look);
          act();
        };
        const fail = (why: string): void =>
          finish(() =>
            reject(
              new Error(`${pattern} did not come (${why}).\n${stdout}\n--- stderr\n${stderr}`),
            ),
          );
        const timer = setTimeout(() => fail(`${withinMs} ms`), withinMs);
        waiting.add(look);
        look();
      }),
  };
}

/** Asks again and again until the answer is given; throws after the deadline. */
export async function eventually<T>(
  ask: () => Promise<T | null | undefined | false>,
  what: string,
  withinMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`${what} did not come within ${withinMs} ms`);
    await new Promise((resolvePromise) => setTimeout(resolvePromise, 100));
  }
}
