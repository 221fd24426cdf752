// Bundles src into dist: one entry per process kind, code split so that a
// command loads only what it uses. Fails on any error; prints nothing else.
// `--measured <folder>` builds the same program for tests that measure which
// lines processes execute: into that folder, with source maps beside it.
import { build } from 'esbuild';
import { chmod, readFile, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { measured: { type: 'string' } } });
const measured = values.measured !== undefined;
const outdir = values.measured ?? 'dist';

// The same object as the global; importing it as a module asks each of its getters,
// which opens the standard streams before anybody needs them.
const globalProcess = {
  name: 'global-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:process$/ }, () => ({ path: 'process', namespace: 'global' }));
    onLoad({ filter: /./, namespace: 'global' }, () => ({
      contents: 'module.exports = globalThis.process;',
    }));
  },
};

const { version } = JSON.parse(await readFile('package.json', 'utf8'));
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: {
    jm2: 'src/cli/main.ts',
    launcher: 'src/executor/launcher/main.ts',
    'progress-thread': 'src/cli/progress-thread.ts',
    'manifest-worker': 'src/reconciler/manifest-worker.ts',
  },
  outdir,
  plugins: [globalProcess],
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['@photostructure/sqlite', 'typescript', 'node:sqlite'],
  // Some CommonJS packages ask for their own path.
  define: { JM2_VERSION: JSON.stringify(version), __filename: 'import.meta.filename' },
  loader: { '.json': 'json' },
  // CommonJS packages inside an ES module bundle still call require().
  banner: {
    js: "import { createRequire as jm2CreateRequire } from 'node:module'; const require = jm2CreateRequire(import.meta.url);",
  },
  // Names stay, so that a stack trace can be read; blanks only cost start-up time.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'linked',
  // Not named in the program's files: node would load them in every process.
  sourcemap: measured ? 'external' : false,
  sourcesContent: false,
  logLevel: 'error',
});
await chmod(`${outdir}/jm2.js`, 0o755);
