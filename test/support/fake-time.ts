// A wall clock of its own for one daemon and its launcher: libfaketime for the
// daemon, the same offset read from the same file for the launcher, which gets
// no environment. Monotonic time and timers stay real. Commands run in real time.
import { existsSync, writeFileSync, renameSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { program } from './cli.ts';

const libraries = ['x86_64-linux-gnu', 'aarch64-linux-gnu', '']
  .map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
  .filter((path) => existsSync(path));

/** Null where there is no libfaketime. */
export const fakeTimeLibrary: string | null = libraries[0] ?? null;

export interface FakeTime {
  /** The program to start, with a launcher that knows of this clock. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the daemon takes for now, in epoch ms. */
  now(): number;
  /** From now on the clock shows this, and goes on from there. */
  set(time: string | number): void;
  /** The clock runs so many times as fast, from the start of the process that reads it. */
  rate(factor: number): void;
  remove(): Promise<void>;
}

/** `time` is what the clock shows when this resolves. */
export async function aFakeTime(time: string): Promise<FakeTime> {
  const root = resolve('.jm2-test');
  await mkdir(root, { recursive: true });
  // Within the work tree, so that packages outside the bundle are found.
  const folder = await mkdtemp(join(root, 'clock-'));
  const file = join(folder, 'offset');
  let offsetMs = 0;
  let speed = '';
  const write = (): void => {
    const sign = offsetMs < 0 ? '-' : '+';
    writeFileSync(`${file}.new`, `${sign}${(Math.abs(offsetMs) / 1000).toFixed(3)}${speed}`);
    // By rename: it is read at every question for the time.
    renameSync(`${file}.new`, file);
  };
  const set = (wanted: string | number): void => {
    offsetMs = (typeof wanted === 'string' ? Date.parse(wanted) : wanted) - Date.now();
    write();
  };
  await cp(dirname(program), join(folder, 'program'), { recursive: true });
  const launcher = join(folder, 'program', 'launcher.js');
  await rename(launcher, join(folder, 'program', 'real-launcher.js'));
  await writeFile(
    launcher,
    `import { readFileSync } from 'node:fs';
const real = Date.now;
Date.now = () => Math.round(real() + parseFloat(readFileSync(${JSON.stringify(file)}, 'utf8')) * 1000);
await import('./real-launcher.js');
`,
  );
  set(time);
  return {
    program: join(folder, 'program', 'jm2.js'),
    env: {
      LD_PRELOAD: fakeTimeLibrary ?? '',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    now: () => Date.now() + offsetMs,
    set,
    rate(factor) {
      speed = ` x${factor}`;
      write();
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
