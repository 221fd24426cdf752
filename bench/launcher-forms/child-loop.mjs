// One process that starts N commands in a loop, through node:child_process or
// through execa, each detached and with a numeric descriptor as output.
// Arguments: form, N, output file, program and arguments. Prints one JSON object.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

const [form, countText, directory, ...argv] = process.argv.slice(2);
const count = Number(countText);
const log = openSync(join(directory, 'log'), 'a');
const [program, ...args] = argv;
const env = { PATH: '/usr/bin:/bin' };

// The shim: token, job, exit code by rename, all by one shell per run.
const shim =
  'd=$1; shift; set -C; : > "$d/started" || exit 125; set +C; echo $$ >> "$d/started"; ' +
  '"$@"; c=$?; echo $c > "$d/exit.tmp"; mv "$d/exit.tmp" "$d/exit"; exit $c';

let start;
if (form === 'execa') {
  const { execa } = await import('execa');
  start = () =>
    execa(program, args, {
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      extendEnv: false,
      env,
      stdin: 'ignore',
      stdout: log,
      stderr: log,
    });
} else if (form === 'shim') {
  start = (i) => {
    const own = join(directory, String(i));
    mkdirSync(own);
    const stdio = ['ignore', openSync(join(own, 'log'), 'ax'), log];
    return spawn('/bin/sh', ['-c', shim, 'sh', own, ...argv], { detached: true, env, stdio });
  };
} else {
  // What a daemon with some memory in use pays: a fork copies its page tables.
  const ballast = form === 'bare+100MB' ? Buffer.alloc(100 * 1024 * 1024, 1) : null;
  if (ballast?.length === 0) throw new Error('no ballast');
  start = () => spawn(program, args, { detached: true, env, stdio: ['ignore', log, log] });
}

const begin = performance.now();
let left = count;
for (let i = 0; i < count; i += 1) {
  start(i).on('exit', () => {
    left -= 1;
    if (left === 0) {
      console.log(JSON.stringify({ last, all: performance.now() - begin, blocked: last }));
    }
  });
}
const last = performance.now() - begin;
