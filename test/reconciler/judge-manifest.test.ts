import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManifestJudge } from '../../src/reconciler/judge-manifest.ts';

let directory: string;
let worker: URL;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'jm2-worker-'));
  const outfile = join(directory, 'manifest-worker.mjs');
  await build({
    entryPoints: ['src/reconciler/manifest-worker.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'silent',
    banner: {
      js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);",
    },
  });
  worker = pathToFileURL(outfile);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** More than 64 KiB, so that the thread is used. */
function largeManifest(jobs: string): Uint8Array {
  return new TextEncoder().encode(`version: 1\n# ${'x'.repeat(300_000)}\njobs:\n${jobs}`);
}

const none = () => [];
const good = '  a:\n    schedule: "0 3 * * *"\n    command: "true"\n';

describe('a large manifest', () => {
  it('is judged on a thread exactly as it is in place', async () => {
    const bytes = largeManifest(good);
    const onThread = await createManifestJudge(none, worker)(bytes, 'jobs.yaml');
    expect(onThread.manifest?.jobs.map((job) => job.name)).toEqual(['a']);
    expect(onThread).toEqual(await createManifestJudge(none, null)(bytes, 'jobs.yaml'));
  });

  it('leaves the event loop free while it is judged', async () => {
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 1);
    const jobs = Array.from({ length: 2000 }, (_, n) => good.replace('a:', `job-${n}:`)).join('');
    await createManifestJudge(none, worker)(largeManifest(jobs), 'jobs.yaml');
    clearInterval(counting);
    expect(turns).toBeGreaterThan(5);
  });

  it('brings its diagnostics back', async () => {
    const judged = await createManifestJudge(none, worker)(largeManifest('  a: 5\n'), 'jobs.yaml');
    expect(judged.manifest).toBeNull();
    expect(judged.diagnostics[0]).toMatchObject({ severity: 'error', file: 'jobs.yaml' });
  });

  it('is an operational failure, not a verdict, when the thread dies', async () => {
    const broken = join(directory, 'broken.mjs');
    await writeFile(broken, 'process.exit(3);\n');
    const judge = createManifestJudge(none, pathToFileURL(broken));
    await expect(judge(largeManifest(good), 'jobs.yaml')).rejects.toThrow('ended with 3');
  });
});
