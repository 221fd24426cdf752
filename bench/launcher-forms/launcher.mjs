// jm2's own dispatcher and launcher, as the daemon uses them, bundled by main.mjs.
// Arguments: form, N, directory, program and arguments. Prints one JSON object.
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

const [, countText, directory, ...argv] = process.argv.slice(2);
const count = Number(countText);
const bundle = process.env['JM2_BENCH_BUNDLE'] ?? '';
const load = (name) => import(pathToFileURL(join(bundle, name)).href);
const { createLocalDispatcher } = await load('local-dispatcher.mjs');
const { readBootId } = await load('process-identity.mjs');
const { systemClock } = await load('clock.mjs');

const dispatcher = createLocalDispatcher({
  runsDirectory: join(directory, 'runs'),
  launcherFile: join(bundle, 'main.mjs'),
  bootId: readBootId(),
  clock: systemClock,
  cgroups: null,
  resolve: () => Promise.reject(new Error('nothing is to be resolved')),
  mask: (text) => text,
});
const begin = { at: 0, wall: 0 };
let last = 0;
let left = count;
const delay = monitorEventLoopDelay({ resolution: 1 });
dispatcher.listen((events) => {
  for (const event of events) {
    if (event.kind === 'noted') continue;
    if (event.kind === 'started') last = Math.max(last, event.at - begin.wall);
    else if (event.exit.kind !== 'exited') throw new Error(JSON.stringify(event));
    else left -= 1;
  }
  if (left === 0) {
    const all = performance.now() - begin.at;
    console.log(JSON.stringify({ last, all, blocked: delay.max / 1e6 }));
    void dispatcher.detach();
  }
});
await dispatcher.ready();
delay.enable();
begin.at = performance.now();
begin.wall = Date.now();
dispatcher.dispatch(
  Array.from({ length: count }, (_, i) => ({
    runId: `run${i}`,
    attempt: 1,
    job: 'bench',
    argv,
    cwd: '/',
    user: null,
    late: null,
    umask: null,
    nice: null,
    limits: {},
    kill: { signal: 'TERM', graceMs: 10_000, leftovers: false },
    env: { PATH: '/usr/bin:/bin', JM2_RUN_ID: `run${i}`, JM2_ATTEMPT: '1' },
    logMaxBytes: 1_000_000,
  })),
);
