// A daemon whose day is over in minutes: libfaketime for the daemon, the same
// clock by hand for its launcher, which gets no environment. Commands run in real time.
import { cpSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from './folders.mjs';

const library = ['x86_64-linux-gnu', 'aarch64-linux-gnu', '']
  .map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
  .find((path) => existsSync(path));

/** Before the clock runs faster: a start must not meet timeouts that run faster than it. */
export const realSeconds = 8;

/**
 * `{program, env}` of a daemon whose clock, timers and all, runs `speed` times as
 * fast from some seconds after its start on. Throws where there is no libfaketime.
 */
export function fastClock(speed) {
  if (library === undefined) throw new Error('a fast clock needs libfaketime (package faketime)');
  // Within the work tree, so that packages outside the bundle are found.
  const folder = makeFolder('fast', resolve('.jm2-test'));
  cpSync('dist', join(folder, 'program'), { recursive: true });
  const launcher = join(folder, 'program', 'launcher.js');
  renameSync(launcher, join(folder, 'program', 'real-launcher.js'));
  writeFileSync(
    launcher,
    `const real = Date.now;
const begun = real();
Date.now = () => {
  const passed = real() - begun;
  return passed < ${realSeconds * 1_000} ? begun + passed : Math.round(begun + passed * ${speed});
};
await import('./real-launcher.js');
`,
  );
  return {
    program: join(folder, 'program', 'jm2.js'),
    env: {
      LD_PRELOAD: library,
      FAKETIME: `+0 x${speed}`,
      FAKETIME_START_AFTER_SECONDS: String(realSeconds),
    },
  };
}
