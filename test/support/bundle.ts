import { build } from 'esbuild';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * Bundles a TypeScript program for a process of its own. The result lies within
 * the work tree, so that packages left outside the bundle are found.
 */
export async function bundle(entry: string): Promise<string> {
  const root = resolve('.jm2-test');
  await mkdir(root, { recursive: true });
  const outdir = await mkdtemp(join(root, 'bundle-'));
  await build({
    entryPoints: { main: entry },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['@photostructure/sqlite', 'node:sqlite'],
    banner: {
      js: "import { createRequire as jm2CreateRequire } from 'node:module'; const require = jm2CreateRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return join(outdir, 'main.mjs');
}
