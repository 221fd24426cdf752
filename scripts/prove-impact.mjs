// What plans say in time, beside an oracle that lives on with and without the apply:
// random jobs with a past, in zones whose clocks change, with jitter, calendars,
// pauses, downtimes and catch-up. Ends with 1 when a plan says something else.
//   npm run prove:impact                     20,000 worlds, about two minutes
//   npm run prove:impact -- --worlds 500 --seed 7000
import { build } from 'esbuild';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { worlds, seed } = readArguments();
const root = resolve('.jm2-test');
await mkdir(root, { recursive: true });
const folder = await mkdtemp(join(root, 'prove-'));
try {
  const module = join(folder, 'oracle.mjs');
  await build({
    entryPoints: ['test/conformance/impact/judge-worlds.ts'],
    outfile: module,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  const { judgeWorlds } = await import(pathToFileURL(module).href);
  const began = performance.now();
  const found = judgeWorlds(seed, worlds);
  for (const line of found.disagreements) console.log(line);
  for (const [kind, count] of [...found.seen].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${kind}: ${count}`);
  console.log(
    `\nworlds ${found.worlds}\ncomparisons ${found.comparisons}\ndisagreements ${found.disagreeing}\nin ${Math.round((performance.now() - began) / 1000)} s`,
  );
  // A proof that compared nothing proves nothing.
  if (found.disagreeing > 0 || found.comparisons === 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        worlds: { type: 'string', default: '20000' },
        seed: { type: 'string', default: '1' },
      },
    });
    const [worlds, seed] = [Number(values.worlds), Number(values.seed)];
    if ([worlds, seed].every((value) => Number.isInteger(value) && value >= 1)) {
      return { worlds, seed };
    }
    throw new Error('--worlds and --seed take whole numbers from 1 on');
  } catch (error) {
    console.error(error.message);
    process.exit(64);
  }
}
