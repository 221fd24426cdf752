// What a reader of logs waits for: the end of a huge log, a text looked for in
// it, and lines as fast as a job can print them. Beside `tail`, `grep` and
// `tail -f` on the same file.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { median, sleep, withDaemon } from './daemon.mjs';
import { memoryMb, processorMs } from './process-figures.mjs';
import { ms, row, times } from './report.mjs';

const jm2 = resolve('dist/jm2.js');
const linesPerSecond = 100_000;

const manifest = (bytes, seconds) => `version: 1
jobs:
  large:
    command: "yes 'a line of a log that is as long as many lines of logs are, and says little' | head -c ${bytes}; echo needle"
    log: {max_size: 20GB}
    success_codes: [0, 141]
  flood:
    command: ${JSON.stringify(`exec "$NODE" -e 'let n = 0; const begin = Date.now(); const more = () => { const due = Math.min(${linesPerSecond * seconds}, Math.floor((Date.now() - begin) * ${linesPerSecond / 1000})); let text = ""; for (; n < due; n += 1) text += "line " + n + "\\n"; require("fs").writeSync(1, text); if (n < ${linesPerSecond * seconds}) setTimeout(more, 10); }; more()'`)}
    env: {NODE: ${JSON.stringify(process.execPath)}}
`;

function timed(command, args, options) {
  const before = processorMs(process.pid).children;
  const begin = performance.now();
  const { status, stdout } = spawnSync(command, args, { maxBuffer: 64e6, ...options });
  return {
    status,
    stdout: String(stdout ?? ''),
    wallMs: performance.now() - begin,
    processorMs: processorMs(process.pid).children - before,
  };
}

/** The newest log of a job: the largest file of a run directory. */
function logOf(stateDir, id) {
  const path = join(stateDir, 'runs', id, '1', 'log');
  if (!existsSync(path)) throw new Error(`no log in ${readdirSync(join(stateDir, 'runs', id))}`);
  return path;
}

export async function measureLogs(bytes, seconds) {
  await withDaemon(
    () => manifest(bytes, seconds),
    async ({ folder, cli, stateDir }) => {
      const env = { ...process.env, JM2_HOME: join(folder, 'home') };
      const at = { cwd: folder, env };
      const large = JSON.parse(cli('run', 'large', '--json')).data.run.id;
      cli('wait', large);
      const log = logOf(stateDir, large);
      const size = statSync(log).size;
      measureEnd(log, size, at);
      measureGrep(log, size, at);
      await measureFollow(at, cli, seconds);
    },
  );
}

/** Beyond the start of the program, which `list` shows. */
function measureEnd(log, size, at) {
  const rounds = 9;
  const [starts, ends, tails] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    starts.push(timed(process.execPath, [jm2, 'logs', 'flood', '-n', '1'], at).wallMs);
    const end = timed(process.execPath, [jm2, 'logs', 'large', '-n', '100'], at);
    if (!end.stdout.includes('needle')) throw new Error('the end of the log was not shown');
    ends.push(end.wallMs);
    tails.push(timed('tail', ['-n', '100', log]).wallMs);
  }
  const beyond = median(ends) - median(starts);
  row(
    `logs -n 100 of ${(size / 1e9).toFixed(1)} GB`,
    `${ms(median(ends))}, ${ms(beyond)} beyond an empty log`,
    `tail ${ms(median(tails))}`,
    '<= 50 ms beyond',
    { value: beyond, besideValue: median(tails), bytes: size },
  );
}

function measureGrep(log, size, at) {
  // Both read a file that is in memory as far as it fits.
  timed('grep', ['-ci', 'needle', log]);
  const theirs = timed('grep', ['-ci', 'needle', log]);
  const folderMemory = ['-f', '%M', process.execPath, jm2, 'logs', 'large', '--grep', 'needle'];
  const isTimed = existsSync('/usr/bin/time');
  const ours = isTimed
    ? timed('/usr/bin/time', folderMemory, { ...at, stdio: ['ignore', 'pipe', 'pipe'] })
    : timed(process.execPath, folderMemory.slice(3), at);
  if (!ours.stdout.includes('needle')) throw new Error('the line was not found');
  const rate = (one) => `${(size / 1e6 / one.wallMs).toFixed(2)} GB/s`;
  row(
    `logs --grep through ${(size / 1e9).toFixed(1)} GB`,
    `${rate(ours)}, ${ms(ours.processorMs)} of processor time`,
    `grep -i ${rate(theirs)}: ${times(ours.wallMs / theirs.wallMs)}`,
    'speed of the disk',
    { value: ours.wallMs, besideValue: theirs.wallMs, ratio: ours.wallMs / theirs.wallMs },
  );
}

async function measureFollow(at, cli, seconds) {
  const id = JSON.parse(cli('run', 'flood', '--json')).data.run.id;
  const reader = spawn(process.execPath, [jm2, 'logs', '-f', '--run', id], {
    ...at,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let lines = 0;
  let lastAt = 0;
  let most = 0;
  reader.stdout.on('data', (chunk) => {
    for (let i = chunk.indexOf(10); i !== -1; i = chunk.indexOf(10, i + 1)) lines += 1;
    lastAt = Date.now();
  });
  const ended = new Promise((resolve) => reader.once('exit', resolve));
  let gone = false;
  void ended.then(() => (gone = true));
  const deadline = Date.now() + seconds * 10_000;
  while (!gone && Date.now() < deadline) {
    try {
      most = Math.max(most, memoryMb(reader.pid) || 0);
    } catch {
      // It has just ended.
    }
    await sleep(100);
  }
  if (!gone) reader.kill('SIGKILL');
  await ended;
  cli('wait', id);
  const { runs } = JSON.parse(cli('history', 'flood', '--limit', '1', '--json')).data;
  const [run] = runs;
  const behind = lastAt - Date.parse(run.endedAt);
  row(
    `logs -f, ${linesPerSecond} lines per second`,
    `${lines} of ${linesPerSecond * seconds} lines, the last ${ms(behind)} after the end, ${Math.round(most)} MB`,
    `${(run.durationMs / 1000).toFixed(1)} s of printing`,
    'keeps up',
    { value: behind, lines, expected: linesPerSecond * seconds, memory: most },
  );
}
