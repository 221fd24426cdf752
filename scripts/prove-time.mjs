// The whole proof of the occurrence engine: every zone, every change of the
// clocks from 2000 to 2037, beside the oracle of test/conformance/oracle. One
// year at a time, on all cores. Ends with 1 when anything disagrees.
//   npm run prove:time                      about ten minutes of one core
//   npm run prove:time -- --sample 500      so many changes, drawn by --seed
//   npm run prove:time -- --years 2026-2028 --zones Europe/Berlin,America/Havana
import { build } from 'esbuild';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** Changes of the clocks of all zones in these years, about; what a sample is drawn from. */
const changesExpected = 13_000;

if (isMainThread) await main();
else await work();

async function main() {
  const { values } = readArguments();
  const [first, last = first] = values.years.split('-').map(Number);
  const sample = values.sample === undefined ? null : Number(values.sample);
  const numbers = [first, last, sample ?? 1, Number(values.workers)];
  if (!numbers.every((value) => Number.isInteger(value) && value >= 1) || last < first) {
    refuse('--sample, --years and --workers take whole numbers, --years also 2000-2037');
  }
  const years = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const { module, remove } = await bundleOracle();
  try {
    const { allZones, patternCount } = await import(pathToFileURL(module).href);
    const zones = values.zones === undefined ? allZones() : values.zones.split(',');
    const unknown = zones.filter((zone) => !isZone(zone));
    if (unknown.length > 0) {
      await remove();
      refuse(`this runtime knows no zone ${unknown.join(', ')}`);
    }
    console.log(
      `${zones.length} zones, ${patternCount} schedules, ${years.length} years, zone data ${process.versions.tz}, Node ${process.version}`,
    );
    const began = performance.now();
    const part = sample === null ? null : { share: sample / changesExpected, seed: values.seed };
    const proofs = await proveAll({ module, zones, part }, years, Number(values.workers));
    report(proofs, { zones, patternCount, ms: performance.now() - began });
  } finally {
    await remove();
  }
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        sample: { type: 'string' },
        seed: { type: 'string', default: '20260329' },
        years: { type: 'string', default: '2000-2037' },
        zones: { type: 'string' },
        workers: { type: 'string', default: String(availableParallelism()) },
      },
    });
  } catch (error) {
    return refuse(error.message);
  }
}

function refuse(why) {
  console.error(why);
  process.exit(64);
}

function isZone(name) {
  try {
    return Boolean(Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone);
  } catch {
    return false;
  }
}

async function bundleOracle() {
  const root = resolve('.jm2-test');
  await mkdir(root, { recursive: true });
  const folder = await mkdtemp(join(root, 'prove-'));
  const module = join(folder, 'oracle.mjs');
  await build({
    entryPoints: ['test/conformance/oracle/index.ts'],
    outfile: module,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  return { module, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function proveAll(task, years, workers) {
  const left = [...years];
  const proofs = [];
  const runWorker = () =>
    new Promise((done, failed) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: task });
      const giveYear = () => worker.postMessage(left.shift() ?? null);
      worker.on('message', (proof) => {
        proofs.push(proof);
        console.log(
          `${proof.year}: ${proof.transitions} changes, ${proof.quiet} quiet times, ${proof.comparisons} comparisons, ${proof.disagreements.length} disagreements (${proofs.length} of ${years.length} years)`,
        );
        giveYear();
      });
      worker.on('error', failed);
      worker.on('exit', done);
      giveYear();
    });
  await Promise.all(Array.from({ length: Math.min(workers, years.length) }, runWorker));
  return proofs;
}

async function work() {
  const { module, zones, part } = workerData;
  const { proveYear, shareOf } = await import(pathToFileURL(module).href);
  const wanted = part === null ? undefined : shareOf(part.share, part.seed);
  parentPort.on('message', (year) => {
    if (year === null) parentPort.close();
    else parentPort.postMessage(proveYear(year, zones, wanted));
  });
}

function report(proofs, { zones, patternCount, ms }) {
  const sum = (key) => proofs.reduce((total, proof) => total + proof[key], 0);
  const disagreements = proofs.flatMap((proof) => proof.disagreements);
  for (const line of disagreements.slice(0, 100)) console.log(line);
  const counts = [
    `zones ${zones.length}`,
    `transitions ${sum('transitions')}`,
    `quiet times ${sum('quiet')}`,
    `schedules ${patternCount}`,
    `comparisons ${sum('comparisons')}`,
    `disagreements ${disagreements.length}`,
  ];
  console.log(`\n${counts.join('\n')}\nin ${Math.round(ms / 1000)} s`);
  // A proof that compared nothing proves nothing.
  if (disagreements.length > 0 || sum('comparisons') === 0) process.exitCode = 1;
}
