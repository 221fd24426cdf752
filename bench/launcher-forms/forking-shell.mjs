// One /bin/sh that reads a directory and a command per line, forks, and lets the
// forked subshell take the token, run the command and write the exit file. With
// `setsid` each command gets a process group, at the price of one more exec.
// Arguments: form, N, directory, program and arguments. Prints one JSON object.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const [form, countText, directory, ...argv] = process.argv.slice(2);
const count = Number(countText);
const command = form === 'forking shell+setsid' ? 'setsid -w "$@"' : '"$@"';
const launcher = `
while IFS= read -r d; do
  (
    exec > "$d/log" 2>&1 < /dev/null
    set -C; : > "$d/started" || exit 125; set +C
    ${command}
    echo $? > "$d/exit.tmp"; mv "$d/exit.tmp" "$d/exit"; echo >&3
  ) &
done
wait`;
for (let i = 0; i < count; i += 1) mkdirSync(join(directory, String(i)));
const child = spawn('/bin/sh', ['-c', launcher, 'sh', ...argv], {
  env: { PATH: '/usr/bin:/bin' },
  stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
});
const begin = performance.now();
let ended = 0;
child.stdio[3].on('data', (chunk) => {
  ended += chunk.length;
});
child.on('exit', () => {
  const all = performance.now() - begin;
  if (ended !== count) throw new Error(`${ended} of ${count} ended`);
  console.log(JSON.stringify({ last: all, all, blocked: 0 }));
});
for (let i = 0; i < count; i += 1) child.stdin.write(`${join(directory, String(i))}\n`);
child.stdin.end();
