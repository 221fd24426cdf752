// Bundles the simulation and runs it: `npm run simulate -- --seeds 100 --days 10`.
// The bundle lies within the work tree, so that the SQLite package is found.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const root = resolve('.jm2-test');
await mkdir(root, { recursive: true });
const folder = await mkdtemp(join(root, 'simulate-'));
const outfile = join(folder, 'main.mjs');
try {
  await build({
    entryPoints: ['test/simulation/main.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['@photostructure/sqlite', 'node:sqlite'],
    banner: {
      js: "import { createRequire as jm2CreateRequire } from 'node:module'; const require = jm2CreateRequire(import.meta.url);",
    },
    sourcemap: 'inline',
    logLevel: 'error',
  });
  const args = ['--enable-source-maps', outfile, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
