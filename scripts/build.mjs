// Bundles src into dist: one entry per process kind, code split so that a
// command loads only what it uses. Fails on any error; prints nothing else.
import { build } from 'esbuild';
import { chmod, readFile, rm } from 'node:fs/promises';

const { version } = JSON.parse(await readFile('package.json', 'utf8'));
await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    jm2: 'src/cli/main.ts',
    launcher: 'src/executor/launcher/main.ts',
    'manifest-worker': 'src/reconciler/manifest-worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['@photostructure/sqlite', 'typescript', 'node:sqlite'],
  define: { JM2_VERSION: JSON.stringify(version) },
  loader: { '.json': 'json' },
  // CommonJS packages inside an ES module bundle still call require().
  banner: {
    js: "import { createRequire as jm2CreateRequire } from 'node:module'; const require = jm2CreateRequire(import.meta.url);",
  },
  // Names stay, so that a stack trace can be read; blanks only cost start-up time.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'linked',
  logLevel: 'error',
});
await chmod('dist/jm2.js', 0o755);
