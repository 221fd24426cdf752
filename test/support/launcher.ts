import { build } from 'esbuild';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bundles the launcher from its sources into a temporary directory, as the build does into dist. */
export async function buildLauncher(): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'jm2-launcher-'));
  await build({
    entryPoints: { launcher: 'src/executor/launcher/main.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'error',
  });
  return join(outdir, 'launcher.mjs');
}
